"""Which fields of each model stand in files. What is empty, or as the model has it, is left out."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from conditions.models import (
    Amount,
    Caution,
    Claim,
    Condition,
    ConditionRedFlag,
    GlossaryTerm,
    Illustration,
    Image,
    MedicineClass,
    RedFlag,
    RelatedTopic,
    Remedy,
    Section,
    SelfCareItem,
    Source,
    Treatment,
)

from .files import BadContent, Entry

WORDS = ("title", "summary", "lede", "author", "review_due_on")
FIELDS: dict[type[models.Model], tuple[str, ...]] = {
    Source: ("key", "title", "publisher", "year", "url", "identifier"),
    GlossaryTerm: ("term", "forms", "definition"),
    MedicineClass: ("slug", "name", "names"),
    RedFlag: (
        *("code", "label", "statement", "question", "level", "is_global", "is_active"),
        *("search_words", "reviewed_by", "reviewed_on"),
    ),
    Treatment: ("slug", *WORDS, "position"),
    Condition: (
        *("slug", "kind", "body_area", *WORDS),
        *("no_emergency_reason", "no_emergency_signed_by"),
    ),
    Remedy: (
        *("kind", "slug", "name", "is_offered", "latin_name", "part_used", "forms", "pregnancy"),
        *("allergy_family", "who_code", "other_code", "pinyin", "english_name", "level_with"),
        *("midline_cun", "location", "over_lung", "tradition", "amounts", "note"),
        *("no_cautions_signed_by", "no_cautions_signed_on"),
    ),
    Image: ("name", "title", "credit"),
    Section: ("aspect", "heading", "body"),
    SelfCareItem: ("kind", "title", "text", "level"),
    ConditionRedFlag: ("qualifier", "level", "lowered_by"),
    RelatedTopic: ("kind", "question", "text"),
    Claim: ("label", "text", "level"),
    Caution: ("with_kind", "with_what", "effect", "advice", "basis"),
    Amount: ("label", "low", "high", "unit", "per"),
    Illustration: ("aspect", "alt", "is_decorative", "caption"),
}
# Texts that list one thing a line are lists in files.
LISTED = {(GlossaryTerm, "forms"), (MedicineClass, "names"), (RedFlag, "search_words")}


def to_entry(record: models.Model) -> Entry:
    """Return the record's own fields for a file."""
    model = type(record)
    values = {name: getattr(record, name) for name in FIELDS[model]}
    return {
        name: _to_plain(model, name, value)
        for name, value in values.items()
        if value != _default(model, name)
    }


def from_entry(
    model: type[models.Model], entry: Mapping[str, Any], *, where: str
) -> dict[str, Any]:
    """Return the values of the model's fields, the defaults included.

    Raises BadContent, with `where` in its text, if one is missing or not what the field takes.
    """
    values = {}
    for name in FIELDS[model]:
        field = field_of(model, name)
        raw = entry.get(name, _default(model, name))
        if (model, name) in LISTED and isinstance(raw, list):
            raw = "\n".join(str(line) for line in raw)
        try:
            if isinstance(field, models.CharField | models.TextField) and not isinstance(raw, str):
                raise ValidationError("This must be text.")
            values[name] = field.clean(str(raw) if isinstance(raw, float) else raw, None)
        except (ValidationError, TypeError) as error:
            messages = getattr(error, "messages", ["This has the wrong kind of value."])
            raise BadContent(f"{where}, “{name}”: {' '.join(messages)}") from error
    return values


def refuse_unknown(
    model: type[models.Model], entry: Mapping[str, Any], parts: tuple[str, ...], *, where: str
) -> None:
    """Raise BadContent if the entry has a name that nobody would read."""
    unknown = sorted(set(entry) - {*FIELDS[model], *parts})
    if unknown:
        raise BadContent(f"{where}: “{unknown[0]}” is not known. Look for a slip of the pen.")


def field_of(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    """Return the model's own field of that name."""
    return next(field for field in model._meta.concrete_fields if field.name == name)


def lines(text: str) -> list[str]:
    """Return the lines of a text that lists one thing a line, without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _default(model: type[models.Model], name: str) -> Any:
    field = field_of(model, name)
    if field.has_default():
        return field.get_default()
    return None if field.null else ""


def _to_plain(model: type[models.Model], name: str, value: Any) -> Any:
    if (model, name) in LISTED:
        return lines(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value
