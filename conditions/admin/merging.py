"""What two people changed in one record, field by field, as their browsers send it."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict

from conditions.rich_text import tidy_html

from .parts import RichTextarea

type Fields = Mapping[str, forms.Field]
type Values = dict[str, list[str]]
"""What a browser sends of a form that nobody touched: the texts of each field."""


@dataclass
class Rows:
    """The rows of one list of a record: what a browser sends of each, by its key."""

    prefix: str
    fields: Fields
    values: dict[str, Values]


@dataclass
class Merge:
    """A form sent over a record that changed meanwhile: theirs are put in where there is no clash."""

    data: QueryDict
    theirs: list[str] = field(default_factory=list)
    """What they alone changed, such as `lede` or `claims.12.level`; now as theirs in `data`."""
    clashes: list[str] = field(default_factory=list)
    """What both changed, each in another way; as mine in `data`."""
    has_mine: bool = False
    """Whether it says anything that the record does not say already."""
    dropped: dict[str, set[int]] = field(default_factory=dict)
    """By the list's prefix, the places of rows that have no meaning any more."""


def sent_values(fields: Fields, values: Mapping[str, Any]) -> Values:
    """Return what a browser would send of these values."""
    return {
        name: _texts(fields[name], _shown(fields[name], value))
        for name, value in values.items()
        if name in fields
    }


def digests(record: Values, lists: Iterable[Rows]) -> dict[str, str]:
    """Return a short digest of each value that is not empty, by the name of its place."""
    return {name: _digest(texts) for name, texts in _places(record, lists) if texts}


def merge(
    posted: QueryDict, opened: Mapping[str, str], record: Values, fields: Fields, lists: list[Rows]
) -> Merge:
    """Put what they alone changed since `opened` into what was posted; find what both changed."""
    merged = Merge(posted.copy())
    for name in record:
        _merge_field(merged, opened, name, fields[name], name, record[name])
    for rows in lists:
        _merge_rows(merged, opened, rows)
    return merged


def _merge_rows(merged: Merge, opened: Mapping[str, str], rows: Rows) -> None:
    known = {name.split(".")[1] for name in opened if name.startswith(f"{rows.prefix}.")}
    dropped = merged.dropped.setdefault(rows.prefix, set())
    added = [rows.values[key] for key in rows.values if key not in known]
    spare = sent_values(rows.fields, {name: each.initial for name, each in rows.fields.items()})
    for place, key in _posted_rows(merged.data, rows.prefix):
        mine = {
            name: _texts(each, merged.data.getlist(f"{rows.prefix}-{place}-{name}"))
            for name, each in rows.fields.items()
        }
        is_taken_out = bool(merged.data.get(f"{rows.prefix}-{place}-DELETE"))
        at = f"{rows.prefix}.{key}"
        if not key:
            # Sent twice, or both added the same.
            if mine in added:
                added.remove(mine)
                dropped.add(place)
            elif mine != spare:
                merged.has_mine = True
        elif key not in rows.values:
            is_same = all(_was(opened, f"{at}.{name}") == _digest(mine[name]) for name in mine)
            if is_taken_out or is_same:
                dropped.add(place)
                merged.theirs.append(at)
            else:
                merged.has_mine = True
                merged.clashes.append(at)
        elif is_taken_out:
            merged.has_mine = True
            theirs = rows.values[key].items()
            if any(_was(opened, f"{at}.{name}") != _digest(texts) for name, texts in theirs):
                merged.clashes.append(f"{at}.DELETE")
        else:
            for name, texts in rows.values[key].items():
                html_name = f"{rows.prefix}-{place}-{name}"
                _merge_field(merged, opened, f"{at}.{name}", rows.fields[name], html_name, texts)
    merged.theirs += [f"{rows.prefix}.{key}" for key in rows.values if key not in known]


def _merge_field(
    merged: Merge,
    opened: Mapping[str, str],
    at: str,
    form_field: forms.Field,
    html_name: str,
    present: list[str],
) -> None:
    was, mine = _was(opened, at), _texts(form_field, merged.data.getlist(html_name))
    if mine == present:
        return
    if was != _digest(mine):
        merged.has_mine = True
        if was != _digest(present):
            merged.clashes.append(at)
        return
    merged.theirs.append(at)
    merged.data.setlist(html_name, present)
    if not present:
        del merged.data[html_name]


def _posted_rows(data: QueryDict, prefix: str) -> Iterator[tuple[int, str]]:
    """Yield the place and the key of each row that was sent; a new one has no key."""
    row = re.compile(rf"{re.escape(prefix)}-(\d+)-.+")
    places = {int(match[1]) for name in data if (match := row.fullmatch(name))}
    for place in sorted(places):
        yield place, data.get(f"{prefix}-{place}-id") or ""


def _places(record: Values, lists: Iterable[Rows]) -> Iterator[tuple[str, list[str]]]:
    yield from record.items()
    for rows in lists:
        for key, values in rows.values.items():
            for name, texts in values.items():
                yield f"{rows.prefix}.{key}.{name}", texts


def _shown(form_field: forms.Field, value: Any) -> list[str]:
    """Return the texts that the field's widget shows of a value."""
    widget: Any = form_field.widget
    # The admin wraps those that choose other records.
    widget = getattr(widget, "widget", widget)
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if value else []
    shown: Any = widget.format_value(form_field.prepare_value(value))
    return shown if isinstance(shown, list) else [shown or ""]


def _texts(form_field: forms.Field, texts: list[str]) -> list[str]:
    """Return the texts without what differs for the browser alone."""
    lines = [text.replace("\r\n", "\n") for text in texts if text]
    if isinstance(form_field.widget, RichTextarea):
        lines = [tidy_html(text) for text in lines]
    return sorted(lines)


def _was(opened: Mapping[str, str], at: str) -> str:
    return opened.get(at, _digest([]))


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:12]
