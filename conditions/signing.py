"""What a clinical reviewer signs, and who may: docs/decisions/0010-clinical-changes-are-signed.md."""

from typing import Any

from django.contrib.auth.models import User

from .documents import Document
from .gate import Failure

SIGN = "conditions.sign_clinical"
_MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


def signature(user: User) -> str:
    """Return the name by which a clinical reviewer signs; "" for anyone else."""
    return name_of(user) if user.has_perm(SIGN) else ""


def name_of(user: User) -> str:
    """Return a member of staff's full name, or the one they sign in with."""
    return user.get_full_name() or user.get_username()


def unsigned(document: Document, live: Document | None, *, by: User | str) -> list[Failure]:
    """Return why `by` may not publish the document in place of `live`; empty if they may.

    A program named by a string may; so may whoever changes nothing clinical.
    """
    if isinstance(by, str) or by.has_perm(SIGN):
        return []
    changes = clinical_changes(document, live)
    if not changes:
        return []
    reviewers = User.objects.with_perm(SIGN, backend=_MODEL_BACKEND).order_by("username")
    names = ", ".join(name_of(user) for user in reviewers) or "nobody has that role yet"
    what = "puts a new page on the site" if live is None else f"changes {_listed(changes)}"
    words = f"It {what}. A clinical reviewer has to publish that: {names}."
    return [Failure(words)]


def clinical_changes(document: Document, live: Document | None) -> list[str]:
    """Return in words which clinical parts differ from the live document; all if none is live."""
    new, old = _clinical_parts(document), _clinical_parts(live or {})
    return [part for part, value in new.items() if live is None or value != old[part]]


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


def _listed(parts: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
