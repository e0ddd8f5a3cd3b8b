"""What tests of the clinic's pages share: a clock that stands, staff accounts, a filled clinic."""

import pytest
import time_machine

from tests.booking.factories import NOW
from tests.copies import fill

from .small_clinic import fill_clinic
from .staff import give_app, make_staff


@pytest.fixture
def clock():
    """Stand still at `NOW`; a test may move it on."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def both_steps(clock, settings):
    """Ask staff for the second step, as outside development."""
    settings.TWO_STEP_REQUIRED = True


@pytest.fixture
def pat():
    return make_staff(group="Front desk")


@pytest.fixture
def codes(pat):
    """The recovery codes of the front desk, who has an app, too."""
    return give_app(pat)


@pytest.fixture
def superuser(clock, admin_client):
    """A browser that may open everything of a small clinic, which has a record of each model."""
    fill(fill_clinic)
    return admin_client
