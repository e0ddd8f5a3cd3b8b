"""What a form of the admin does with a value for a field that the field cannot take.

Django's forms draw a box before anybody has checked what stands in it, and some boxes break.
"""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from clinic.list_filters import COMPLAINTS


class CarefulForms(ModelAdmin):  # type: ignore[type-arg]  # which it does not take when it runs
    """Forms that leave out of an address what is no value, and show again whatever was sent."""

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial = super().get_changeform_initial_data(request)
        fields = self.get_form(request)().fields
        return {
            name: value
            for name, value in initial.items()
            if name not in fields or name not in request.GET or _can_take(fields[name], value)
        }

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SelectOfKeys(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SelectOfManyKeys(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class SelectOfKeys(AutocompleteSelect):
    """Asks the database for the names of keys alone: Django's own asks for whatever was sent."""

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        return super().optgroups(name, _keys(self.field, value), attrs)


class SelectOfManyKeys(AutocompleteSelectMultiple):
    """The same for several."""

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        return super().optgroups(name, _keys(self.field, value), attrs)


def _can_take(field: Any, value: Any) -> bool:
    try:
        field.clean(value)
    except COMPLAINTS:
        return False
    return True


def _keys(field: Any, values: list[str]) -> list[str]:
    """Return which of the values can be the key of a row that the field leads to."""
    found = []
    for value in values:
        try:
            field.target_field.clean(value, None)
        except ValidationError:
            continue
        found.append(value)
    return found
