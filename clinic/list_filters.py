"""What any list of the admin does with an address that nobody can narrow it down by.

Django takes any comparison with any field from an address, and sees too late that a value cannot be
compared so: a year that no calendar has, a number that is too long, a pattern that is none.
"""

import logging
import traceback
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import ValidationError
from django.db import DataError, ProgrammingError
from django.http import HttpRequest

logger = logging.getLogger(__name__)

# No filter of ours comes near, and PostgreSQL takes only so many values at once.
LONGEST_ADDRESS = 8_000
# How PostgreSQL, its driver and Django say that a value, or a comparison with it, makes no sense.
COMPLAINTS = (
    *(DataError, ProgrammingError),
    *(ValueError, OverflowError, IndexError, ValidationError),
)


class CarefulLists(ModelAdmin):  # type: ignore[type-arg]  # which it does not take when it runs
    """A list that leads to itself without filters if those of the address make no sense."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        if len(request.GET.urlencode()) > LONGEST_ADDRESS:
            raise IncorrectLookupParameters
        try:
            return super().get_changelist_instance(request)
        except COMPLAINTS as error:
            # Without filters it is no fault of the address.
            if not request.GET.keys() - {ERROR_FLAG}:
                raise
            # It may be a fault of a filter of ours. What was asked for may be somebody's name.
            place = traceback.extract_tb(error.__traceback__)[-1]
            logger.warning(
                "List of %s: its address led to %s in %s, line %s.",
                *(self.opts.label_lower, type(error).__name__, place.filename, place.lineno),
            )
            raise IncorrectLookupParameters from error
