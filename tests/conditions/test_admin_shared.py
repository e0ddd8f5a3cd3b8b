from functools import partial

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone

from conditions.models import Condition, GlossaryTerm, MedicineClass, RedFlag
from conditions.publishing import publish

from .admin_pages import change_url, form_at, list_url, model_of
from .factories import (
    NOW,
    make_acupoint,
    make_caution,
    make_claim,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_red_flag,
    make_remedy,
    make_source,
    make_treatment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def update(client, url):
    """Press the button under what was shown."""
    return client.post(url, {"shown": client.get(url).context["digest"]}, follow=True)


def test_changing_a_red_flag_leads_to_the_pages_that_show_it(client, staff):
    flag = make_red_flag()
    make_live_condition(title="Spasms", red_flags=[flag])
    make_live_condition(title="Unrelated")
    url = change_url(flag)

    response = client.post(url, form_at(client, url, statement="New words"), follow=True)

    assert response.redirect_chain[-1][0] == reverse(
        "admin:conditions_redflag_uses", args=[flag.pk]
    )
    assert [use.live_title for use in response.context["uses"]] == ["Spasms"]
    assert "Update 1 page now" in response.text
    flag.refresh_from_db()
    assert flag.version == 2


def new_sign(**kwargs):
    """Return what the form for a new red flag posts."""
    return {
        "code": "eye.pain",
        "label": "Eye pain",
        "statement": "Sudden eye pain",
        "question": "Do you have sudden eye pain?",
        "level": "emergency",
        "is_active": "on",
        "position": "0",
    } | kwargs


def test_a_new_sign_for_every_booking_says_that_no_page_shows_it_yet(client, staff):
    make_live_condition(title="Cramp")
    make_live_condition(title="Spasms")
    url = reverse("admin:conditions_redflag_add")

    response = client.post(url, new_sign(is_global="on"), follow=True)

    flag = RedFlag.objects.get(code="eye.pain")
    assert "It is asked before every booking from now on." in response.text
    assert response.text.count("<strong>does not show it yet</strong>") == 2
    assert [page.live_title for page in response.context["outdated"]] == ["Cramp", "Spasms"]
    assert "Update 2 pages now" in response.text
    link = reverse("admin:conditions_redflag_uses", args=[flag.pk])
    assert f'<a href="{link}">2 pages to update</a>' in client.get(list_url("redflag")).text

    update(client, link)

    assert "All of them show it in its present words." in client.get(link).text
    assert client.get(list_url("redflag")).text.count("Up to date") == 3


def test_a_new_sign_for_every_booking_is_just_saved_while_no_article_is_live(client, staff):
    url = reverse("admin:conditions_redflag_add")

    response = client.post(url, new_sign(is_global="on"), follow=True)

    assert RedFlag.objects.get().code == "eye.pain"
    assert "It is asked before every booking from now on." in response.text
    assert response.redirect_chain[-1][0] == list_url("redflag")


def test_a_new_sign_in_a_window_of_its_own_goes_back_to_the_form_that_opened_it(client, staff):
    make_live_condition()
    url = reverse("admin:conditions_redflag_add")

    response = client.post(url, new_sign(is_global="on", _popup="1"))

    assert response.status_code == 200
    assert "popup_response.js" in response.text


def test_list_of_red_flags_says_which_pages_are_to_be_updated(client, staff):
    changed, same, _unused = make_red_flag(), make_red_flag(), make_red_flag()
    make_live_condition(red_flags=[changed, same])
    changed.statement = "New words"
    changed.save()

    page = client.get(list_url("redflag")).text

    link = reverse("admin:conditions_redflag_uses", args=[changed.pk])
    assert f'<a href="{link}">1 page to update</a>' in page
    assert page.count("Up to date") == 1
    assert page.count("On no page") == 1


def test_red_flag_that_no_live_page_shows_is_just_saved(client, staff):
    flag = make_red_flag()
    url = change_url(flag)

    response = client.post(url, form_at(client, url, statement="New words"))

    assert response.url == list_url("redflag")


def test_one_confirmation_brings_the_pages_up_to_date(client, staff):
    flag = make_red_flag(statement="Old words")
    condition = make_live_condition(red_flags=[flag])
    Condition.objects.update(title="Unfinished draft")
    flag.statement = "New words"
    flag.save()

    response = update(client, reverse("admin:conditions_redflag_uses", args=[flag.pk]))

    page = client.get(condition.get_absolute_url()).text
    assert "Pages brought up to date: 1." in response.text
    assert "All of them show it in its present words." in response.text
    assert "New words" in page
    assert "Unfinished draft" not in page
    assert condition.revisions.first().by_name == "kim"


def test_update_that_would_leave_no_emergency_flag_is_refused(client, staff):
    flag = make_red_flag()
    condition = make_live_condition(red_flags=[flag])
    RedFlag.objects.filter(pk=flag.pk).update(level="urgent")

    response = update(client, reverse("admin:conditions_redflag_uses", args=[flag.pk]))

    assert "Nothing was changed" in response.text
    assert condition.revisions.count() == 1


def test_update_needs_the_right_to_change_articles(client, staff):
    flag = make_red_flag()
    condition = make_live_condition(red_flags=[flag])
    RedFlag.objects.filter(pk=flag.pk).update(label="Other")
    Permission.objects.filter(codename="change_condition").delete()
    url = reverse("admin:conditions_redflag_uses", args=[flag.pk])

    page = client.get(url)

    assert "Ask someone who may change articles" in page.text
    assert client.post(url).status_code == 403
    assert condition.revisions.count() == 1


def test_pages_of_a_red_flag_need_the_right_to_see_it(client):
    client.force_login(User.objects.create_user("desk", is_staff=True))

    response = client.get(reverse("admin:conditions_redflag_uses", args=[make_red_flag().pk]))

    assert response.status_code == 403


def test_pages_of_a_red_flag_that_none_shows_say_so(client, staff):
    flag = make_red_flag(is_global=True)

    response = client.get(reverse("admin:conditions_redflag_uses", args=[flag.pk]))

    assert "No live page shows this red flag." in response.text
    assert "asked before every booking" in response.text


def test_changed_remedy_leads_to_the_pages_that_show_it(client, staff):
    treatment = make_live_treatment()
    remedy = make_remedy(treatment=treatment, name="Yarrow")
    condition = make_condition(title="Spasms")
    make_claim(condition=condition, treatment=treatment, remedy=remedy)
    publish(condition, by="tests", now=NOW)
    url = change_url(remedy)

    response = client.post(url, form_at(client, url, note="New note."), follow=True)

    assert "“Yarrow” is saved. These pages do not show it as it is now." in response.text
    assert [page.live_title for page in response.context["outdated"]] == ["Spasms"]
    update(client, response.redirect_chain[-1][0])
    live = Condition.objects.with_live(timezone.now()).get().live
    assert live["offers"][0]["remedies"][0]["note"] == "New note."


@pytest.mark.parametrize(
    "make",
    [
        lambda: MedicineClass.objects.create(slug="blood-thinners", name="Blood thinners"),
        lambda: GlossaryTerm.objects.create(term="yin", definition="The cooling side."),
        make_source,
        *(partial(make_remedy, kind=kind) for kind in ("herb", "food", "nutrient")),
        make_acupoint,
    ],
    ids=["medicines", "term", "source", "herb", "food", "nutrient", "point"],
)
def test_shared_fact_on_no_page_says_so(client, staff, make):
    row = make()
    url = change_url(row)

    page = client.get(reverse(f"admin:conditions_{model_of(row)}_uses", args=[row.pk]))

    assert "No live page shows it." in page.text
    assert client.post(url, form_at(client, url)).url == list_url(model_of(row))
    assert "Pages that show it" in client.get(url).text


def test_new_term_of_the_glossary_leads_to_the_pages_that_use_the_word(client, staff):
    make_live_condition(title="Wind", lede="Yin is the cooling side.")
    term = GlossaryTerm.objects.create(term="yin", definition="The resting side.")

    page = client.get(reverse("admin:conditions_glossaryterm_uses", args=[term.pk]))

    assert [article.live_title for article in page.context["outdated"]] == ["Wind"]
    assert [article.live_title for article in page.context["uses"]] == ["Wind"]


def test_saved_treatment_says_that_pages_show_its_cautions_as_they_were(client, staff):
    treatment = make_treatment()
    make_caution(treatment=treatment)
    publish(treatment, by="tests", now=NOW)
    url = change_url(treatment)
    data = form_at(client, url) | {"cautions-0-effect": "You may bruise."}

    response = client.post(url, data, follow=True)

    assert "Live pages that show its cautions as they were: 1." in response.text
    assert reverse("admin:conditions_pages") in response.text


def test_one_page_lists_and_updates_all_that_is_outdated(client, staff):
    flag, other = make_red_flag(), make_red_flag()
    make_live_condition(title="First", red_flags=[flag])
    make_live_condition(title="Second", red_flags=[other])
    make_live_condition(title="Up to date")
    RedFlag.objects.filter(pk__in=[flag.pk, other.pk]).update(label="Changed")
    url = reverse("admin:conditions_pages")

    page = client.get(url)
    done = update(client, url)

    assert [article.live_title for article in page.context["outdated"]] == ["First", "Second"]
    assert "Pages brought up to date: 2." in done.text
    assert "Every page shows" in done.text


def test_pages_to_update_need_rights(client, staff):
    make_live_condition()
    Permission.objects.filter(codename="publish_condition").delete()
    url = reverse("admin:conditions_pages")

    assert client.get(url).status_code == 200
    assert client.post(url).status_code == 403

    client.force_login(User.objects.create_user("desk", is_staff=True))

    assert client.get(url).status_code == 403


def test_list_says_that_a_term_came_in_since_published(client, staff):
    make_live_condition(lede="Yin is the cooling side.")
    GlossaryTerm.objects.create(term="yin", definition="The resting side.")

    page = client.get(list_url("condition")).text

    assert "Live, changed since published" in page


def test_clinic_form_says_that_the_emergency_number_needs_no_edition(admin_client):
    page = admin_client.get(reverse("admin:clinic_clinic_add")).text

    assert "a new emergency number needs no new edition" in page


def test_saved_treatment_whose_pages_are_up_to_date_is_just_saved(client, staff):
    treatment = make_live_treatment()
    url = change_url(treatment)

    response = client.post(url, form_at(client, url), follow=True)

    assert "as they were" not in response.text


def test_a_new_sign_for_some_articles_is_just_saved(client, staff):
    response = client.post(reverse("admin:conditions_redflag_add"), new_sign(), follow=True)

    assert RedFlag.objects.get().code == "eye.pain"
    assert "asked before every booking from now on" not in response.text
