import pytest
import time_machine
from django.contrib.auth.models import Group, User

from .factories import NOW, local, make_available_time, make_location, make_service, make_week
from .journeys import choose_time, make_red_flags, pass_screening
from .racing import Clients
from .waiting import fill


@pytest.fixture(autouse=True)
def long_sessions(settings):
    """Let nobody be signed out while a test moves the clock: when that happens is told elsewhere."""
    settings.STAFF_IDLE_MINUTES = 400 * 24 * 60


@pytest.fixture
def monday_morning():
    """Stop the clock at `NOW`, two hours before the clinic opens."""
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def service(db):
    """A visit that can be booked on every day from 9 to 12."""
    service = make_service()
    make_week(service)
    return service


@pytest.fixture
def bookable_service(db, monday_morning):
    """A visit that can be booked on Mondays from 9 to 12, and one red flag of each level."""
    make_red_flags()
    service = make_service(slug="first-consultation")
    make_available_time(service)
    return service


@pytest.fixture
def video(bookable_service):
    """Video visits during the hours of the clinic."""
    place = make_location(
        slug="video", name="Video", kind="video", same_hours_as=bookable_service.location
    )
    bookable_service.other_locations.add(place)
    return place


@pytest.fixture
def full(bookable_service):
    """All Mondays are booked for the four weeks that can be."""
    bookable_service.horizon_days = 27
    bookable_service.save()
    fill(bookable_service)
    return bookable_service


@pytest.fixture
def visitor(client, bookable_service):
    """A browser that passed the screening and holds Monday, 10 am."""
    pass_screening(client, bookable_service)
    choose_time(client, bookable_service, local(7, 10))
    return client


@pytest.fixture
def front_desk(client, db):
    """A browser signed in as a member of the group Front desk."""
    user = User.objects.create_user("desk", is_staff=True)
    user.groups.add(Group.objects.get(name="Front desk"))
    client.force_login(user)
    return client


@pytest.fixture(scope="module")
def clients():
    """Many people at once, whose connections all tests of a file share."""
    clients = Clients()
    yield clients
    clients.close()
