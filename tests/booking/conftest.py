import pytest
import time_machine

from .factories import NOW, make_available_time, make_service
from .journeys import make_red_flags


@pytest.fixture
def monday_morning():
    """Stop the clock at `NOW`, two hours before the clinic opens."""
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def bookable_service(db, monday_morning):
    """A visit that can be booked on Mondays from 9 to 12, and one red flag of each level."""
    make_red_flags()
    service = make_service(slug="first-consultation")
    make_available_time(service)
    return service
