from datetime import timedelta

import pytest
from django.urls import reverse

from conditions.models import Aspect, Revision, Treatment
from conditions.publishing import count_uses, outdated_uses_of, publish, republish
from tests.html_tree import parse

from .factories import (
    NOW,
    make_acupoint,
    make_caution,
    make_claim,
    make_live_treatment,
    make_red_flag,
    make_remedy,
    make_section,
    make_source,
    make_treatment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def read(client, treatment):
    response = client.get(treatment.get_absolute_url())
    assert response.status_code == 200
    return response.text


def test_treatment_shows_its_parts_and_draws_its_points(client):
    treatment = make_treatment(title="Acupuncture")
    make_section(treatment=treatment, aspect=Aspect.RISKS, body="<p>Call {emergency}.</p>")
    make_section(treatment=treatment, aspect=Aspect.POINTS)
    source = make_source()
    make_claim(treatment=treatment, label="Lasting pain", level="moderate", sources=[source])
    make_caution(treatment=treatment)
    point = make_acupoint(treatment=treatment)
    make_caution(remedy=point, with_kind="general", with_what="Depth")
    publish(treatment, by="tests", now=NOW)

    html = read(client, treatment)

    assert "Lasting pain" in html
    assert "Good studies point the same way." in html
    assert 'Call <a href="tel:911">911</a>.' in html
    assert "UB18 (BL18) level with T9" in html
    assert '<circle class="b-point" cx="179.0" cy="329.5"' in html
    assert "Before you start" in html


def test_treatment_with_herbs_lists_them(client):
    treatment = make_treatment()
    herb = make_remedy(treatment=treatment, name="Yarrow", tradition="small wounds", amounts="1 g")
    make_remedy(treatment=treatment, kind="food", name="Broccoli", note="A vegetable.")
    make_caution(remedy=herb)
    publish(treatment, by="tests", now=NOW)

    html = read(client, treatment)

    assert "By tradition: small wounds." in html
    assert "Before you take anything" in html
    assert "Points on the back" not in html


def test_points_without_a_place_on_the_back_stand_in_the_table_alone(client):
    treatment = make_treatment()
    make_acupoint(treatment=treatment, level_with="", midline_cun=None, other_code="GB34")
    publish(treatment, by="tests", now=NOW)

    html = read(client, treatment)

    assert "GB34" in html
    assert "b-point" not in html


def test_order_of_the_treatments_changes_when_it_is_published(client):
    first = make_live_treatment(title="Cupping", position=1)
    make_live_treatment(title="Herbs", position=2)
    type(first).objects.filter(pk=first.pk).update(position=3)

    before = client.get(reverse("conditions:treatment-list")).text
    first.refresh_from_db()
    publish(first, by="tests", now=NOW + timedelta(seconds=1))
    after = client.get(reverse("conditions:treatment-list")).text

    assert before.index("Cupping") < before.index("Herbs")
    assert after.index("Herbs") < after.index("Cupping")


def test_order_of_the_treatments_is_the_drafts_if_none_was_published(client):
    old = make_live_treatment(title="Cupping", position=2)
    make_live_treatment(title="Herbs", position=1)
    document = old.revisions.get().document
    del document["position"]
    Revision.objects.create(
        treatment=old, number=2, document=document, publish_at=NOW, by_name="tests"
    )

    page = client.get(reverse("conditions:treatment-list")).text

    assert page.index("Herbs") < page.index("Cupping")


def test_treatment_opens_with_the_emergencies_that_it_may_bring(client):
    flag = make_red_flag(statement="After needles: chest pain")
    off = make_red_flag(statement="No longer in use", is_active=False)
    treatment = make_treatment(title="Acupuncture")
    treatment.red_flags.set([flag, off])
    publish(treatment, by="tests", now=NOW)

    page = parse(client.get(treatment.get_absolute_url()).content)

    card = page.one(data_care_level="emergency")
    assert card.one("a", class_="btn").get("href") == "tel:911"
    assert [entry.text for entry in card.all("li")] == ["After needles: chest pain"]


def test_treatment_without_such_emergencies_has_no_card(client):
    treatment = make_treatment()
    publish(treatment, by="tests", now=NOW)

    assert "data-care-level" not in read(client, treatment)


def test_red_flag_of_a_treatment_is_brought_up_to_date_with_it():
    flag = make_red_flag(statement="Before")
    treatment = make_treatment()
    treatment.red_flags.add(flag)
    publish(treatment, by="tests", now=NOW)
    flag.statement = "After"
    flag.save()

    (shown, outdated), uses = count_uses(now=NOW), outdated_uses_of(flag, now=NOW)
    republish(uses, by="tests", now=NOW)

    assert (shown[flag.code], outdated[flag.code], uses) == (1, 1, [treatment])
    live = Treatment.objects.with_live(NOW).get(pk=treatment.pk).live
    assert [entry["statement"] for entry in live["red_flags"]] == ["After"]
    assert outdated_uses_of(flag, now=NOW) == []
