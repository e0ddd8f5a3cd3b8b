"""Articles for tests. Each call makes what it needs; keyword arguments win."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

from conditions.documents import freeze
from conditions.models import (
    Aspect,
    Caution,
    Claim,
    Condition,
    ConditionName,
    ConditionRedFlag,
    RedFlag,
    Remedy,
    Revision,
    Section,
    SelfCareItem,
    Source,
    Treatment,
)
from conditions.publishing import publish

NOW = datetime(2026, 12, 7, 12, tzinfo=UTC)
numbers = count(1)


def make_source(**kwargs):
    number = next(numbers)
    defaults = {"key": f"source-{number}", "title": f"Study {number}", "publisher": "A journal"}
    return Source.objects.create(**defaults | kwargs)


def make_red_flag(**kwargs):
    number = next(numbers)
    defaults = {
        "code": f"sign.number{number}",
        "label": f"Sign {number}",
        "statement": f"Sign {number}, even if it passes",
        "question": f"Do you have sign {number}?",
        "level": "emergency",
    }
    return RedFlag.objects.create(**defaults | kwargs)


def make_treatment(**kwargs):
    number = next(numbers)
    defaults = {
        "slug": f"treatment-{number}",
        "title": f"Treatment {number}",
        "summary": "What it is.",
        "lede": "First words.",
        "review_due_on": date(2027, 12, 7),
    }
    treatment = Treatment.objects.create(**defaults | kwargs)
    make_section(treatment=treatment, aspect=Aspect.WHAT_HAPPENS)
    return treatment


def put_on_the_site(article, *, now):
    """Write the first edition of a complete draft, as `publish` does after a long look at it."""
    Revision.objects.create(
        **{article.revision_field: article},
        number=1,
        document=freeze(type(article).objects.get(pk=article.pk)),
        publish_at=now,
        created_at=now,
        by_name="tests",
    )


def make_live_treatment(*, now=NOW, **kwargs):
    treatment = make_treatment(**kwargs)
    put_on_the_site(treatment, now=now)
    return treatment


def make_section(**kwargs):
    return Section.objects.create(**{"aspect": Aspect.OVERVIEW, "body": "<p>Text.</p>"} | kwargs)


def make_condition(*, names=(), red_flags=None, **kwargs):
    """Return a draft that is ready to publish: it has an overview, self-care and an emergency flag."""
    number = next(numbers)
    defaults = {
        "slug": f"condition-{number}",
        "title": f"Condition {number}",
        "summary": "One sentence.",
        "lede": "First paragraph.",
        "review_due_on": date(2027, 12, 7),
    }
    condition = Condition.objects.create(**defaults | kwargs)
    make_section(condition=condition)
    make_self_care(condition)
    for position, name in enumerate(names):
        ConditionName.objects.create(condition=condition, name=name, position=position)
    for position, flag in enumerate([make_red_flag()] if red_flags is None else red_flags):
        link_red_flag(condition, flag, position=position)
    return condition


def make_live_condition(*, now=NOW, **kwargs):
    condition = make_condition(**kwargs)
    put_on_the_site(condition, now=now)
    return condition


def make_live_with_text(body, **kwargs):
    condition = make_condition(**kwargs)
    make_section(condition=condition, aspect="causes", body=body)
    publish(condition, by="tests", now=NOW)
    return condition


def make_twice_published(**kwargs):
    """Return an article whose live page, revision 2, has another first paragraph than 1."""
    condition = make_live_condition(lede="Old words here.", **kwargs)
    Condition.objects.filter(pk=condition.pk).update(lede="New words here.")
    publish(condition, by="tests", now=NOW + timedelta(minutes=1), note="Clearer first words.")
    return condition


def link_red_flag(condition, red_flag, **kwargs):
    return ConditionRedFlag.objects.create(condition=condition, red_flag=red_flag, **kwargs)


def make_remedy(**kwargs):
    number = next(numbers)
    defaults = {
        "kind": "herb",
        "slug": f"remedy-{number}",
        "name": f"Remedy {number}",
        "no_cautions_signed_by": "Dr. Test",
        "no_cautions_signed_on": date(2026, 12, 1),
    }
    if "treatment" not in kwargs:
        defaults["treatment"] = make_treatment()
    return Remedy.objects.create(**defaults | kwargs)


def make_acupoint(**kwargs):
    defaults = {
        "kind": "acupoint",
        "name": "UB 18",
        "who_code": "BL18",
        "other_code": "UB18",
        "pinyin": "Ganshu",
        "level_with": "T9",
        "midline_cun": "1.5",
        "tradition": "the liver",
    }
    return make_remedy(**defaults | kwargs)


def make_claim(*, sources=(), **kwargs):
    defaults = {"text": "It may help.", "level": "traditional_only"}
    claim = Claim.objects.create(**defaults | kwargs)
    claim.sources.set(sources)
    return claim


def make_caution(*, sources=(), **kwargs):
    defaults = {
        "with_kind": "medicine_class",
        "with_what": "Blood thinners",
        "effect": "You may bleed more.",
        "advice": "ask_first",
    }
    caution = Caution.objects.create(**defaults | kwargs)
    caution.sources.set(sources)
    return caution


def make_self_care(condition, **kwargs):
    defaults = {"kind": "do", "title": "Rest", "text": "Sleep enough."}
    return SelfCareItem.objects.create(condition=condition, **defaults | kwargs)
