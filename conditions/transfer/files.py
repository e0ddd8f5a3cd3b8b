"""The folder that holds content: TOML written by hand, or JSON written by an export."""

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

type Entry = dict[str, Any]

CONDITIONS = "conditions"
PICTURES = "pictures"
# The name in an image's entry of the checksum of its file.
PICTURE = "picture"
# What stands in one file each: the file's name, and the name of the list in it.
LISTS = {
    "sources": "source",
    "glossary": "term",
    "medicines": "medicine_class",
    "red_flags": "red_flag",
    "treatments": "treatment",
    "remedies": "remedy",
    "images": "image",
}


class BadContent(Exception):
    """Files that cannot be imported. The text says which file, what is wrong and what to do."""


@dataclass
class Content:
    """All entries of a folder, in the order in which pages show them."""

    sources: list[Entry] = field(default_factory=list)
    glossary: list[Entry] = field(default_factory=list)
    medicines: list[Entry] = field(default_factory=list)
    red_flags: list[Entry] = field(default_factory=list)
    treatments: list[Entry] = field(default_factory=list)
    remedies: list[Entry] = field(default_factory=list)
    images: list[Entry] = field(default_factory=list)
    conditions: list[Entry] = field(default_factory=list)
    pictures: dict[str, Path] = field(default_factory=dict)
    """The file of each image, by the image's name."""


def read_content(folder: Path) -> Content:
    """Return what the folder holds. Raises BadContent if a file is no content, or there is none."""
    lists = {name: _read_list(folder, name, key) for name, key in LISTS.items()}
    paths = sorted(path for path in (folder / CONDITIONS).glob("*") if path.suffix in _PARSERS)
    pictures = {path.stem: path for path in (folder / PICTURES).glob("*") if path.is_file()}
    content = Content(**lists, conditions=[_parse(path) for path in paths], pictures=pictures)
    if not any(getattr(content, part.name) for part in fields(content)):
        raise BadContent(f"{folder} holds no content: name the folder that export_articles wrote.")
    return content


_PARSERS: dict[str, Callable[[str], Any]] = {".toml": tomllib.loads, ".json": json.loads}


def _read_list(folder: Path, name: str, key: str) -> list[Entry]:
    found = [path for suffix in _PARSERS if (path := folder / f"{name}{suffix}").exists()]
    if not found:
        return []
    entries = _parse(found[0]).get(key)
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BadContent(f"{found[0]}: “{key}” must be a list of entries.")
    return entries


def _parse(path: Path) -> Entry:
    try:
        data = _PARSERS[path.suffix](path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadContent(f"{path} cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise BadContent(f"{path} must hold one object with names and values.")
    entry: Entry = _with_plain_dates(data)
    return entry


def _with_plain_dates(part: Any) -> Any:
    """Return the entry with days as text, as JSON has them: TOML has a type of its own."""
    if isinstance(part, dict):
        return {key: _with_plain_dates(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_with_plain_dates(value) for value in part]
    return part.isoformat() if isinstance(part, date) else part
