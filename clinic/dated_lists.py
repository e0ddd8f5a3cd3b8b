"""Lists of the admin that can be narrowed down to a year, a month or a day."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest


class DatedChangeList(ChangeList):
    """Treats a year that no calendar has as any wrong filter. Django adds a year to it first."""

    def get_filters(self, request: HttpRequest) -> Any:
        try:
            return super().get_filters(request)
        except (ValueError, OverflowError) as error:
            raise IncorrectLookupParameters from error


class Dated(ModelAdmin):  # type: ignore[type-arg]  # which it does not take when it runs
    """A list with a `date_hierarchy`."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return DatedChangeList
