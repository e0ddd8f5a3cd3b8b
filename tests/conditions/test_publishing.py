from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from conditions.documents import freeze
from conditions.models import Aspect, Condition, Revision, Treatment
from conditions.publishing import (
    NotPublishable,
    changed_since_published,
    publish,
    roll_back,
    schedule,
    unpublish,
    withdraw,
)

from .factories import (
    NOW,
    link_red_flag,
    make_acupoint,
    make_caution,
    make_claim,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_red_flag,
    make_remedy,
    make_section,
    make_self_care,
    make_source,
    make_treatment,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


def live(condition, *, now=LATER):
    return Condition.objects.with_live(now).get(pk=condition.pk)


def make_full_condition():
    source = make_source(key="trial")
    treatment = make_live_treatment(slug="herbs", title="Herbs", position=1)
    remedy = make_remedy(treatment=treatment, slug="yarrow", name="Yarrow")
    make_caution(remedy=remedy, sources=[make_source(key="label")])
    flag = make_red_flag(code="speech.slurred")
    flag.sources.add(make_source(key="stroke"))
    condition = make_condition(names=["Cramp"], red_flags=[flag], title="Spasms")
    condition.sources.add(make_source(key="book"))
    make_self_care(condition, kind="dont", title="", text="smoke", level="low")
    make_claim(condition=condition, treatment=treatment, text="In general.")
    make_claim(
        condition=condition,
        treatment=treatment,
        remedy=remedy,
        text="Yarrow too.",
        level="low",
        sources=[source],
    )
    return condition


def test_publish_freezes_the_whole_article():
    condition = make_full_condition()

    revision = publish(condition, by="tests", now=NOW, note="First.")

    document = Revision.objects.get(pk=revision.pk).document
    assert document == freeze(condition)
    assert document["names"] == ["Cramp"]
    assert [flag["code"] for flag in document["red_flags"]] == ["speech.slurred"]
    assert document["self_care"] == [
        {"kind": "do", "title": "Rest", "text": "Sleep enough.", "level": ""},
        {"kind": "dont", "title": "", "text": "smoke", "level": "low"},
    ]
    (offer,) = document["offers"]
    assert (offer["treatment"], offer["title"]) == ("herbs", "Herbs")
    assert [claim["text"] for claim in offer["claims"]] == ["In general."]
    (remedy,) = offer["remedies"]
    assert (remedy["name"], remedy["claims"][0]["sources"]) == ("Yarrow", ["trial"])
    assert remedy["cautions"][0]["with_what"] == "Blood thinners"
    assert [source["key"] for source in document["sources"]] == ["trial", "label", "stroke", "book"]
    assert (revision.number, revision.by_name, revision.created_by, revision.note) == (
        1,
        "tests",
        None,
        "First.",
    )


def test_publish_freezes_a_treatment():
    treatment = make_treatment(title="Acupuncture")
    source = make_source(key="trial")
    make_claim(treatment=treatment, label="Pain", level="low", sources=[source])
    make_claim(treatment=treatment, condition=make_condition())
    make_caution(treatment=treatment)
    make_acupoint(treatment=treatment)

    revision = publish(treatment, by="tests", now=NOW)

    document = Revision.objects.get(pk=revision.pk).document
    assert document == freeze(treatment)
    assert [claim["label"] for claim in document["may_help"]] == ["Pain"]
    assert [remedy["midline_cun"] for remedy in document["remedies"]] == [1.5]
    assert [source["key"] for source in document["sources"]] == ["trial"]
    assert len(document["cautions"]) == 1


def test_publish_says_who_did_it():
    user = User.objects.create_superuser("lisanti")

    revision = publish(make_condition(), by=user, now=NOW)

    assert (revision.created_by, revision.by_name) == (user, "lisanti")


def test_edits_of_the_draft_do_not_show_until_published():
    condition = make_live_condition(title="Before")
    condition.title = "After"
    condition.save()

    assert live(condition).live["title"] == "Before"

    publish(condition, by="tests", now=LATER)

    assert live(condition).live["title"] == "After"


def test_publish_keeps_the_revision_and_its_review_if_nothing_changed():
    condition = make_live_condition()
    first = condition.revisions.get()

    assert publish(condition, by="tests", now=LATER) == first
    assert condition.revisions.count() == 1


def test_publish_gives_all_reasons_at_once():
    treatment = make_treatment(title="Herbs")
    condition = Condition.objects.create(slug="bare", title=" ")
    make_claim(condition=condition, treatment=treatment, text="It works.", level="high")
    link_red_flag(condition, make_red_flag(level="urgent"))

    with pytest.raises(NotPublishable) as caught:
        publish(condition, by="tests", now=NOW)

    assert caught.value.reasons == [
        "It has no title.",
        "It has no summary.",
        "It has no section “What is going on”.",
        "It says nothing about self-care.",
        "It has no red flag of its own at emergency level.",
        "This claim needs a source: It works.",
        "It has no day for the next review.",
        "The treatment “Herbs” is not published yet.",
    ]
    assert not Revision.objects.exists()


def test_publish_refuses_a_treatment_that_says_nothing():
    treatment = Treatment.objects.create(slug="bare", title="Bare", summary="Nothing.")
    make_claim(treatment=treatment, label="Pain", text="It works.", level="against")

    with pytest.raises(NotPublishable) as caught:
        publish(treatment, by="tests", now=NOW)

    assert caught.value.reasons == [
        "It has no section “What happens”.",
        "This claim needs a source: It works.",
        "It has no day for the next review.",
    ]


def test_publish_leaves_out_a_red_flag_that_is_not_in_use():
    retired = make_red_flag(is_active=False)
    condition = make_condition(red_flags=[make_red_flag(code="kept"), retired])

    document = publish(condition, by="tests", now=NOW).document

    assert [flag["code"] for flag in document["red_flags"]] == ["kept"]


def test_publish_brings_the_clinic_wide_flags_that_the_article_does_not_link():
    linked = make_red_flag(code="all.linked", is_global=True)
    make_red_flag(code="all.retired", is_global=True, is_active=False)
    everywhere = make_red_flag(code="all.other", is_global=True, level="urgent")
    everywhere.sources.add(make_source(key="sign"))
    condition = make_condition(red_flags=[])
    link_red_flag(condition, linked, qualifier="with spasms")

    document = publish(condition, by="tests", now=NOW).document

    shown = [(flag["code"], flag["qualifier"], flag["level"]) for flag in document["red_flags"]]
    assert shown == [("all.other", "", "urgent"), ("all.linked", "with spasms", "emergency")]
    assert [source["key"] for source in document["sources"]] == ["sign"]


def test_revision_is_live_from_its_moment_on():
    condition = make_live_condition(now=LATER)

    assert not Condition.objects.published(NOW).filter(pk=condition.pk).exists()
    assert Condition.objects.published(LATER).filter(pk=condition.pk).exists()


def test_newest_number_wins_when_two_revisions_share_a_moment():
    condition = make_live_condition(title="First")
    condition.title = "Second"
    condition.save()
    publish(condition, by="tests", now=NOW)

    assert live(condition).live_title == "Second"


def test_unpublish_takes_the_article_off_and_publish_brings_it_back():
    condition = make_live_condition()

    unpublish(condition, by="tests", now=LATER)

    assert not Condition.objects.published(LATER).exists()

    publish(condition, by="tests", now=LATER)

    assert Condition.objects.published(LATER).get() == condition


def test_roll_back_shows_an_older_document_as_a_new_revision():
    condition = make_live_condition(title="First")
    first = condition.revisions.get()
    condition.title = "Second"
    condition.save()
    publish(condition, by="tests", now=NOW)

    revision = roll_back(condition, to=first, by="tests", now=LATER, note="We erred.")

    condition.refresh_from_db()
    assert (revision.number, revision.note) == (3, "We erred.")
    assert (live(condition).live_title, condition.title) == ("First", "Second")


def test_roll_back_refuses_another_articles_revision():
    other = make_live_condition().revisions.get()

    with pytest.raises(NotPublishable, match="another article"):
        roll_back(make_live_condition(), to=other, by="tests", now=LATER)


@pytest.mark.parametrize(
    "edit",
    [
        lambda condition: Condition.objects.filter(pk=condition.pk).update(lede="Other."),
        lambda condition: make_section(condition=condition, aspect=Aspect.CAUSES),
        lambda condition: condition.claims.first().remedy.cautions.all().delete(),
        lambda condition: condition.red_flag_links.update(qualifier="with spasms"),
    ],
    ids=["text", "section", "shared caution", "qualifier"],
)
def test_changed_since_published_sees_every_part(edit):
    condition = make_full_condition()
    condition.claims.filter(remedy=None).delete()
    document = publish(condition, by="tests", now=NOW).document

    assert not changed_since_published(Condition.objects.get(pk=condition.pk), document)

    edit(condition)

    assert changed_since_published(Condition.objects.get(pk=condition.pk), document)


@pytest.mark.parametrize("body", ["<p></p>", "<p><br></p>", "<p>&nbsp;</p>", "&nbsp;", "\u200b"])
def test_publish_takes_no_empty_text_for_one(body):
    condition = make_condition(title="\u200b")
    condition.sections.update(body=body)

    with pytest.raises(NotPublishable) as refusal:
        publish(condition, by="tests", now=NOW)

    assert refusal.value.reasons == ["It has no title.", "It has no section “What is going on”."]


def test_roll_back_keeps_a_sign_that_is_clinic_wide_by_now():
    condition = make_live_condition()
    first = condition.revisions.get()
    make_red_flag(code="lips.blue", is_global=True)
    publish(condition, by="tests", now=NOW + timedelta(hours=1))

    revision = roll_back(condition, to=first, by="tests", now=NOW + timedelta(hours=2))

    assert "lips.blue" in [flag["code"] for flag in revision.document["red_flags"]]


def test_publish_is_refused_while_a_scheduled_edition_would_take_back_a_sign():
    condition = make_live_condition()
    Condition.objects.filter(pk=condition.pk).update(summary="For later.")
    later = NOW + timedelta(days=2)
    scheduled = schedule(condition, by="tests", now=NOW, publish_at=later)
    link_red_flag(condition, make_red_flag(code="lips.blue"), position=9)

    with pytest.raises(NotPublishable, match="take back the warning signs. Withdraw it first"):
        publish(condition, by="tests", now=NOW + timedelta(hours=1))
    withdraw(scheduled, by="tests", now=NOW + timedelta(hours=1))

    assert (
        publish(condition, by="tests", now=NOW + timedelta(hours=1)).document["red_flags"][-1][
            "code"
        ]
        == "lips.blue"
    )
