"""Staff move a visit: on the rules or past them, never over another visit or another's change."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User

from booking import actions
from booking.admin import desk as by_phone
from booking.models import Appointment, Message

from .desk import errors, move, rules, said, typed
from .factories import (
    DESK,
    NOW,
    book,
    local,
    make_appointment,
    make_available_time,
    make_location,
    make_practitioner,
)

pytestmark = pytest.mark.usefixtures("monday_morning")
NINE, TEN = local(14, 9), local(14, 10)


@pytest.fixture
def visit(bookable_service):
    """Monday the 14th, 9 am; the clinic is open until noon."""
    return book(bookable_service, starts_at=NINE)


def url(visit):
    return f"/admin/booking/appointment/{visit.pk}/move/"


def test_a_visit_is_moved_and_the_patient_told(front_desk, visit):
    page = front_desk.get(f"/admin/booking/appointment/{visit.pk}/change/")
    assert f'href="{url(visit)}"' in page.text

    response = move(front_desk, visit, TEN, note="Has to work")

    visit.refresh_from_db()
    assert response.url == f"/admin/booking/appointment/{visit.pk}/change/"
    assert (visit.starts_at, visit.sequence) == (TEN, 1)
    assert Message.objects.latest("pk").kind == "moved"
    event = visit.events.last()
    assert (event.kind, event.by_role, event.by_name) == ("moved", "staff", "desk")
    assert (event.previous_starts_at, event.note) == (NINE, "The patient asked. Has to work")
    assert said(response)[0].startswith("Moved to Mon, Dec 14, 2026, 10:00 am EST")


def test_its_own_time_is_marked_among_the_free_ones(front_desk, visit):
    page = front_desk.get(url(visit), {"go": "2026-12-14"})

    assert page.context["listing"].days[0].slots[0].starts_at == NINE
    assert "Monday, December 14" in page.text
    assert page.text.count("9:00 am EST (now)") == 1
    assert page.text.count("(now)") == 1


def test_the_same_time_changes_nothing(front_desk, visit):
    for answers in ({}, {"practitioner": ""}, typed("2026-12-14", "09:00")):
        response = move(front_desk, visit, *([] if answers.get("start") else [NINE]), **answers)
        assert said(response)[-1].endswith("It is at this time already.")

    visit.refresh_from_db()
    assert (visit.sequence, visit.events.count(), Message.objects.count()) == (0, 1, 1)


def test_to_another_practitioner_and_place(front_desk, bookable_service, visit):
    other = make_practitioner(name="Zoe")
    bookable_service.practitioners.add(other)
    make_available_time(bookable_service, practitioner=other)
    video = make_location(
        slug="video", name="Video", kind="video", same_hours_as=bookable_service.location
    )
    bookable_service.other_locations.add(video)

    move(front_desk, visit, NINE, practitioner=other.slug, location="video", asked_by="staff")

    visit.refresh_from_db()
    assert (visit.practitioner, visit.location, visit.starts_at) == (other, video, NINE)
    assert visit.events.last().note == "The clinic asked. From Sampletown clinic to Video."


def test_a_rule_is_said_and_can_be_overridden(front_desk, visit):
    asked = move(front_desk, visit, **typed("2026-12-15", "10:00"))
    assert "Outside the hours" in rules(asked)[0]
    assert "Move it there all the same" in asked.text

    token = asked.context["verdict"].token
    move(front_desk, visit, **typed("2026-12-15", "10:00"), override=token)

    visit.refresh_from_db()
    assert visit.starts_at == local(15, 10)
    assert visit.events.last().note == (
        "The patient asked. Booked all the same: outside the hours."
    )


def test_no_visit_is_moved_over_another(front_desk, bookable_service, visit):
    other = make_appointment(bookable_service, TEN)

    asked = move(front_desk, visit, TEN, note="Has to work")
    forced = move(front_desk, visit, TEN, override=asked.context["verdict"].token)

    assert f"/admin/booking/appointment/{other.pk}/change/" in rules(forced)[0]
    assert asked.context["nearest"]
    assert 'value="Has to work"' in asked.text
    visit.refresh_from_db()
    assert visit.starts_at == NINE


def test_it_may_overlap_its_own_old_time(front_desk, visit):
    move(front_desk, visit, local(14, 9, 30))

    visit.refresh_from_db()
    assert visit.starts_at == local(14, 9, 30)


def test_what_somebody_else_changed_is_said_and_not_overwritten(front_desk, visit):
    actions.reschedule(reference=visit.reference, starts_at=local(21, 9), now=NOW, by=DESK)

    response = move(front_desk, visit, TEN, sequence="0")

    assert response.context["changed"] == (
        "Moved from Mon, Dec 14, 2026, 9:00 am EST to Mon, Dec 21, 2026, 9:00 am EST "
        "(Pat Desk, Mon, Dec 7, 2026, 7:00 am EST)."
    )
    visit.refresh_from_db()
    assert visit.starts_at == local(21, 9)
    # Knowing that, they may go on.
    sequence = response.context["move_form"]["sequence"].value()
    move(front_desk, visit, TEN, sequence=sequence)
    visit.refresh_from_db()
    assert visit.starts_at == TEN


@pytest.mark.parametrize("change", ["reschedule", "cancel"])
def test_a_change_at_the_last_moment_is_not_overwritten(front_desk, visit, monkeypatch, change):
    move_it = by_phone._move
    before = {
        "reschedule": {"starts_at": local(21, 9)},
        "cancel": {},
    }[change]
    first = {"reschedule": actions.reschedule, "cancel": actions.cancel}[change]

    def too_late(*args):
        first(reference=visit.reference, now=NOW, by=DESK, **before)
        return move_it(*args)

    monkeypatch.setattr(by_phone, "_move", too_late)

    response = move(front_desk, visit, TEN)

    visit.refresh_from_db()
    assert visit.starts_at != TEN
    assert "This visit was changed meanwhile." in said(response)[0]


def test_a_time_lost_at_the_last_moment_is_said(front_desk, bookable_service, visit, monkeypatch):
    move_it = by_phone._move

    def too_late(*args):
        make_appointment(bookable_service, TEN)
        return move_it(*args)

    monkeypatch.setattr(by_phone, "_move", too_late)

    assert rules(move(front_desk, visit, TEN))[0].startswith("Booked already: ")


@pytest.mark.parametrize(
    "change",
    [
        {"status": "cancelled", "cancelled_at": NOW, "cancelled_by": "staff"},
        {"status": "arrived"},
        {"starts_at": NOW - timedelta(hours=2), "ends_at": NOW - timedelta(hours=1)},
    ],
    ids=["cancelled", "arrived", "over"],
)
def test_what_cannot_be_moved_has_no_button(front_desk, visit, change):
    busy = {"busy_from": NOW - timedelta(hours=2), "busy_until": NOW} if "ends_at" in change else {}
    Appointment.objects.filter(pk=visit.pk).update(**change, **busy)

    page = front_desk.get(f"/admin/booking/appointment/{visit.pk}/change/")
    response = front_desk.get(url(visit))

    assert url(visit) not in page.text
    assert said(response)[0].endswith("It can no longer be moved.")


def test_a_visit_that_is_no_longer_offered_can_still_be_moved(front_desk, bookable_service, visit):
    type(bookable_service).objects.update(is_active=False)

    move(front_desk, visit, TEN)

    visit.refresh_from_db()
    assert visit.starts_at == TEN


def test_forged_choices_are_refused(front_desk, visit):
    elsewhere = make_location(slug="elsewhere")
    stranger = make_practitioner(slug="stranger")

    for field, value in {
        "location": elsewhere.slug,
        "practitioner": stranger.slug,
        "start": "tomorrow",
        "asked_by": "hacker",
        "sequence": "x",
    }.items():
        response = move(front_desk, visit, **{"start": "2026-12-14T15:00:00Z"} | {field: value})
        assert field in errors(response), field
    visit.refresh_from_db()
    assert visit.starts_at == NINE


def test_a_typed_time_counts_without_its_button(front_desk, visit):
    asked = move(front_desk, visit, **typed("2026-12-15", "10:00", start=""))

    assert "Outside the hours" in rules(asked)[0]
    assert errors(move(front_desk, visit)) == {"start": ["Choose a time, or type one."]}


def test_other_times_are_shown_with_what_was_typed(front_desk, visit):
    fields = {"go": "2026-12-28", "note": "Has to work", "sequence": "0", "show": "x"}

    page = front_desk.post(url(visit), fields)

    assert errors(page) == {}
    assert page.context["listing"].days[0].on.isoformat() == "2026-12-28"
    assert 'value="Has to work"' in page.text


def test_holds_and_viewers_have_no_such_page(client, front_desk, bookable_service, visit):
    held = make_appointment(bookable_service, local(21, 9), status="pending")
    assert front_desk.get(url(held)).status_code == 404

    user = User.objects.create_user("viewer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_appointment"))
    client.force_login(user)

    assert client.post(url(visit), {"move": "x"}).status_code == 403
    assert url(visit) not in client.get(f"/admin/booking/appointment/{visit.pk}/change/").text
