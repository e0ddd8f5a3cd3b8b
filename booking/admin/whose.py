"""Whose visits and patients a member of staff sees: every diary, or their own alone."""

from booking.models import Appointment, Patient

SEES_ALL = "booking.see_every_diary"


def sees_every_diary(user) -> bool:
    """Say whether the user sees all visits. Whoever does not sees those of their own diary."""
    return bool(user.has_perm(SEES_ALL))


def lacks_diary(user) -> bool:
    """Say whether the user would see the own diary alone, but none is theirs yet."""
    sees_own = user.has_perm("booking.view_appointment") and not sees_every_diary(user)
    return sees_own and not hasattr(user, "practitioner")


def visits_of(user, visits=None):
    """Return those of the visits (all, if none are given) that the user may see at all."""
    visits = Appointment.objects.all() if visits is None else visits
    return visits if sees_every_diary(user) else visits.filter(practitioner__user=user)


def practitioners_of(user, practitioners):
    """Return those of the practitioners into whose diaries the user may book."""
    return practitioners if sees_every_diary(user) else practitioners.filter(user=user)


def about_visits_of(user, queryset):
    """Return the records about visits that the user may see: a message, or a question to move."""
    if sees_every_diary(user):
        return queryset
    return queryset.filter(appointment__practitioner__user=user)


def patients_of(user, patients=None):
    """Return those of the patients (all, if none are given) whom the user may see at all."""
    patients = Patient.objects.all() if patients is None else patients
    if sees_every_diary(user):
        return patients
    return patients.filter(pk__in=visits_of(user).values("patient"))
