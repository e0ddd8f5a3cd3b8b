"""A text field whose text is sealed in the database."""

import logging
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.functions import Cast

from clinic.models.sealing import SealingCheck
from clinic.sealing import PREFIX, CannotOpen, UnreadableText, open_sealed, seal

logger = logging.getLogger(__name__)


class SealedTextField(models.TextField):  # type: ignore[type-arg]  # has arguments for mypy only
    """Plain text in Python, sealed in the database. Nothing can be searched in it.

    What no key opens reads as an `UnreadableText`, and is stored again as it was.
    """

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in ("exact", "isnull"):
            raise FieldError(f"{self.name} is sealed: nothing can be searched in it.")
        return super().get_lookup(lookup_name)

    def get_prep_value(self, value: Any) -> Any:
        """For lookups: empty is stored empty, and all else is different each time it is sealed."""
        if value not in (None, ""):
            raise FieldError(f"{self.name} is sealed: ask only whether it is empty.")
        return value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if hasattr(value, "as_sql"):  # an expression, whose values come here by themselves
            return value
        if isinstance(value, UnreadableText):
            return value.stored
        if value:
            SealingCheck.objects.check_once()
        return value and seal(str(value))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if not value:
            return value
        try:
            return open_sealed(value)
        except CannotOpen as error:
            logger.error("%s cannot be read: %s", self, error)
            return UnreadableText(value)


def sealed_fields() -> Iterator[tuple[type[models.Model], str]]:
    """Yield each model with the name of each of its sealed fields."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedTextField):
                yield model, field.name


def as_stored(model: type[models.Model], name: str) -> models.QuerySet[Any]:
    """Return the rows in which something is written, with the sealed text as `stored`."""
    rows = model._base_manager.annotate(stored=Cast(name, models.TextField()))
    return rows.exclude(stored="")


def sealed_with(key_id: str) -> Iterator[models.QuerySet[Any]]:
    """Yield for each field the rows that this key sealed."""
    for model, name in sealed_fields():
        yield as_stored(model, name).filter(stored__startswith=f"{PREFIX}{key_id}:")
