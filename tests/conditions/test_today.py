"""What is to do for the content, and where."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.urls import reverse

from conditions.models import Condition, EmptySearch, Feedback, LinkCheck, Review, Revision
from conditions.publishing import publish, unpublish
from conditions.today import content_today

from .factories import (
    NOW,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_live_with_text,
    make_red_flag,
    make_source,
    make_treatment,
)

pytestmark = pytest.mark.django_db

# What the sentence says of an empty list.
EMPTY = {
    "drafts": "No draft waits for its first publication.",
    "changed": "Every live page shows its article, and what articles share, as they are now.",
    "scheduled": "Nothing is set to appear or to go at a later time.",
    "reviews": "No review is due in the next 60 days.",
    "changed-since-review": "No live page gives other advice than its newest review read.",
    "links": "No link on a live page is known to be dead.",
    "searches": "Nothing was looked for in vain 3 times or more.",
    "feedback": "All feedback from readers is dealt with.",
}


# The gate refuses a day for the review that is past; these pages were published before it.
BEFORE = NOW - timedelta(days=90)


def today(*, now=NOW, may_sign=True):
    return content_today(now=now, may_sign=may_sign)


def lines_of(key, **kwargs):
    lines = {work.key: work.lines for work in today(**kwargs)}[key]
    return [(line.what, line.url) for line in lines]


def what_of(key, **kwargs):
    return [what for what, _ in lines_of(key, **kwargs)]


def change_url(row):
    return reverse(f"admin:conditions_{row._meta.model_name}_change", args=[row.pk])


def schedule(article, publish_at, **kwargs):
    """Write an edition of a live article that is due later."""
    live = article.revisions.first()
    defaults = {"number": live.number + 1, "document": live.document, "by_name": "tests"}
    return Revision.objects.create(
        **{article.revision_field: article}, publish_at=publish_at, **defaults | kwargs
    )


def make_dead_link(url="https://a.example/", **kwargs):
    defaults = {"checked_at": NOW, "is_alive": False, "reason": "The page is not there any more."}
    return LinkCheck.objects.create(url=url, **defaults | kwargs)


def test_empty_lists_say_so():
    assert {work.key: work.if_empty for work in today()} == EMPTY
    assert [work.lines for work in today()] == [[]] * len(EMPTY)


def test_drafts_are_what_was_never_on_the_site():
    condition, treatment = make_condition(title="Cramp"), make_treatment(title="Cupping")
    make_live_condition()
    unpublish(make_live_condition(), by="tests", now=NOW)
    make_live_condition(now=NOW + timedelta(days=1))

    assert lines_of("drafts") == [
        ("“Cramp” has never been on the site.", change_url(condition)),
        ("“Cupping” has never been on the site.", change_url(treatment)),
    ]


def test_draft_whose_only_edition_was_withdrawn_waits():
    condition = make_live_condition(title="Cramp", now=NOW + timedelta(days=1))
    Revision.objects.update(withdrawn_at=NOW)

    assert lines_of("drafts") == [("“Cramp” has never been on the site.", change_url(condition))]
    assert what_of("scheduled") == []


def test_changed_are_live_pages_whose_article_went_on():
    condition = make_live_condition(title="Cramp")
    condition.sections.update(body="<p>Other.</p>")
    treatment = make_live_treatment(title="Cupping")
    treatment.sections.update(body="<p>Other.</p>")
    make_live_condition()
    make_condition()

    assert lines_of("changed") == [
        ("“Cramp” differs from its live page.", change_url(condition)),
        ("“Cupping” differs from its live page.", change_url(treatment)),
    ]


def test_changed_leaves_out_what_a_scheduled_revision_brings():
    condition = make_live_condition(title="Cramp")
    condition.sections.update(body="<p>Other.</p>")
    edition = publish(condition, by="tests", now=NOW, publish_at=NOW + timedelta(days=1))

    assert what_of("changed") == []

    condition.sections.update(body="<p>Another.</p>")
    assert what_of("changed") == ["“Cramp” differs from its live page."]
    Revision.objects.filter(pk=edition.pk).update(withdrawn_at=NOW)
    assert what_of("changed") == ["“Cramp” differs from its live page."]


def test_changed_names_the_pages_that_show_a_red_flag_as_it_was():
    flag, other = make_red_flag(), make_red_flag()
    make_live_condition(title="Cramp", red_flags=[flag, other])
    make_live_condition(title="Twitch", red_flags=[flag])
    make_live_condition(red_flags=[other])
    flag.statement = "In new words"
    flag.save()

    pages = reverse("admin:conditions_pages")
    assert lines_of("changed") == [
        ("“Cramp” shows red flags, remedies, sources or words as they were.", pages),
        ("“Twitch” shows red flags, remedies, sources or words as they were.", pages),
    ]


def test_changed_names_every_page_that_lacks_a_clinic_wide_red_flag():
    make_live_condition(title="Cramp")
    make_live_condition(title="Twitch")
    make_live_treatment()
    make_red_flag(is_global=True)

    assert what_of("changed") == [
        "“Cramp” shows red flags, remedies, sources or words as they were.",
        "“Twitch” shows red flags, remedies, sources or words as they were.",
    ]


def test_draft_that_went_on_too_is_published_besides():
    flag = make_red_flag()
    condition = make_live_condition(title="Cramp", red_flags=[flag])
    condition.sections.update(body="<p>Other.</p>")
    flag.statement = "In new words"
    flag.save()

    assert what_of("changed") == [
        "“Cramp” differs from its live page.",
        "“Cramp” shows red flags, remedies, sources or words as they were.",
    ]


def test_scheduled_says_when_in_the_clinics_zone():
    condition = make_live_condition(title="Cramp")
    treatment = make_live_treatment(title="Cupping")
    schedule(condition, NOW + timedelta(days=2))
    schedule(treatment, NOW + timedelta(days=200))
    schedule(make_live_condition(), NOW + timedelta(days=1), withdrawn_at=NOW)
    leaving = make_live_condition(title="Old")
    unpublish(leaving, by="tests", now=NOW + timedelta(days=1))

    assert lines_of("scheduled") == [
        (
            "“Old” goes off the site on December 8, 2026, 7:00 AM.",
            change_url(leaving),
        ),
        (
            "“Cramp” appears on December 9, 2026, 7:00 AM.",
            change_url(condition),
        ),
        ("“Cupping” appears on June 25, 2027, 8:00 AM.", change_url(treatment)),
    ]


def test_reviews_are_due_by_the_day_that_the_article_set():
    make_live_condition(title="Later", review_due_on=date(2027, 2, 6))
    soon = make_live_condition(title="Soon", review_due_on=date(2027, 2, 5))
    make_live_treatment(title="Today", review_due_on=date(2026, 12, 7), now=BEFORE)
    make_live_condition(title="Late", review_due_on=date(2026, 12, 6), now=BEFORE)
    make_condition(title="Draft", review_due_on=date(2026, 12, 6))

    assert what_of("reviews") == [
        "“Late”: its review has been overdue since Dec. 6, 2026.",
        "“Today”: its next review is due by Dec. 7, 2026.",
        "“Soon”: its next review is due by Feb. 5, 2027.",
    ]
    signed = reverse("admin:conditions_condition_checked", args=[soon.pk])
    assert lines_of("reviews")[-1][1] == signed


def test_reviews_lead_those_who_may_not_sign_to_the_revisions():
    treatment = make_live_treatment(title="Cupping", review_due_on=date(2026, 12, 8))

    works = {work.key: work for work in today(may_sign=False)}

    (line,) = works["reviews"].lines
    assert line.to_do == "Ask a clinical reviewer to read the page and sign it"
    assert line.url == reverse("admin:conditions_treatment_editions", args=[treatment.pk])


def test_newest_full_review_sets_the_day():
    condition = make_live_condition(title="Cramp", review_due_on=date(2026, 12, 6), now=BEFORE)
    revision = condition.revisions.get()
    by = {"revision": revision, "reviewer": "Dr. Test"}
    Review.objects.create(**by, reviewed_on=date(2026, 11, 1), next_on=date(2026, 12, 31))
    before = what_of("reviews")
    Review.objects.create(**by, reviewed_on=date(2026, 12, 1), next_on=date(2027, 12, 1))
    partial = {"scope": "partial", "next_on": date(2026, 12, 8)}
    Review.objects.create(**by, reviewed_on=date(2026, 12, 2), **partial)

    assert before == ["“Cramp”: its next review is due by Dec. 31, 2026."]
    assert what_of("reviews") == []


def test_earlier_day_that_was_set_since_the_review_counts():
    condition = make_live_condition(title="Cramp", now=BEFORE)
    by = {"reviewer": "Dr. Test", "reviewed_on": date(2026, 12, 1)}
    Review.objects.create(revision=condition.revisions.get(), next_on=date(2027, 12, 1), **by)
    before = what_of("reviews")
    Condition.objects.update(review_due_on=date(2026, 12, 15))
    publish(condition, by="tests", now=NOW)

    assert before == []
    assert what_of("reviews") == ["“Cramp”: its next review is due by Dec. 15, 2026."]


def test_review_without_a_day_comes_first():
    make_live_condition(title="Late", review_due_on=date(2026, 12, 6), now=BEFORE)
    condition = make_live_condition(title="Cramp")
    # As editions were that were published before articles had such a day.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "ALTER TABLE conditions_revision DROP CONSTRAINT conditions_revision_review_is_due"
        )
    document = condition.revisions.get().document
    del document["review_due_on"]
    schedule(condition, NOW, document=document)

    assert what_of("reviews") == [
        "“Cramp”: no day is set for its next review.",
        "“Late”: its review has been overdue since Dec. 6, 2026.",
    ]


def test_day_of_the_review_is_counted_in_the_clinics_zone():
    make_live_condition(review_due_on=date(2026, 12, 6), title="Cramp", now=BEFORE)
    still_the_day_before = NOW.replace(hour=3)

    assert what_of("reviews", now=still_the_day_before) == [
        "“Cramp”: its next review is due by Dec. 6, 2026."
    ]
    assert what_of("reviews") == ["“Cramp”: its review has been overdue since Dec. 6, 2026."]


def make_reviewed(**kwargs):
    """Return a live article that was reviewed on December 1."""
    condition = make_live_condition(now=BEFORE, **kwargs)
    revision = condition.revisions.get()
    Review.objects.create(revision=revision, reviewer="Dr. Test", reviewed_on=date(2026, 12, 1))
    return condition


def change(article, **parts):
    """Write an edition that is live now, with other words in these parts."""
    return schedule(article, NOW, document=article.revisions.get().document | parts)


STRETCH = [{"kind": "do", "title": "", "text": "Stretch.", "level": ""}]


def test_pages_that_changed_clinically_since_their_review_are_listed():
    changed = make_reviewed(title="Cramp")
    signed = {"reason": "It never is.", "signed_by": "Dr. Test"}
    change(changed, red_flags=[], no_emergency=signed, self_care=STRETCH, lede="New.")
    change(make_reviewed(title="Twitch"), lede="New.")
    make_reviewed(title="As reviewed")
    make_live_condition(title="Never reviewed")

    assert lines_of("changed-since-review") == [
        (
            "“Cramp”: the warning signs and the self-care steps changed since its review on "
            "Dec. 1, 2026.",
            reverse("admin:conditions_condition_checked", args=[changed.pk]),
        )
    ]
    (line,) = {work.key: work for work in today(may_sign=False)}["changed-since-review"].lines
    assert line.url == reverse("admin:conditions_condition_editions", args=[changed.pk])


def test_review_of_the_changed_page_takes_it_off_the_list():
    edition = change(make_reviewed(), self_care=STRETCH)
    Review.objects.create(revision=edition, reviewer="Dr. Test", reviewed_on=date(2026, 12, 7))

    assert what_of("changed-since-review") == []


def test_dead_links_lead_to_the_source_or_to_the_text():
    source = make_source(url="https://a.example/#page=2")
    cited, again = make_condition(title="Cramp"), make_condition(title="Twitch")
    for condition in (cited, again):
        condition.sources.add(source)
        publish(condition, by="tests", now=NOW)
    written = make_live_with_text('<p><a href="https://a.example/">A</a></p>', title="Spasm")
    make_dead_link()
    make_dead_link("https://alive.example/", is_alive=True)
    make_dead_link("https://nowhere.example/")

    assert lines_of("links") == [
        (
            "https://a.example/ on “Cramp”, “Twitch”: The page is not there any more.",
            change_url(source),
        ),
        (
            "https://a.example/ on “Spasm”: The page is not there any more.",
            change_url(written),
        ),
    ]


def test_dead_link_of_a_source_that_was_removed_leads_to_the_article():
    source = make_source(url="https://a.example/")
    condition = make_condition(title="Cramp")
    condition.sources.add(source)
    publish(condition, by="tests", now=NOW)
    source.delete()
    make_dead_link()

    assert [url for _, url in lines_of("links")] == [change_url(condition)]


def test_dead_links_are_doubted_if_nothing_could_be_reached():
    make_live_with_text('<p><a href="https://a.example/">A</a></p>')
    make_dead_link(failures=2)
    make_dead_link("https://b.example/", failures=5)
    url = reverse("admin:conditions_linkcheck_changelist")

    doubted = lines_of("links")
    make_dead_link("https://c.example/", is_alive=True, failures=0)

    assert [(what.partition(",")[0], url) for what, url in doubted] == [
        ("None of the links could be reached", url)
    ]
    assert len(what_of("links")) == 1
    assert what_of("links") != [doubted[0][0]]


def test_searches_are_those_made_three_times_or_more():
    often = EmptySearch.objects.create(query="cold feet", times=7, last_on=date(2026, 12, 1))
    EmptySearch.objects.create(query="sore toes", times=3, last_on=date(2026, 12, 2))
    EmptySearch.objects.create(query="once", times=2, last_on=date(2026, 12, 2))

    assert what_of("searches") == [
        "“cold feet”, looked for 7 times, last on Dec. 1, 2026.",
        "“sore toes”, looked for 3 times, last on Dec. 2, 2026.",
    ]
    assert lines_of("searches")[0][1] == change_url(often)


def test_feedback_is_summed_up_by_article():
    condition, treatment = make_condition(title="Cramp"), make_treatment(title="Cupping")
    day = {"sent_on": date(2026, 12, 1)}
    Feedback.objects.create(condition=condition, was_helpful=True, **day)
    Feedback.objects.create(condition=condition, was_helpful=False, text="Too long.", **day)
    Feedback.objects.create(condition=condition, was_helpful=False, is_done=True, **day)
    Feedback.objects.create(treatment=treatment, was_helpful=True, **day)

    page = "/admin/conditions/feedback/"
    assert lines_of("feedback") == [
        (
            "“Cramp”: not helpful for 1, helpful for 1; 1 reader wrote something.",
            f"{page}?condition__id__exact={condition.pk}&is_done__exact=0",
        ),
        (
            "“Cupping”: not helpful for 0, helpful for 1; 0 readers wrote something.",
            f"{page}?treatment__id__exact={treatment.pk}&is_done__exact=0",
        ),
    ]
