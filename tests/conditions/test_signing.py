from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from conditions.clinical import clinical_changes
from conditions.documents import freeze
from conditions.models import Condition, RedFlag
from conditions.publishing import NotPublishable, publish, republish, roll_back
from conditions.signing import lacks_name, signature, unsigned

from .factories import (
    NOW,
    link_red_flag,
    make_caution,
    make_claim,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_red_flag,
    make_remedy,
    make_section,
    make_self_care,
    make_treatment,
)
from .staff import make_staff

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
ADVICE = "the advice on self-care, risks and when to see a doctor"


def make_offering(**kwargs):
    treatment = make_live_treatment()
    remedy = make_remedy(treatment=treatment)
    condition = make_condition(**kwargs)
    make_claim(condition=condition, treatment=treatment, remedy=remedy)
    return condition


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda condition: Condition.objects.update(lede="Other."), []),
        (lambda condition: make_section(condition=condition, aspect="causes"), []),
        (lambda condition: condition.names.create(name="Cramp"), []),
        (lambda condition: link_red_flag(condition, make_red_flag()), ["the warning signs"]),
        (
            lambda condition: condition.red_flag_links.update(qualifier="with spasms"),
            ["the warning signs"],
        ),
        (
            lambda condition: Condition.objects.update(no_emergency_reason="It never is."),
            ["the warning signs"],
        ),
        (make_self_care, ["the self-care steps"]),
        (lambda condition: make_section(condition=condition, aspect="self_care"), [ADVICE]),
        (lambda condition: make_section(condition=condition, aspect="see_doctor"), [ADVICE]),
        (lambda condition: make_section(condition=condition, aspect="risks"), [ADVICE]),
        (lambda condition: make_section(condition=condition, aspect="usual_care"), [ADVICE]),
        (lambda condition: make_section(condition=condition, aspect="prevention"), [ADVICE]),
        (lambda condition: condition.claims.update(level="none_found"), ["the claims"]),
        (
            lambda condition: make_caution(treatment=condition.claims.get().treatment),
            ["the cautions"],
        ),
        (
            lambda condition: make_caution(remedy=condition.claims.get().remedy),
            ["the cautions"],
        ),
        (
            lambda condition: type(condition.claims.get().remedy).objects.update(note="New"),
            ["the remedies"],
        ),
    ],
)
def test_clinical_changes_are_named(edit, expected):
    condition = make_offering()
    before = freeze(condition)

    edit(condition)

    assert clinical_changes(freeze(Condition.objects.get()), before) == expected


def test_change_of_what_a_treatment_may_help_is_clinical():
    treatment = make_treatment()
    before = freeze(treatment)

    make_claim(treatment=treatment, label="Pain")

    assert clinical_changes(freeze(treatment), before) == ["the claims"]


def test_content_publishes_what_is_not_clinical():
    condition = make_live_condition()
    Condition.objects.update(title="After")

    revision = publish(condition, by=make_staff(group="Content"), now=LATER)

    assert revision.document["title"] == "After"


def test_content_cannot_publish_a_clinical_change_and_is_told_who_can():
    condition = make_live_condition()
    make_self_care(condition, title="Stretch")
    condition.red_flag_links.update(qualifier="with spasms")
    make_staff("lisanti", first_name="Ann", last_name="Lisanti")
    make_staff("second")
    make_staff("left", is_active=False)

    with pytest.raises(NotPublishable) as caught:
        publish(condition, by=make_staff(group="Content"), now=LATER)

    assert caught.value.reasons == [
        "It changes the warning signs and the self-care steps. "
        "A clinical reviewer has to publish that: Ann Lisanti, second."
    ]
    assert condition.revisions.count() == 1


@pytest.mark.parametrize("part", ["heading", "body"])
def test_content_cannot_publish_other_advice(part):
    condition = make_condition()
    make_section(condition=condition, aspect="risks", heading="Risks")
    publish(condition, by="tests", now=NOW)
    condition.sections.filter(aspect="risks").update(**{part: "No risk at all."})

    with pytest.raises(NotPublishable) as caught:
        publish(condition, by=make_staff(group="Content"), now=LATER)

    assert caught.value.reasons == [
        f"It changes {ADVICE}. A clinical reviewer has to publish that: nobody has that role yet."
    ]


def test_order_of_the_sections_is_not_clinical():
    condition = make_condition()
    make_section(condition=condition, aspect="risks", position=1)
    make_section(condition=condition, aspect="prevention", position=2)
    before = freeze(condition)

    condition.sections.filter(aspect="prevention").update(position=0)

    assert clinical_changes(freeze(Condition.objects.get()), before) == []


def test_first_publication_is_clinical():
    with pytest.raises(NotPublishable) as caught:
        publish(make_condition(), by=make_staff(group="Content"), now=LATER)

    assert caught.value.reasons == [
        "It puts a new page on the site. "
        "A clinical reviewer has to publish that: nobody has that role yet."
    ]


@pytest.mark.parametrize("make", [lambda: make_staff(), lambda: "starter"])
def test_reviewers_and_programs_publish_anything(make):
    assert publish(make_condition(), by=make(), now=NOW).number == 1


def test_superuser_publishes_anything():
    user = User.objects.create_superuser("admin")

    assert publish(make_condition(), by=user, now=NOW).number == 1


def test_content_cannot_roll_back_a_clinical_change():
    condition = make_live_condition()
    first = condition.revisions.get()
    make_self_care(condition)
    publish(condition, by="tests", now=NOW)

    with pytest.raises(NotPublishable, match="the self-care steps"):
        roll_back(condition, to=first, by=make_staff(group="Content"), now=LATER)


def test_content_cannot_bring_changed_signs_to_the_pages():
    condition = make_live_condition()
    RedFlag.objects.update(label="New")

    with pytest.raises(NotPublishable, match="the warning signs"):
        republish([condition], by=make_staff(group="Content"), now=LATER)


def test_documents_from_before_signatures_compare_equal():
    condition = make_offering()
    document = freeze(condition)
    old = {key: value for key, value in document.items() if key != "no_emergency"}

    assert unsigned(document, old, by=make_staff(group="Content")) == []


def test_signature_is_a_reviewers_full_name():
    reviewer = make_staff("lisanti", first_name="Ann", last_name="Lisanti")
    long = make_staff("long", first_name="A" * 100, last_name="B" * 100)

    assert signature(reviewer) == "Ann Lisanti"
    assert signature(long) == f"{'A' * 100} {'B' * 19}"
    assert signature(make_staff("jo", group="Content", first_name="Jo")) == ""
    assert lacks_name(reviewer) == ""


def test_reviewer_without_a_name_does_not_sign_with_the_one_to_sign_in_with():
    plain = make_staff("plain", first_name=" ")

    assert signature(plain) == ""
    assert lacks_name(plain) == (
        "A signature is your full name, and your account has none. "
        "Ask whoever looks after the accounts to add it, then sign."
    )
    assert lacks_name(make_staff(group="Content")) == ""


def test_superuser_without_a_name_is_led_to_the_account():
    user = User.objects.create_superuser("admin")

    assert f'<a href="/admin/auth/user/{user.pk}/change/" target="_blank">' in lacks_name(user)
