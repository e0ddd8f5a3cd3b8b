"""What a browser does on its way through the booking steps, for the tests of those steps."""

from datetime import timedelta

from booking.templatetags.clinic_times import iso_utc
from booking.views.journey import HOLD_COOKIE, HoldToken
from conditions.models import CareLevel, Condition, RedFlag, Revision

from .factories import NOW

EMERGENCY, URGENT, SEE_DOCTOR = "speech.slurred", "weakness.new", "twitch.long"
ANSWERS = {
    "name": "Ana Example",
    "email": "ana@example.com",
    "phone": "(212) 555-0123",
    "reason": "Calf cramps at night.",
    "medicines": "Magnesium",
    "consent": "on",
}


def make_red_flag(code, level, **kwargs):
    values = {
        "code": code,
        "level": level,
        "label": f"Label of {code}",
        "statement": f"Statement of {code}",
        "question": f"Question of {code}?",
        "is_global": True,
    }
    return RedFlag.objects.create(**values | kwargs)


def make_red_flags():
    """Make one clinic-wide red flag of each level."""
    return [
        make_red_flag(EMERGENCY, CareLevel.EMERGENCY),
        make_red_flag(URGENT, CareLevel.URGENT),
        make_red_flag(SEE_DOCTOR, CareLevel.SEE_DOCTOR),
    ]


def step_url(service, step):
    return f"/book/{service.slug}/{step}/"


def pass_screening(client, service):
    """Answer "none of these", which gives the browser its pass."""
    return client.post(step_url(service, "safety"), {"none": "on"})


def choose_time(client, service, starts_at):
    """Choose a time, which gives the browser its hold."""
    return client.post(step_url(service, "times"), {"start": iso_utc(starts_at)})


def send_details(client, service, **answers):
    """Send the details form as a browser does that kept the hold's cookie."""
    return client.post(step_url(service, "details"), ANSWERS | answers)


def held_token(client):
    """Return what the browser's hold cookie says."""
    return HoldToken.read(client.cookies[HOLD_COOKIE].value)


def make_article(slug="spasms", title="Spasms and twitches", **kwargs):
    """Make a live article with the given `red_flags`, and no others."""
    condition = Condition.objects.create(slug=slug, title="A draft's title")
    document = {
        **{key: [] for key in ("names", "red_flags", "offers", "sources")},
        "sections": [{"aspect": "overview", "heading": "What it is", "body": "<p>Text.</p>"}],
        "self_care": [{"kind": "do", "title": "", "text": "Rest.", "level": ""}],
        "title": title,
        "summary": "One sentence.",
        "lede": "",
        "kind": "symptom",
        "body_area": "muscles_nerves",
        "review_due_on": "2027-12-07",
        "no_emergency": {"reason": "For this test.", "signed_by": "Dr. Test"},
    }
    Revision.objects.create(
        condition=condition,
        number=1,
        document=document | kwargs,
        publish_at=NOW - timedelta(days=1),
        by_name="test",
    )
    return condition
