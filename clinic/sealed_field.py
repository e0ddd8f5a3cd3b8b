"""A text field whose text is sealed in the database."""

import logging
from typing import Any

from django.core.exceptions import FieldError
from django.db import models

from clinic.models.sealing import SealingCheck
from clinic.sealing import CannotOpen, UnreadableText, open_sealed, seal

logger = logging.getLogger(__name__)


class SealedTextField(models.TextField):  # type: ignore[type-arg]
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
