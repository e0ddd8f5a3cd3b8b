"""Meaning never rests on colour: each card and each mark says its level in words."""

import pytest
from django.template.loader import render_to_string

from booking.models import AppointmentStatus
from conditions.evidence import EvidenceLevel
from conditions.models import CareLevel
from conditions.publishing import publish
from tests.html_tree import parse

from .factories import NOW, make_condition, make_red_flag

WORDS = {
    CareLevel.EMERGENCY: "Call 911 now for any of these",
    CareLevel.URGENT: "Be seen today by your doctor or at urgent care for any of these:",
    CareLevel.SEE_DOCTOR: "See a doctor within days for any of these:",
}


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_each_card_of_an_article_says_its_level(client):
    condition = make_condition()
    for level in CareLevel:
        flag = make_red_flag(code=f"a.{level}", level=level)
        condition.red_flag_links.create(red_flag=flag)
    publish(condition, by="tests", now=NOW)

    page = parse(client.get(condition.get_absolute_url()).content)

    for level, words in WORDS.items():
        card = page.one(data_care_level=str(level))
        assert words in card.text
        assert card.one(data_red_flag=f"a.{level}").text


@pytest.mark.parametrize("level", EvidenceLevel)
def test_each_mark_of_evidence_says_its_level(level):
    html = render_to_string("components/evidence.html", {"level": level})

    mark = parse(html.encode()).one("p", class_=f"ev--{level.mark}")
    assert mark.one("strong").text == f"{level.short}."
    assert mark.text == f"{level.short}. {level.sentence}"


def test_no_two_levels_of_evidence_have_the_same_words():
    words = {(level.short, level.sentence) for level in EvidenceLevel}

    assert len(words) == len(EvidenceLevel)


@pytest.mark.parametrize("status", AppointmentStatus)
def test_each_status_of_an_appointment_stands_beside_its_sign(status):
    context = {"status": status, "label": status.label}
    html = render_to_string("components/status.html", context)

    sign = parse(html.encode()).one("span", class_="status")
    assert sign.text == status.label
    assert sign.one("svg").get("aria-hidden") == "true"
