"""What a browser does on a patient's page, for the tests of it."""

from booking.models import AuditEntry
from tests.html_tree import parse

LIST = "/admin/booking/patient/"


def url_of(patient):
    return f"{LIST}{patient.pk}/change/"


def see(client, patient):
    return parse(client.get(url_of(patient)).content)


def part(page, title):
    return page.one("section", aria_labelledby=f"{title}-title")


def fields_of(page):
    """Return what the form of the contact details sends by itself."""
    form = part(page, "contact").one("form")
    return {one.get("name"): one.get("value") for one in form.all("input")}


def save(client, patient, fields=None, **typed):
    """Send the form of the contact details, as it is drawn now unless `fields` are given."""
    fields = fields or fields_of(see(client, patient))
    return client.post(url_of(patient), fields | {"save_details": "1"} | typed)


def add_note(client, patient, text):
    return client.post(url_of(patient), {"text": text, "add_note": "1"})


def audit():
    return list(AuditEntry.objects.order_by("pk").values_list("kind", "patient_number", "note"))
