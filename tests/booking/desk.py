"""What a browser of the front desk sends, for the tests of booking and moving by phone."""

from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.test import Client

from booking.templatetags.clinic_times import iso_utc

ADD = "/admin/booking/appointment/add/"
CALLER = {
    "name": "Ana Example",
    "email": "ana@example.com",
    "phone": "(212) 555-0123",
    "reason": "Calf cramps at night.",
    "medicines": "Magnesium",
    "patient": "",
    "consent": "on",
    "none": "on",
    "practitioner": "",
}


def typed(on, at, **extra):
    """Return the fields of a typed day and time."""
    return {"start": "typed", "on": on, "at": at} | extra


def draw(client, **answers):
    """Open the form, and send what was typed for other times or patients."""
    page = client.get(ADD)
    return client.post(ADD, CALLER | hidden(page) | answers | {"show": "visit"})


def hidden(page):
    """Return what the page sends by itself."""
    return {
        "reference": page.context["reference"],
        "ruleset": page.context["screening"].flag_set.ruleset,
        "service": page.context["service"].slug,
        "location": page.context["times"].place.slug,
    }


def send(client, starts_at=None, **answers):
    """Open the form and book, as a new caller unless told otherwise."""
    start = {"start": iso_utc(starts_at)} if starts_at else {}
    return client.post(ADD, CALLER | hidden(client.get(ADD)) | start | answers | {"book": "Book"})


def move(client, visit, starts_at=None, **answers):
    """Open the page that moves a visit, and move it."""
    url = f"/admin/booking/appointment/{visit.pk}/move/"
    page = client.get(url)
    fields = {
        "location": visit.location.slug,
        "practitioner": visit.practitioner.slug,
        "asked_by": "patient",
        "sequence": page.context["move_form"]["sequence"].value(),
    }
    start = {"start": iso_utc(starts_at)} if starts_at else {}
    return client.post(url, fields | start | answers | {"move": "Move"})


def search(client, url, term):
    """Type a term into the search of an admin's list, and return the list that it leads to."""
    return client.post(url, {"search_for": "1", "q": term}, follow=True)


def rules(response):
    """Return the rules that the page says the time breaks."""
    return [str(words) for words in response.context["verdict"].words]


def errors(response):
    """Return the errors of all the page's forms by field."""
    return {
        name: list(messages)
        for form in response.context["forms"]
        for name, messages in form.errors.items()
    }


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def signed_in(*codenames):
    """Return the browser of a member of staff who has just these permissions."""
    user = User.objects.create_user("somebody", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client
