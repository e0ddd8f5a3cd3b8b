import pytest

from booking.catalogue import read_catalogue
from booking.models import Location, Practitioner, Service
from clinic.models import Clinic
from conditions.models import RedFlag

from .factories import make_location, make_practitioner, make_service
from .journeys import make_red_flags

pytestmark = pytest.mark.django_db


def rename(service):
    Service.objects.filter(pk=service.pk).update(name="Second visit")


def rename_the_practitioner(service):
    Practitioner.objects.filter(services=service).update(name="Dr. Other")


def move_the_place(service):
    Location.objects.filter(pk=service.location_id).update(address="200 Sample Street")


def change_the_clinic(service):
    Clinic.objects.update_or_create(pk=1, defaults={"phone": "+12125550199"})


def add_a_practitioner(service):
    service.practitioners.add(make_practitioner())


def take_the_practitioner_off(service):
    service.practitioners.first().services.clear()


def add_a_place(service):
    service.other_locations.add(make_location(slug="video", kind="video"))


def switch_off(service):
    Service.objects.filter(pk=service.pk).update(is_active=False)


CHANGES = [
    rename,
    rename_the_practitioner,
    move_the_place,
    change_the_clinic,
    add_a_practitioner,
    take_the_practitioner_off,
    add_a_place,
    switch_off,
]


def seen(service):
    """Return all that an offer holds, field by field: models compare by their keys alone."""
    offer = read_catalogue().find_offer(service.slug)
    if offer is None:
        return None
    rows = [offer.service, *offer.practitioners, *offer.locations, offer.clinic]
    return [[getattr(row, each.attname) for each in row._meta.concrete_fields] for row in rows]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_shows_at_once(change):
    service = make_service()
    before = seen(service)

    change(service)

    assert seen(service) != before


def test_a_changed_red_flag_is_asked_at_once():
    make_red_flags()
    make_service()
    assert len({flag.question for flag in read_catalogue().red_flags}) == 3

    RedFlag.objects.update(question="Are your legs weak?")

    assert {flag.question for flag in read_catalogue().red_flags} == {"Are your legs weak?"}


def test_each_change_of_one_transaction_shows():
    service = make_service()
    for minutes in (20, 25, 30):
        Service.objects.filter(pk=service.pk).update(duration_minutes=minutes)

        assert read_catalogue().find_offer(service.slug).service.duration_minutes == minutes


def test_what_is_unchanged_takes_one_small_query(django_assert_num_queries):
    service = make_service()
    read_catalogue().find_offer(service.slug)

    with django_assert_num_queries(1):
        offer = read_catalogue().find_offer(service.slug)

    assert offer.practitioners == tuple(service.practitioners.all())


def test_nobody_offers_what_is_unknown():
    assert read_catalogue().find_offer("unknown") is None
    assert read_catalogue().find_offer("unknown") is None
