"""Each kind of reading page is sent again if, and only if, what it shows has changed."""

from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.cache import cache

from clinic.models import Clinic
from conditions.models import (
    Condition,
    ConditionName,
    GlossaryTerm,
    RedFlag,
    Remedy,
    Review,
    Treatment,
)
from conditions.publishing import publish, republish, unpublish, uses_of
from tests.copies import fill

from .factories import NOW, make_condition, make_live_condition, make_live_treatment
from .whole import make_whole_condition, sign

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
ARTICLE, TREATMENT = "/conditions/spasms/", "/treatments/herbs/"
LISTS = ["/", "/conditions/", "/treatments/", "/conditions/feed/", "/sitemap.xml"]
PAGES = [
    ARTICLE, f"{ARTICLE}cautions/", f"{ARTICLE}feedback/", f"{ARTICLE}feedback/thanks/",
    f"{ARTICLE}card.png", TREATMENT, f"{TREATMENT}cautions/", f"{TREATMENT}feedback/", *LISTS,
    "/card.png", "/contact/", "/privacy/", "/accessibility/", "/conditions/?q=spasms",
    "/conditions/?q=qwxyz",
]  # fmt: skip


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def _media(settings, pictures):
    settings.MEDIA_ROOT = pictures


@pytest.fixture
def article(clock):
    """A live article with everything, as it is a minute later."""
    cache.clear()
    fill(make_everything_live)
    clock.move_to(LATER)
    return Condition.objects.get(slug="spasms")


def make_everything_live():
    Clinic.objects.create(facts_are_sample=False)
    RedFlag.objects.create(
        code="x", label="X", statement="X", question="X?", level="emergency", is_global=True
    )
    condition = make_whole_condition(slug="spasms", title="Spasms")
    treatment = condition.claims.first().treatment
    Treatment.objects.filter(pk=treatment.pk).update(slug="herbs", title="Herbs")
    treatment.refresh_from_db()
    publish(treatment, by="tests", now=NOW)
    publish(condition, by="tests", now=NOW)
    sign(condition.revisions.first())


def etags(client, pages=PAGES):
    return {page: client.get(page).headers["ETag"] for page in pages}


def changed(before, after):
    return {page for page in before if before[page] != after[page]}


def save_drafts(client, article):
    Condition.objects.update(title="Aaa draft", summary="Draft.", lede="Draft.", body_area="skin")
    Condition.objects.update(author="Draft", review_due_on=date(2030, 1, 1), kind="condition")
    Treatment.objects.update(title="Draft", summary="Draft.", lede="Draft.")
    article.sections.update(heading="Draft", body="<p>Draft.</p>")
    article.red_flag_links.update(qualifier="Draft")
    ConditionName.objects.filter(is_synonym=True).update(name="Draft")
    ConditionName.objects.filter(is_synonym=False).update(name="Another draft", is_synonym=True)
    make_condition(title="A new draft")


def save_shared_facts(client, article):
    RedFlag.objects.exclude(is_global=True).update(statement="Draft", version=2)
    Remedy.objects.update(name="Draft")
    GlossaryTerm.objects.update(definition="Draft")


def leave_feedback(client, article):
    answers = {"helpful": "no", "text": "Too long", "website": ""}
    assert client.post(f"{ARTICLE}feedback/", answers).status_code == 303


def ask_for_cautions(client, article):
    assert client.post(f"{ARTICLE}cautions/", {"medicines": "warfarin"}).status_code == 200


def search_in_vain(client, article):
    assert "Nothing found" in client.get("/conditions/?q=qwxyzz").text


def sign_in(client, article):
    client.force_login(User.objects.create_superuser("staff"))
    assert client.get("/admin/").status_code == 200


def schedule_another(client, article):
    publish(article, by="tests", now=LATER, publish_at=LATER + timedelta(days=1))
    Condition.objects.filter(pk=article.pk).update(title="Tomorrow")
    article.refresh_from_db()
    publish(article, by="tests", now=LATER, publish_at=LATER + timedelta(days=1))


def sign_a_part(client, article):
    Review.objects.create(
        revision=article.revisions.first(),
        reviewer="Dr. Part",
        reviewed_on=NOW.date(),
        scope="partial",
    )


@pytest.mark.parametrize(
    "happens",
    [
        save_drafts,
        save_shared_facts,
        leave_feedback,
        ask_for_cautions,
        search_in_vain,
        sign_in,
        schedule_another,
        sign_a_part,
    ],
)
def test_pages_stay_as_they_are_when(client, article, happens):
    before = etags(client)

    happens(client, article)

    assert changed(before, etags(client)) == set()
    for page, etag in before.items():
        response = client.get(page, headers={"if-none-match": etag})
        assert (page, response.status_code, response.content) == (page, 304, b"")
        assert "Cookie" not in response.headers.get("Vary", "")


