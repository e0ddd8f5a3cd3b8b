from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry

from conditions.models import Aspect, Condition, RedFlag, Remedy, Section
from tests.html_tree import parse

from .factories import (
    make_caution,
    make_claim,
    make_condition,
    make_red_flag,
    make_remedy,
    make_section,
    make_source,
    make_treatment,
)
from .staff import (
    change_url,
    changes_in,
    conflict_in,
    open_form,
    save,
    save_over,
    sign_in,
    typed_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def kim():
    return sign_in("kim", first_name="Jo", last_name="Kim")


@pytest.fixture
def ann():
    return sign_in("ann")


def test_second_person_is_told_who_changed_what(kim, ann, clock, settings):
    settings.STAFF_IDLE_MINUTES = 4 * 60  # nobody is signed out meanwhile
    condition = make_condition(title="Cramp", lede="Old words here.")
    of_ann = open_form(ann, condition)
    clock.shift(timedelta(hours=3))
    save(kim, condition, open_form(kim, condition), lede="New words here.")

    response = save(ann, condition, of_ann, lede="Other words here.", summary="Mine.")

    condition.refresh_from_db()
    assert (condition.lede, condition.summary) == ("New words here.", "One sentence.")
    box = conflict_in(response)
    assert "Jo Kim changed it on December 7, 2026, 10:01 AM." in box.text
    assert "The history says: “Changed First paragraph.”" in box.text
    assert "What you sent now was not saved." in box.text
    assert changes_in(response) == [
        ("First paragraph (differs from yours)", "[removed: New ] [added: Other ]words here.")
    ]
    link = box.one("a")
    assert (link.get("href"), link.get("target")) == (change_url(condition), "_blank")
    assert typed_in(response)["lede"] == "Other words here."
    assert typed_in(response)["summary"] == "Mine."
    assert "correct the error" not in response.text


def test_mine_is_saved_over_theirs_once_chosen(kim, ann):
    condition = make_condition(lede="Old.")
    opened = open_form(ann, condition)
    save(kim, condition, opened, lede="Kim's.")
    refused = save(ann, condition, opened, lede="Ann's.")

    again = save(ann, condition, typed_in(refused))
    done = save_over(ann, condition, refused)

    condition.refresh_from_db()
    assert (again.status_code, done.status_code) == (200, 302)
    assert condition.lede == "Ann's."
    messages = [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]
    assert messages == ["Changed First paragraph.", "Changed First paragraph."]


def test_a_third_change_is_told_again(kim, ann):
    condition = make_condition(lede="Old.")
    opened = open_form(ann, condition)
    save(kim, condition, opened, lede="Kim's.")
    refused = save(ann, condition, opened, lede="Ann's.")
    save(kim, condition, open_form(kim, condition), lede="Kim's, again.")

    response = save_over(ann, condition, refused)

    condition.refresh_from_db()
    assert condition.lede == "Kim's, again."
    assert "checked" not in parse(response.text).one("input", name="save_over").attributes
    assert changes_in(response) == [
        (
            "First paragraph (differs from yours)",
            "[removed: Kim's, again.] [added: Ann's.]",
        )
    ]


def test_the_choice_stays_while_something_else_is_wrong(kim, ann):
    condition = make_condition(lede="Old.")
    opened = open_form(ann, condition)
    save(kim, condition, opened, lede="Kim's.")
    refused = save(ann, condition, opened, lede="Ann's.")

    response = save_over(ann, condition, refused, title="")

    assert "checked" in parse(response.text).one("input", name="save_over").attributes
    assert typed_in(response)["lede"] == "Ann's."
    assert save(ann, condition, typed_in(response), title="Cramp").status_code == 302


def test_what_both_changed_in_rows_is_named_and_new_rows_are_kept(kim, ann):
    condition = make_condition()
    section = condition.sections.get()
    source = make_source(title="A trial")
    claim = make_claim(condition=condition, treatment=make_treatment(), text="Helps a bit.")
    opened = open_form(ann, condition)
    save(
        kim,
        condition,
        opened,
        **{
            "sections-0-body": "<p>Text of Kim.</p>",
            "claims-0-sources": [source.pk],
            "claims-0-level": "low",
        },
    )

    response = save(
        ann,
        condition,
        opened,
        **{
            "sections-0-body": "<p>Text of Ann.</p>",
            "claims-0-level": "moderate",
            "sections-TOTAL_FORMS": "2",
            "sections-1-aspect": "causes",
            "sections-1-body": "<p>New row of Ann.</p>",
            "sections-1-position": "1",
        },
    )

    assert changes_in(response) == [
        (
            "Claim “Helps a bit.”: Evidence (differs from yours)",
            "[removed: Low] [added: Moderate]",
        ),
        (
            "Section “What is going on”: Body (differs from yours)",
            "Text of [removed: Kim.] [added: Ann.]",
        ),
    ]
    assert typed_in(response)["sections-1-body"] == "<p>New row of Ann.</p>"
    assert save_over(ann, condition, response).status_code == 302
    section.refresh_from_db()
    claim.refresh_from_db()
    assert section.body == "<p>Text of Ann.</p>"
    assert claim.level == "moderate"
    assert list(claim.sources.all()) == [source]
    assert [part.body for part in condition.sections.all()][1:] == ["<p>New row of Ann.</p>"]


def test_a_row_that_was_taken_out_comes_back_as_a_new_one(kim, ann):
    condition = make_condition()
    make_section(condition=condition, aspect=Aspect.CAUSES, body="<p>Causes.</p>", position=1)
    make_section(condition=condition, aspect=Aspect.VISIT, body="<p>Visit.</p>", position=2)
    opened = open_form(ann, condition)
    save(kim, condition, opened, **{"sections-1-DELETE": "on"})

    response = save(
        ann,
        condition,
        opened,
        **{
            "sections-1-body": "<p>Typed causes.</p>",
            "sections-TOTAL_FORMS": "4",
            "sections-3-aspect": "outlook",
            "sections-3-body": "<p>Outlook.</p>",
            "sections-3-position": "4",
        },
    )

    assert changes_in(response) == [("Section (taken out; yours is below as a new one)", "")]
    form = typed_in(response)
    bodies = [form[f"sections-{index}-body"] for index in range(4)]
    assert bodies == ["<p>Text.</p>", "<p>Visit.</p>", "<p>Typed causes.</p>", "<p>Outlook.</p>"]
    assert save_over(ann, condition, response).status_code == 302
    assert [part.body for part in condition.sections.all()] == [
        "<p>Text.</p>",
        "<p>Typed causes.</p>",
        "<p>Visit.</p>",
        "<p>Outlook.</p>",
    ]


def test_a_row_that_was_added_stays(kim, ann):
    condition = make_condition()
    of_ann = open_form(ann, condition)
    make_section(condition=condition, aspect=Aspect.CAUSES, heading="<b>Why</b>", position=-0)

    response = save(ann, condition, of_ann, title="Mine", follow=True)

    assert "Kept from them: section “&lt;b&gt;Why&lt;/b&gt;”." in response.text
    assert "<b>Why</b>" not in response.text
    condition.refresh_from_db()
    assert condition.title == "Mine"
    assert condition.sections.count() == 2


def test_each_keeps_what_only_they_changed(kim, ann):
    condition = make_condition(lede="Old.", summary="Old.")
    make_section(condition=condition, aspect=Aspect.CAUSES, body="<p>Old.</p>", position=1)
    opened = open_form(ann, condition)
    kims = {"lede": "Kim's.", "sections-0-body": "<p>Kim's.</p>", "sections-1-heading": "Kim's"}
    save(kim, condition, opened, **kims)

    anns = {"summary": "Ann's.", "sections-1-body": "<p>Ann's.</p>"}
    response = save(ann, condition, opened, follow=True, **anns)

    condition.refresh_from_db()
    first, second = condition.sections.all()
    assert (condition.lede, condition.summary) == ("Kim's.", "Ann's.")
    assert (first.body, second.heading, second.body) == ("<p>Kim's.</p>", "Kim's", "<p>Ann's.</p>")
    assert "Jo Kim changed this too while you had it open. Kept from them: " in response.text
    words = [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]
    assert words[-1] == "Changed Summary. Changed Body for section “Kim's”."


def test_a_row_that_they_took_out_and_nobody_else_changed_stays_out(kim, ann):
    condition = make_condition()
    make_section(condition=condition, aspect=Aspect.CAUSES, position=1)
    make_section(condition=condition, aspect=Aspect.VISIT, position=2)
    opened = open_form(ann, condition)
    save(kim, condition, opened, **{"sections-1-DELETE": "on"})

    response = save(ann, condition, opened, title="Mine", **{"sections-2-body": "<p>Ann's.</p>"})

    assert response.status_code == 302
    assert [(part.aspect, part.body) for part in condition.sections.all()] == [
        ("overview", "<p>Text.</p>"),
        ("visit", "<p>Ann's.</p>"),
    ]


def test_a_row_that_they_changed_is_not_taken_out_unasked(kim, ann):
    condition = make_condition()
    make_section(condition=condition, aspect=Aspect.CAUSES, heading="Why", position=1)
    opened = open_form(ann, condition)
    save(kim, condition, opened, **{"sections-1-heading": "Kim's"})

    response = save(ann, condition, opened, **{"sections-1-DELETE": "on"})

    assert changes_in(response) == [
        ("Section “Kim's”: Delete (differs from yours)", "[removed: no] [added: yes]")
    ]
    assert condition.sections.count() == 2
    save_over(ann, condition, response)
    assert condition.sections.count() == 1


def test_what_they_emptied_stays_empty_and_what_i_took_out_is_gone(kim, ann):
    condition = make_condition(lede="Old.")
    make_section(condition=condition, aspect=Aspect.CAUSES, position=1)
    opened = open_form(ann, condition)
    save(kim, condition, opened, lede="")

    response = save(ann, condition, opened, **{"sections-1-DELETE": "on"})

    condition.refresh_from_db()
    assert response.status_code == 302
    assert (condition.lede, condition.sections.count()) == ("", 1)


def test_the_same_new_row_sent_twice_is_added_once(kim, ann):
    condition = make_condition()
    form = open_form(ann, condition) | {
        "names-TOTAL_FORMS": "1",
        "names-0-name": "Charley horse",
        "names-0-position": "0",
    }
    save(ann, condition, form)

    response = save(ann, condition, form, title="Mine")

    assert response.status_code == 302
    assert [row.name for row in condition.names.all()] == ["Charley horse"]


def test_their_changes_are_not_published_unseen(kim, ann):
    condition = make_condition(lede="Old.")
    opened = open_form(ann, condition)
    save(kim, condition, opened, lede="Kim's.")

    response = save(ann, condition, opened, title="Mine", _publish="Save", follow=True)

    condition.refresh_from_db()
    assert (condition.title, condition.lede) == ("Mine", "Kim's.")
    assert not condition.revisions.exists()
    assert "Saved, but not put on the site." in response.text


def test_rows_keep_their_own_names_when_their_order_changed(kim, ann):
    condition = make_condition()
    make_section(condition=condition, aspect=Aspect.CAUSES, heading="Second", position=1)
    of_ann = open_form(ann, condition)
    Section.objects.filter(aspect=Aspect.OVERVIEW).update(position=2)

    response = save(ann, condition, of_ann)

    inline = parse(response.text).one("div", id="sections-group")
    names = [label.text for label in inline.all("span", class_="inline_label")]
    assert names[:2] == ["What is going on", "Second"]
    assert [typed_in(response)[f"sections-{index}-aspect"] for index in (0, 1)] == [
        ["overview"],
        ["causes"],
    ]


def test_what_is_not_touched_meanwhile_saves_as_ever(kim, ann):
    condition, other = make_condition(), make_condition()
    of_ann = open_form(ann, condition)
    save(kim, other, open_form(kim, other), lede="Kim's.")

    assert save(ann, condition, of_ann, lede="Ann's.").status_code == 302


def test_a_form_that_was_sent_twice_says_that_nothing_is_left_to_save(ann):
    condition = make_condition()
    form = open_form(ann, condition) | {"lede": "Ann's."}

    save(ann, condition, form)
    response = save(ann, condition, form)

    assert "You saved it yourself on December 7, 2026, 7:01 AM." in conflict_in(response).text
    assert "there is nothing left to save" in conflict_in(response).text


def test_saving_and_publishing_waits_for_the_choice_too(ann):
    condition = make_condition()
    form = open_form(ann, condition)
    Condition.objects.update(lede="Kim's.")

    save(ann, condition, form, _publish="Save and publish")

    assert not condition.revisions.exists()


def test_red_flags_are_guarded_too(kim, ann):
    flag = make_red_flag(label="Sign")
    opened = open_form(ann, flag)
    save(kim, flag, opened, level="urgent", is_global="on")

    response = save(ann, flag, opened, label="Mine", level="see_doctor")

    assert RedFlag.objects.get().label == "Sign"
    assert [label for label, _ in changes_in(response)] == ["Level (differs from yours)"]
    assert save_over(ann, flag, response).status_code == 302
    flag.refresh_from_db()
    assert (flag.label, flag.level, flag.is_global) == ("Mine", "see_doctor", True)


def test_remedies_are_guarded_with_their_cautions(kim, ann):
    remedy = make_remedy(name="Mint")
    caution = make_caution(remedy=remedy)
    other = make_treatment(title="Other")
    opened = open_form(ann, remedy)
    save(
        kim,
        remedy,
        opened,
        treatment=other.pk,
        **{"cautions-0-effect": "You may bruise."},
    )

    response = save(
        ann, remedy, opened, note="Mine", treatment="0", **{"cautions-0-effect": "You may faint."}
    )

    assert changes_in(response) == [
        (
            f"Caution “{caution}”: Effect (differs from yours)",
            "You may [removed: bruise.] [added: faint.]",
        ),
        ("Treatment (differs from yours)", "[removed: Other] [added: 0]"),
    ]
    assert Remedy.objects.get().note == ""
