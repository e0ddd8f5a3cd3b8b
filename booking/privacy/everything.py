"""Everything about one patient, as a file for them: made in memory, and kept nowhere."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template.loader import render_to_string

from booking import audit
from booking.models import AuditKind, Patient
from booking.templatetags.clinic_times import clinic_short_day, clinic_time

from .fhir import Resource
from .parts import PARTS, Part
from .person import Person

# Words of FHIR's that lead to a value and say nothing of it to a person.
UNSAID = frozenset({"concept", "display", "reference", "text", "what", "who"})
TEMPLATE = "admin/booking/patient/everything_file.html"


@dataclass(frozen=True)
class Held:
    """How many records of one kind are about somebody."""

    part: Part
    count: int


def count_of(person: Person) -> list[Held]:
    """Return how much of each kind there is, in the order of the file."""
    return [Held(part, part.find(person).count()) for part in PARTS]


def take_out(patient: Patient, *, user: Any, now: datetime) -> bytes:
    """Return a ZIP with the same twice, for programs and for people, and note who took it out."""
    with transaction.atomic():
        audit.note(user, AuditKind.EXPORTED, patient=patient, words="everything", now=now)
        person = Person.of(patient)
        parts = [(part, [part.resource(one) for one in part.find(person)]) for part in PARTS]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("everything.json", _as_json(parts, now=now))
        archive.writestr("everything.html", _as_page(parts, now=now))
    return file.getvalue()


def _as_json(parts: list[tuple[Part, list[Resource]]], *, now: datetime) -> str:
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": now,
        "entry": [{"resource": _said(one)} for _part, resources in parts for one in resources],
    }
    return json.dumps(bundle, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


def _as_page(parts: list[tuple[Part, list[Resource]]], *, now: datetime) -> str:
    sections = [
        (part.name, [list(_lines(resource)) for resource in resources]) for part, resources in parts
    ]
    return render_to_string(TEMPLATE, {"sections": sections, "made": _words(now)})


def _said(resource: Resource) -> Resource:
    """Leave out what is empty, as FHIR does."""
    return {key: value for key, value in resource.items() if value not in (None, "", [])}


def _lines(resource: Resource, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield what a resource says, as words and values: "requested period start", "Dec 7, 2026"."""
    for key, value in _said(resource).items():
        if key == "resourceType":
            continue
        spoken = "" if key in UNSAID else re.sub(r"(?<!^)(?=[A-Z])", " ", key).lower()
        words = f"{before} {spoken}".strip()
        if isinstance(value, dict):
            yield from _lines(value, words)
        elif isinstance(value, list):
            for one in value:
                yield from _lines(one, words)
        else:
            yield words, _words(value)


def _words(value: object) -> str:
    zone = ZoneInfo(settings.TIME_ZONE)
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return f"{clinic_short_day(local)}, {local.year}, {clinic_time(value, zone)} {local:%Z}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value:%B} {value.day}, {value.year}"
    return str(value)
