"""Articles that have everything an article can have, for tests that look at all of it."""

from datetime import date

from django.utils import timezone

from conditions.models import (
    Amount,
    Aspect,
    ConditionName,
    GlossaryTerm,
    MedicineClass,
    RelatedTopic,
    Review,
    Revision,
)
from conditions.publishing import publish

from .factories import (
    link_red_flag,
    make_acupoint,
    make_caution,
    make_claim,
    make_condition,
    make_live_condition,
    make_red_flag,
    make_remedy,
    make_section,
    make_self_care,
    make_source,
    make_treatment,
)
from .pictures import make_image, picture_file, show


def make_whole_treatment(**kwargs):
    """Return a live treatment with an herb, a point, cautions of its own and theirs, and an image."""
    treatment = make_treatment(**kwargs)
    wide = MedicineClass.objects.create(slug="clots", name="Medicines against clots")
    kind = MedicineClass.objects.create(
        slug="thinners", name="Thinners", names=["warfarin"], part_of=wide
    )
    source = make_source(url="https://example.org/trial", year=2020, identifier="doi:1")
    words = {"forms": "Tea", "pregnancy": "Ask.", "allergy_family": "Daisy", "latin_name": "A. m."}
    herb = make_remedy(treatment=treatment, slug="yarrow", name="Yarrow", **words)
    make_acupoint(treatment=treatment, slug="ub-18", english_name="Liver", over_lung="Yes.")
    Amount.objects.create(remedy=herb, label="Tea", low=1, unit="g", per="a day", source=source)
    make_caution(remedy=herb, sources=[source]).medicine_classes.add(kind)
    for with_kind in ("medicine", "condition", "allergy"):
        make_caution(treatment=treatment, with_kind=with_kind, with_what=f"Some {with_kind}")
    make_claim(treatment=treatment, label="Pain", level="low", sources=[source])
    make_section(treatment=treatment, aspect=Aspect.RISKS, body="<p>A twitch.</p>")
    picture = make_image(picture_file(size=(400, 300)))
    show(picture, treatment=treatment, caption="A hand", aspect=Aspect.RISKS)
    treatment.sources.add(source)
    treatment.red_flags.add(make_red_flag(code="sign.after", level="emergency"))
    publish(treatment, by="tests", now=timezone.now())
    return treatment


def make_whole_condition(**kwargs):
    """Return a live article that offers such a treatment and points at other articles."""
    GlossaryTerm.objects.create(term="twitch", forms=["twitches"], definition="A flicker.")
    treatment = make_whole_treatment()
    condition = make_condition(names=["Cramp"], red_flags=[], author="Dr. Author", **kwargs)
    ConditionName.objects.create(condition=condition, name="Legs jump", is_synonym=False)
    for level in ("emergency", "urgent", "see_doctor"):
        flag = make_red_flag(code=f"sign.{level}", level=level)
        link_red_flag(condition, flag, qualifier="together with spasms")
    for kind in ("do", "dont", "now"):
        make_self_care(condition, kind=kind, title="Rest", text=f"Text of {kind}.", level="low")
    for aspect in (Aspect.SYMPTOMS, Aspect.CAUSES, Aspect.VISIT):
        make_section(condition=condition, aspect=aspect, heading="", body="<p>A twitch.</p>")
    for remedy in (None, *treatment.remedies.all()):
        make_claim(condition=condition, treatment=treatment, remedy=remedy)
    telling = {"kind": "confused", "question": "Which one?", "text": "This one stops."}
    other = {"condition": condition, "text": "It is alike."}
    RelatedTopic.objects.create(**other | telling, other=make_live_condition(title="Sneezing"))
    RelatedTopic.objects.create(**other, other=make_live_condition(title="Yawning"))
    show(make_image(picture_file(size=(400, 300))), condition=condition, caption="A calf")
    revision = publish(condition, by="tests", now=timezone.now(), note="A first edition.")
    sign(revision)
    return condition


def sign(revision, **kwargs):
    defaults = {"reviewer": "Dr. Test", "reviewed_on": date(2026, 12, 1)}
    return Review.objects.create(revision=revision, **defaults | kwargs)


def write_live(article, **changes):
    """Write another live edition straight into the database, past every check of the application."""
    newest = article.revisions.latest("number")
    return Revision.objects.create(
        number=newest.number + 1,
        document=newest.document | changes,
        publish_at=timezone.now(),
        by_name="SQL",
        **{article.revision_field: article},
    )