def publish_another(article):
    make_live_condition(now=LATER, title="Tremor", names=["Shaking"])


def publish_another_treatment(article):
    make_live_treatment(now=LATER, title="Rest")


def review(article):
    Review.objects.create(
        revision=article.revisions.first(), reviewer="Dr. New", reviewed_on=date(2026, 12, 6)
    )


def change_the_phone(article):
    Clinic.objects.update(phone="+12125550199")


def change_the_emergency_number(article):
    Clinic.objects.update(emergency_number="112")


def republish_a_red_flag(article):
    flag = article.red_flag_links.first().red_flag
    RedFlag.objects.filter(pk=flag.pk).update(statement="A new sign")
    pages = uses_of(RedFlag.objects.get(pk=flag.pk), now=LATER)
    republish(pages, by="tests", now=LATER)


def take_off_a_related_one(article):
    unpublish(Condition.objects.get(title="Yawning"), by="tests", now=LATER)


def take_off_the_treatment(article):
    unpublish(Treatment.objects.get(slug="herbs"), by="tests", now=LATER)


HTML = {page for page in PAGES if not page.endswith((".png", ".xml", "/feed/"))}


@pytest.mark.parametrize(
    ("happens", "pages"),
    [
        (publish_another, {"/", "/conditions/", "/conditions/feed/", "/sitemap.xml"}),
        (publish_another_treatment, {"/treatments/", "/conditions/feed/", "/sitemap.xml"}),
        (review, {ARTICLE}),
        (change_the_phone, HTML),
        (change_the_emergency_number, HTML),
        (republish_a_red_flag, {ARTICLE, "/conditions/feed/", "/sitemap.xml"}),
        (take_off_a_related_one, {ARTICLE, "/", "/conditions/", "/conditions/feed/"}),
    ],
)
def test_pages_that_show_it_are_sent_again_when(client, article, happens, pages):
    before = etags(client)

    happens(article)

    after = changed(before, etags(client))
    assert after >= pages - {"/sitemap.xml"}
    for page in pages & after:
        answer = client.get(page, headers={"if-none-match": before[page]})
        assert (page, answer.status_code) == (page, 200)


def test_article_is_sent_again_when_its_treatment_goes(client, article):
    before = etags(client, [ARTICLE, "/treatments/"])

    take_off_the_treatment(article)

    assert changed(before, etags(client, [ARTICLE, "/treatments/"])) == {ARTICLE, "/treatments/"}
    assert client.get(TREATMENT).status_code == 410


@pytest.mark.parametrize("happens", [review, republish_a_red_flag])
def test_other_articles_stay_as_they_are_when(client, article, happens):
    other = [make_live_condition(now=NOW).get_absolute_url(), TREATMENT]
    before = etags(client, other)

    happens(article)

    assert changed(before, etags(client, other)) == set()


def test_article_is_sent_again_on_the_day_its_review_is_overdue(client, article, clock):
    Review.objects.update(next_on=date(2026, 12, 8))
    before = etags(client, [ARTICLE, "/conditions/"])

    # Midnight at the clinic, five hours after that of UTC.
    clock.move_to("2026-12-09T04:59Z")
    on_the_day = etags(client, [ARTICLE, "/conditions/"])
    clock.move_to("2026-12-09T05:00Z")

    assert on_the_day == before
    assert changed(before, etags(client, [ARTICLE, "/conditions/"])) == {ARTICLE}


@pytest.mark.parametrize("page", PAGES)
def test_reading_page_is_the_same_for_a_person_with_cookies(client, article, page):
    first = client.get(page)
    client.force_login(User.objects.create_superuser("staff"))

    second = client.get(page)

    assert (first.status_code, first.content) == (200, second.content)
    assert not first.cookies
    assert not second.cookies
    assert "Cookie" not in first.headers.get("Vary", "") + second.headers.get("Vary", "")
    assert first.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "page",
    [ARTICLE, TREATMENT, "/conditions/", "/treatments/", f"{ARTICLE}cautions/",
     f"{ARTICLE}feedback/", f"{ARTICLE}card.png"],
)  # fmt: skip
def test_reading_page_takes_two_queries_at_most(
    client, article, page, django_assert_max_num_queries
):
    with django_assert_max_num_queries(2):
        client.get(page)
