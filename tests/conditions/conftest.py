"""When the tests look, and who writes the articles."""

from datetime import timedelta

import pytest
import time_machine

from conditions.starter import load
from tests.copies import fill, taken_back

from .factories import NOW
from .staff import make_staff


@pytest.fixture
def clock():
    """Stop the clock a minute after `NOW`, when what tests publish is live; return it to be moved."""
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False) as traveller:
        yield traveller


@pytest.fixture(scope="module")
def starter(django_db_setup, django_db_blocker):
    """Load the starter content once for all tests of a file, and take it back afterwards."""
    with taken_back(django_db_blocker):
        fill(load, now=NOW)
        yield


@pytest.fixture
def staff(client):
    """A clinical reviewer, who also writes and publishes, signed in."""
    user = make_staff("kim", first_name="Jo", last_name="Kim")
    client.force_login(user)
    return user


@pytest.fixture
def editor(client):
    """A member of the group Content, who writes and publishes and signs nothing, signed in."""
    user = make_staff("ann", group="Content")
    client.force_login(user)
    return user
