"""What a clinical reviewer signs, and who may: docs/decisions/0010-clinical-changes-are-signed.md."""

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.html import format_html

from .clinical import clinical_changes, listed
from .documents import Document
from .gate import Failure

SIGN = "conditions.sign_clinical"
LONGEST_NAME = 120
_MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


def signature(user: User) -> str:
    """Return the full name by which a clinical reviewer signs; "" for anyone else.

    Never the name to sign in with: what is signed is for readers.
    """
    return user.get_full_name()[:LONGEST_NAME] if user.has_perm(SIGN) else ""


def lacks_name(user: User) -> str:
    """Return why a clinical reviewer can't sign yet, and where that is mended; "" for anyone else."""
    if not user.has_perm(SIGN) or signature(user):
        return ""
    words = "A signature is your full name, and your account has none."
    if user.has_perm("auth.change_user"):
        url = reverse("admin:auth_user_change", args=[user.pk])
        link = (
            '{} <a href="{}" target="_blank">Add it to your account in another tab</a>, then sign.'
        )
        return format_html(link, words, url)
    return f"{words} Ask whoever looks after the accounts to add it, then sign."


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
    what = "puts a new page on the site" if live is None else f"changes {listed(changes)}"
    words = f"It {what}. A clinical reviewer has to publish that: {names}."
    return [Failure(words)]
