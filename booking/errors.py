"""What can go wrong while booking. Views catch `BookingError` and answer with its `status`.

Its `message` is for the patient.
"""


class BookingError(Exception):
    """A refusal that the patient can do something about."""

    message = "This did not work. Please try again, or call us."
    status = 409

    def __str__(self) -> str:
        return self.message


class SlotTaken(BookingError):
    """Somebody holds or booked it: it may be the same person, in another tab. Offer others."""

    message = "This time has just been taken. Please choose another one."


class SlotNotOffered(BookingError):
    """The time is not bookable: closed, too soon, too far ahead or no start. Offer others."""

    message = "This time is no longer offered. Please choose another one."


class TooLateToCancel(BookingError):
    """The patient asked after the service's limit. Show the policy and the phone number."""

    message = "It is too late to cancel this visit online. Please call us."


class NotCancellable(BookingError):
    """The visit has already taken place, or was never booked. Show its state."""

    message = "This visit can no longer be cancelled."


class VisitOver(NotCancellable):
    """Staff cancelled a visit whose time is over: a mail about it would puzzle the patient."""

    message = "Its time is over, so mark it as done or as did not come."


class StatusChanged(BookingError):
    """Someone changed the visit first. Show its present state."""

    message = "This visit was changed meanwhile. Please look at it again."


class MessageWaiting(BookingError):
    """Staff asked to send a message again that has not left yet."""

    message = "This message is waiting to be sent already."


class MessageOutdated(BookingError):
    """Staff asked to send a message again that the visit has overtaken."""

    message = "The visit was changed since, or is over, so it is no longer true."


class WrongStatus(BookingError):
    """Staff asked for what cannot follow the visit's status, such as arriving when cancelled."""

    message = "That cannot follow what it is now."


class NotToday(BookingError):
    """Staff marked a visit of another day as arrived: most likely the wrong row."""

    message = "It is on a later day."


class NotStarted(BookingError):
    """Staff marked a visit as done or missed before its start. Wait for it."""

    message = "This visit has not started yet."


class TooLateToMove(BookingError):
    """The patient asked after the service's limit. Show the policy and the phone number."""

    message = "It is too late to move this visit online. Please call us."


class NotMovable(BookingError):
    """The visit is over, cancelled, or the patient is here already. Show its state."""

    message = "This visit can no longer be moved."


class HeldLongEnough(BookingError):
    """The hold was put off as often as it can be. It stays until its end; then others may have it."""

    message = "We cannot hold this time any longer. Please finish your booking, or call us."


class TooMany(BookingError):
    """One connection or e-mail address did this too often. Keep what was typed, name the phone."""

    message = (
        "There were too many requests from your connection or email address. "
        "Please wait an hour and try again, or call us."
    )
    status = 429


class NotOnTheList(BookingError):
    """Someone answers who left the waiting list, or whose wishes are over. Show how to book."""

    message = "You are no longer on the waiting list, so nothing was booked."


class AlreadyAsked(BookingError):
    """Staff asked a patient to move a visit who has not answered yet. Ask them first."""

    message = "This patient was asked already, and has not answered yet."


class NotErasable(BookingError):
    """Staff ask to erase a patient whom something keeps. It says what; nothing has changed."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class HoldChanged(BookingError):
    """Somebody set or lifted the legal hold meanwhile, or erased the patient. Show what is so now."""

    message = "Somebody changed this meanwhile. Nothing more was done: look again."
