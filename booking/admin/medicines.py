"""The prompt beside a visit: which of the clinic's remedies to think twice about."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from conditions.medicine_check import check_medicines


def medicines_prompt(text: str) -> SafeString:
    """Return the prompt for what a patient wrote, for staff alone."""
    check = check_medicines(text) if text.strip() else None
    return render_to_string("admin/booking/appointment/medicines_check.html", {"check": check})
