"""What any list of the admin does with an address that nobody can narrow it down by.

Django takes any comparison with any field from an address, and sees too late that a value cannot be
compared so: a year that no calendar has, a number that is too long, a pattern that is none.
"""

import logging
import traceback
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import ValidationError
from django.db import DataError, ProgrammingError, transaction
from django.http import HttpRequest

logger = logging.getLogger(__name__)

# No filter of ours comes near, and PostgreSQL takes only so many values at once.
LONGEST_ADDRESS = 8_000
NOTHING_DONE = "Nothing was done: what was chosen is not in this list. Choose again."
# How PostgreSQL, its driver and Django say that a value, or a comparison with it, makes no sense.
COMPLAINTS = (
    *(DataError, ProgrammingError),
    *(ValueError, OverflowError, IndexError, ValidationError),
)


class CarefulLists(ModelAdmin):  # type: ignore[type-arg]  # which it does not take when it runs
    """A list that leads to itself, and does nothing, if what its address or a form says is senseless."""

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

    def response_action(
        self, request: HttpRequest, queryset: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Do nothing with chosen records if their keys are none, and say so above the list."""
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        try:
            with transaction.atomic():
                queryset.filter(pk__in=chosen).exists()
        except COMPLAINTS:
            self.message_user(request, NOTHING_DONE, messages.ERROR)
            return None
        return super().response_action(request, queryset, *args, **kwargs)
