"""Which columns a list has as a file, and what stands in them. Secrets never, nor what patients wrote."""

import html
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.admin.options import ModelAdmin
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.http import HttpRequest
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from clinic.exports.cells import Value

# Whoever has one of these comes in where it leads.
SECRETS = {
    "booking.appointment.reference",
    "booking.busycalendar.url",
    "booking.practitioner.feed_token",
    "booking.waitlistentry.reference",
    "booking.waitlistentry.known_starts",
    "booking.message.message_id",
    "booking.message.provider_id",
}
SECRET_WORDS = ("password", "secret", "token", "otp", "session", "signature", "salt")
# What patients told the clinic, and what servers said about their addresses; then what only the
# booking itself counts with.
LEFT_OUT = {
    "booking.appointment.reason",
    "booking.appointment.medicines",
    "booking.message.body",
    "booking.message.last_error",
    "booking.message.server_answer",
    "booking.appointment.sequence",
    "booking.appointment.busy_from",
    "booking.appointment.busy_until",
}
PLAIN = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.FloatField,
    models.DecimalField,
    models.BooleanField,
    models.DateField,
    models.TimeField,
    models.DurationField,
    models.FileField,
    models.UUIDField,
)


@dataclass(frozen=True)
class Column:
    """A heading, and how to read what stands below it from a record."""

    heading: str
    read: Callable[[Any], Value]


def columns_of(model_admin: "ModelAdmin[Any]", request: HttpRequest) -> list[Column]:
    """Return what the list shows, then the fields of a record that it does not show.

    A related record has its number, which joins lists, and its name if the list loads it anyway.
    """
    model = model_admin.model
    shown = [name for name in model_admin.get_list_display(request) if isinstance(name, str)]
    columns = [_shown_column(name, model_admin) for name in shown if not _is_secret(model, name)]
    related = model_admin.get_list_select_related(request)
    loaded = related if isinstance(related, list | tuple) else ()
    for field in model._meta.concrete_fields:
        if field.name not in shown and not _is_secret(model, field.name) and _is_plain(field):
            name = _name_column(field)
            if field.name in loaded and name.heading not in {one.heading for one in columns}:
                columns.append(name)
            column = _field_column(field)
            if column.heading in {one.heading for one in columns}:
                column = replace(column, heading=f"{column.heading}, as stored")
            columns.append(column)
    return columns


def _is_secret(model: type[models.Model], name: str) -> bool:
    label = f"{model._meta.label_lower}.{name}"
    return (
        label in SECRETS | LEFT_OUT
        or any(word in name for word in SECRET_WORDS)
        or (model._meta.app_label.startswith("otp_") and name == "key")
    )


def _is_plain(field: "models.Field[Any, Any]") -> bool:
    # What is sealed in the database, or of a kind made later, waits until somebody decides.
    return field.is_relation or (
        isinstance(field, PLAIN) and "sealed" not in type(field).__module__
    )


def _shown_column(name: str, model_admin: "ModelAdmin[Any]") -> Column:
    heading = label_for_field(name, model_admin.model, model_admin)

    def read(record: Any) -> Value:
        try:
            field, attr, value = lookup_field(name, record, model_admin)
        except ObjectDoesNotExist:
            return None
        if field is not None:
            return _field_value(field, record, value)
        if getattr(attr, "boolean", False) and value is not None:
            return bool(value)
        return plain(value)

    return Column(str(capfirst(str(heading))), read)


def _name_column(field: "models.Field[Any, Any]") -> Column:
    heading = str(capfirst(field.verbose_name))
    return Column(heading, lambda record: plain(getattr(record, field.name)))


def _field_column(field: "models.Field[Any, Any]") -> Column:
    if field.is_relation:
        heading = f"{capfirst(field.verbose_name)}, number"
        return Column(heading, lambda record: plain(getattr(record, field.attname)))
    return Column(
        str(capfirst(field.verbose_name)),
        lambda record: _field_value(field, record, getattr(record, field.name)),
    )


def _field_value(field: Any, record: Any, value: Any) -> Value:
    if getattr(field, "choices", None):
        words = getattr(record, f"get_{field.name}_display", None)
        return plain(words() if words else value)
    return plain(value)


def plain(value: Any) -> Value:
    """Return what a cell can hold: of a page's markup the words alone."""
    if value is None or isinstance(value, bool | int | float | Decimal | date | time | timedelta):
        return value
    if isinstance(value, list | tuple | set):
        return ", ".join(str(plain(one)) for one in value)
    if isinstance(value, SafeString):
        return html.unescape(strip_tags(value)).strip()
    return str(value)
