import logging

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from booking.messages import build_mail
from booking.models import Message, MessageKind
from booking.tasks import announce
from conditions.models import MedicineClass
from tests.conditions.factories import make_caution, make_remedy, make_source, make_treatment
from tests.html_tree import parse

from .factories import NOW, local, make_appointment, make_service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


@pytest.fixture
def thinners():
    return MedicineClass.objects.create(
        slug="thinners", name="Blood thinners", names="warfarin\nCoumadin"
    )


def make_medicine_caution(*kinds, **kwargs):
    caution = make_caution(**kwargs)
    caution.medicine_classes.set(kinds)
    return caution


def make_visit(medicines):
    return make_appointment(make_service(), local(8, 10, 30), medicines=medicines)


def prompt(client, visit):
    response = client.get(reverse("admin:booking_appointment_change", args=[visit.pk]))
    assert response.status_code == 200
    return parse(response.content).one("div", class_="field-medicines_check").text


def test_prompt_names_remedy_effect_advice_basis_and_sources(front_desk, thinners):
    make_medicine_caution(
        thinners,
        remedy=make_remedy(name="Devil's claw"),
        with_what="Warfarin",
        effect="You may bleed.",
        basis="case_report",
        sources=[make_source(title="One study"), make_source(title="Two studies")],
    )

    text = prompt(front_desk, make_visit("Cumadin 5 mg"))

    assert "Cumadin (a guess: Coumadin?): Blood thinners" in text
    assert (
        "Devil's claw, Warfarin: You may bleed. Ask first. Reported in patients. "
        "Sources: One study; Two studies." in text
    )
    assert "A prompt to check, not advice." in text
    assert "It is not complete" in text


def test_prompt_shows_what_concerns_the_patients_medicines_and_no_more(front_desk, thinners):
    other = MedicineClass.objects.create(slug="other", name="Steroids", names="prednisone")
    kava = make_remedy(name="Kava", is_offered=False)
    make_medicine_caution(thinners, remedy=kava, effect="Kava with thinners.")
    make_medicine_caution(thinners, treatment=make_treatment(title="Cupping"), effect="Bruises.")
    make_medicine_caution(other, remedy=kava, effect="Kava with steroids.")
    make_caution(remedy=kava, with_kind="medicine", effect="Kava with any medicine.")
    make_caution(remedy=kava, with_kind="pregnancy", effect="Kava in pregnancy.")

    text = prompt(front_desk, make_visit("warfarin"))

    assert "Kava (not used at the clinic), Blood thinners: Kava with thinners." in text
    assert "Cupping, Blood thinners: Bruises." in text
    assert "Kava with any medicine." in text
    assert "Kava with steroids." not in text
    assert "Kava in pregnancy." not in text


def test_prompt_takes_a_kind_for_all_its_parts_and_a_medicine_for_its_illness(front_desk, thinners):
    clumps = MedicineClass.objects.create(
        slug="clumps", name="Antiplatelets", names="Plavix", part_of=thinners
    )
    make_medicine_caution(clumps, remedy=make_remedy(name="Ginkgo"), effect="You may bleed.")
    make_medicine_caution(
        *(clumps, thinners),
        remedy=make_remedy(name="Kava"),
        with_kind="condition",
        with_what="Blood clots",
        effect="Clots may grow.",
    )

    assert "You may bleed." in prompt(front_desk, make_visit("some blood thinner"))
    assert "You may bleed." not in prompt(front_desk, make_visit("Coumadin"))
    assert "Blood clots: Clots may grow." in prompt(front_desk, make_visit("Coumadin"))


def test_prompt_knows_the_remedies_that_the_patient_names(front_desk, thinners):
    claw = make_remedy(name="Devil's claw", latin_name="Harpagophytum procumbens")
    make_medicine_caution(thinners, remedy=claw, effect="With thinners.")
    make_caution(remedy=claw, with_kind="condition", with_what="Gallstones", effect="Ask.")
    make_remedy(name="UB 13", kind="acupoint", who_code="BL13")

    text = prompt(front_desk, make_visit("devils claw, harpagophytum procumbens, UB 13"))

    assert "devils claw: Devil's claw" in text
    assert "harpagophytum procumbens: Devil's claw" in text
    assert "The patient names these themselves." in text
    assert "Devil's claw, Gallstones: Ask." in text
    assert "With thinners." in text
    assert "Not recognized, so not checked: “UB”." in text


def test_prompt_shows_a_caution_with_both_named_once_and_first(front_desk, thinners):
    claw = make_remedy(name="Devil's claw")
    make_medicine_caution(thinners, remedy=claw, effect="With thinners.")

    text = prompt(front_desk, make_visit("devil’s claw and warfarin"))

    assert text.count("With thinners.") == 1
    assert "The patient names these themselves." not in text


def test_prompt_names_words_it_does_not_know_and_escapes_them(front_desk):
    text = prompt(front_desk, make_visit("xyzalol <script>alert(1)</script>"))

    assert "“xyzalol”" in text
    assert "None of our cautions matches a recognized medicine." in text
    assert "That does not mean that there is nothing to check." in text


def test_prompt_counts_medicines_without_a_name(front_desk):
    make_caution(remedy=make_remedy(), with_kind="medicine", effect="With any medicine.")

    assert "With any medicine." in prompt(front_desk, make_visit("see my list"))
    assert "With any medicine." not in prompt(front_desk, make_visit("I don’t take anything"))


def test_prompt_without_words_asks_to_ask(front_desk):
    text = prompt(front_desk, make_visit("  "))

    assert "The patient wrote nothing about medicines. Ask at the visit." in text


def test_page_takes_as_many_queries_for_many_medicines_as_for_one(
    front_desk, thinners, django_assert_num_queries
):
    one = make_visit("warfarin")
    make_medicine_caution(thinners, remedy=make_remedy(), sources=[make_source()])
    prompt(front_desk, one)
    with CaptureQueriesContext(connection) as queries:
        prompt(front_desk, one)
    one.delete()
    many = make_visit("warfarin, Coumadin, remedy, xyz, " * 40)
    for _ in range(5):
        make_medicine_caution(
            thinners, remedy=make_remedy(), sources=[make_source(), make_source()]
        )

    with django_assert_num_queries(len(queries)):
        prompt(front_desk, many)


def test_patient_and_mail_and_log_never_see_the_prompt(client, thinners, caplog):
    caplog.set_level(logging.DEBUG)
    make_medicine_caution(thinners, remedy=make_remedy(), effect="You may bleed.")
    visit = make_visit("warfarin")
    announce(visit, kind=MessageKind.CONFIRMATION, now=NOW)

    page = client.get(visit.get_absolute_url()).content.decode()
    mail = str(build_mail(Message.objects.get(), now=NOW).message())

    for words in ("You may bleed", "Blood thinners", "warfarin"):
        assert words not in page
        assert words not in mail
        assert words not in caplog.text
