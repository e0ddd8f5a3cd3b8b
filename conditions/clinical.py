"""Which parts of an article are clinical: docs/decisions/0010-clinical-changes-are-signed.md. No query."""

from collections.abc import Mapping
from typing import Any

from .models import Aspect

type Document = Mapping[str, Any]


_ADVICE = (
    Aspect.SELF_CARE,
    Aspect.SEE_DOCTOR,
    Aspect.RISKS,
    Aspect.USUAL_CARE,
    Aspect.PREVENTION,
)
"""Sections that tell people what to do about their health; the others explain."""


def clinical_changes(document: Document, before: Document | None) -> list[str]:
    """Return in words which clinical parts differ from the document of before; all if none was."""
    new, old = _clinical_parts(document), _clinical_parts(before or {})
    return [part for part, value in new.items() if before is None or value != old[part]]


def listed(parts: list[str]) -> str:
    """Return the parts as a sentence lists them."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))


def _clinical_parts(document: Document) -> dict[str, Any]:
    offers = document.get("offers", [])
    remedies = [
        *document.get("remedies", []),
        *(remedy for offer in offers for remedy in offer["remedies"]),
    ]
    no_emergency = document.get("no_emergency", {})
    return {
        "the warning signs": [
            document.get("red_flags", []),
            no_emergency.get("reason", ""),
            no_emergency.get("signed_by", ""),
        ],
        "the self-care steps": document.get("self_care", []),
        "the advice on self-care, risks and when to see a doctor": {
            section["aspect"]: (section["heading"], section["body"])
            for section in document.get("sections", [])
            if section["aspect"] in _ADVICE
        },
        "the claims": [
            document.get("may_help", []),
            [[offer["treatment"], offer["claims"]] for offer in offers],
            [[remedy["slug"], remedy.get("claims", [])] for remedy in remedies],
        ],
        "the cautions": [
            document.get("cautions", []),
            [[offer["treatment"], offer["cautions"]] for offer in offers],
            [[remedy["slug"], remedy["cautions"]] for remedy in remedies],
        ],
        "the remedies": [
            {key: value for key, value in remedy.items() if key not in ("claims", "cautions")}
            for remedy in remedies
        ],
    }
