"""What a drawn clinic offers, tick by tick, written apart from the code under test."""

from datetime import UTC, datetime, time

from .clinics import CANCELLED, DAY, RAN_OUT, TICK


def offered_in_plain_words(clinic):
    """Return which of the people offer each five minutes of the three days; those of nobody are left out."""
    diaries = {number: Diary(clinic, number) for number in clinic.asked}
    offered = {
        tick: [number for number, diary in diaries.items() if diary.offers(tick)]
        for tick in clinic.ticks
    }
    return {tick: people for tick, people in offered.items() if people}


class Diary:
    """One person's hours, as ticks, at the place that is asked for."""

    def __init__(self, clinic, person):
        self.clinic, self.person = clinic, person
        periods = [
            period
            for hours in clinic.hours
            if hours.person in (None, person) and hours.place == clinic.host
            for period in _periods(hours, clinic)
        ]
        self.open = {tick for ticks in periods for tick in ticks}
        step = clinic.rules["step_minutes"] // 5
        self.starts = {tick for ticks in periods for tick in ticks[::step]}

    def offers(self, starts_at):
        clinic = self.clinic
        length = clinic.minutes("duration_minutes") // TICK
        visit = [starts_at + n * TICK for n in range(length)]
        return (
            starts_at in self.starts
            and all(tick in self.open for tick in visit)
            and _can_be_booked_now(clinic, starts_at)
            and not any(self.is_closed(tick) for tick in visit)
            and not self.is_taken(starts_at)
            and not self.is_full_on(starts_at.astimezone(clinic.zone).date())
        )

    def is_closed(self, tick):
        """Say whether it lies in a closure of this person and place, or on a holiday not worked."""
        clinic = self.clinic
        # Who is closed, and where, if it is closed for these.
        places = {None, clinic.place, clinic.host}
        if any(
            closure.lower <= tick < closure.upper
            for closure in clinic.closures
            if closure.person in (None, self.person) and closure.place in places
        ):
            return True
        day = tick.astimezone(clinic.zone).date()
        is_holiday = day in clinic.holidays and day not in clinic.worked
        return is_holiday and clinic.host in clinic.keeps_holidays

    def is_taken(self, starts_at):
        """Say whether it meets what is booked or held, here or elsewhere, with both breaks."""
        clinic = self.clinic
        begins = starts_at - clinic.minutes("buffer_before_minutes")
        ends_at = starts_at + clinic.minutes("duration_minutes")
        until = ends_at + clinic.minutes("buffer_after_minutes")
        return any(
            begins < visit.ends_at + visit.after and visit.starts_at - visit.before < until
            for visit in self.visits
        )

    def is_full_on(self, day):
        cap = self.clinic.rules["daily_cap"]
        same = [visit.starts_at for visit in self.visits if visit.is_same]
        that_day = [at for at in same if at.astimezone(self.clinic.zone).date() == day]
        return cap is not None and len(that_day) >= cap

    @property
    def visits(self):
        """What this person has in the diary: no cancelled visits, and no holds that ran out."""
        return [
            visit
            for visit in self.clinic.visits
            if visit.person == self.person and visit.state not in (CANCELLED, RAN_OUT)
        ]


def _can_be_booked_now(clinic, starts_at):
    day = starts_at.astimezone(clinic.zone).date()
    today = clinic.now.astimezone(clinic.zone).date()
    is_soon_enough = today <= day <= today + clinic.rules["horizon_days"] * DAY
    return is_soon_enough and starts_at >= clinic.now + clinic.minutes("notice_minutes")


def _periods(hours, clinic):
    """Yield the ticks of each time that the hours come round, around the three days.

    All ticks from the first to the last at which clocks there show a time in the hours.
    """
    for day in (clinic.first_on + n * DAY for n in range(-2, 5)):
        if not _begin_on(hours, day):
            continue
        noon = datetime.combine(day, time(12), clinic.zone).astimezone(UTC)
        around = [noon + n * TICK for n in range(-24 * 12, 40 * 12)]
        shown = [tick for tick in around if _is_shown(tick.astimezone(clinic.zone), day, hours)]
        if shown:
            yield [shown[0] + n * TICK for n in range((shown[-1] - shown[0]) // TICK + 1)]


def _begin_on(hours, day):
    if not hours.is_weekly:
        return day == hours.on
    is_early = hours.valid_from is not None and day < hours.valid_from
    is_late = hours.valid_until is not None and day > hours.valid_until
    return day.weekday() == hours.on.weekday() and not is_early and not is_late


def _is_shown(local, day, hours):
    clock = local.time()
    if hours.start < hours.end:
        return local.date() == day and hours.start <= clock < hours.end
    is_that_day = local.date() == day and clock >= hours.start
    return is_that_day or (local.date() == day + DAY and clock < hours.end)
