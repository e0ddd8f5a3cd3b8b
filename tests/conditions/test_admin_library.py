"""The admin of what articles share, and of what the site notes by itself."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import Group
from django.db.models import ProtectedError
from django.urls import reverse

from clinic.forms import LinesField
from conditions.documents import freeze_medicine_class
from conditions.medicine_check import check_medicines
from conditions.models import (
    Amount,
    EmptySearch,
    FormerSlug,
    GlossaryTerm,
    LinkCheck,
    MedicineClass,
    RedFlag,
    RelatedTopic,
    Remedy,
)

from .admin_pages import form_at, form_data
from .factories import (
    make_acupoint,
    make_caution,
    make_condition,
    make_live_treatment,
    make_red_flag,
    make_remedy,
    make_source,
    make_treatment,
)

pytestmark = pytest.mark.django_db

KINDS = ["herb", "food", "nutrient", "acupoint"]


def url_of(model, view, *args):
    return reverse(f"admin:conditions_{model}_{view}", args=args)


def make_of_kind(kind, **kwargs):
    return make_acupoint(**kwargs) if kind == "acupoint" else make_remedy(kind=kind, **kwargs)


def add(client, model, **fields):
    url = url_of(model, "add")
    return client.post(url, form_at(client, url) | fields)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_own_list_and_form(client, editor, kind):
    remedies = {each: make_of_kind(each, name=f"A {each}") for each in KINDS}

    listed = client.get(url_of(kind, "changelist"), {"q": "a"}).context["cl"].result_list
    form = client.get(url_of(kind, "change", remedies[kind].pk)).context["adminform"].form

    assert [remedy.name for remedy in listed] == [f"A {kind}"]
    assert "kind" not in form.fields
    assert ("who_code" in form.fields) is (kind == "acupoint")
    assert ("latin_name" in form.fields) is (kind == "herb")


@pytest.mark.parametrize("kind", KINDS)
def test_form_gives_the_kind(client, editor, kind):
    treatment = make_treatment()
    fields = {"name": "New", "slug": "new", "treatment": treatment.pk}
    fields |= {"who_code": "bl 13", "other_code": "ub 13"} if kind == "acupoint" else {}

    response = add(client, kind, **fields)

    assert response.status_code == 302, response.context["errors"]
    remedy = Remedy.objects.get(slug="new")
    expected = ("BL13", "UB13") if kind == "acupoint" else ("", "")
    assert remedy.kind == kind
    assert (remedy.who_code, remedy.other_code) == expected


def test_slug_of_another_kind_is_refused(client, editor):
    make_remedy(kind="food", slug="ginger")

    response = add(client, "herb", name="Ginger", slug="ginger", treatment=make_treatment().pk)

    assert response.context["adminform"].form.errors == {
        "slug": ["Another herb, food, nutrient or point has that slug already."]
    }


@pytest.mark.parametrize(
    ("code", "reason"), [("UB13", "WHO has no point"), ("", "This field is required.")]
)
def test_point_without_a_who_code_is_refused(client, editor, code, reason):
    fields = {"name": "New", "slug": "new", "treatment": make_treatment().pk, "who_code": code}

    response = add(client, "acupoint", **fields)

    assert reason in response.context["adminform"].form.errors["who_code"][0]
    assert not Remedy.objects.filter(slug="new").exists()


def test_point_opens_for_someone_who_may_only_look(client, editor):
    Group.objects.get(name="Content").permissions.filter(codename="change_acupoint").delete()

    response = client.get(url_of("acupoint", "change", make_acupoint().pk))

    assert response.status_code == 200
    assert "BL18" in response.text


@pytest.mark.parametrize("kind", ["food", "herb", "nutrient"])
def test_remedy_is_saved_with_its_amounts_and_cautions(client, editor, kind):
    remedy, source, thinners = (
        make_remedy(kind=kind),
        make_source(),
        MedicineClass.objects.create(slug="thinners", name="Blood thinners"),
    )
    make_caution(remedy=remedy)
    url = url_of(kind, "change", remedy.pk)
    data = form_at(client, url)
    data |= {"amount_rows-TOTAL_FORMS": 1, "amount_rows-0-label": "Magnesium"}
    data |= {"amount_rows-0-low": "80", "amount_rows-0-high": "", "amount_rows-0-unit": "mg"}
    data |= {"amount_rows-0-per": "In 1 ounce", "amount_rows-0-source": source.pk}
    data |= {"amount_rows-0-position": 0, "amount_rows-0-remedy": remedy.pk}
    data |= {"cautions-0-medicine_classes": [thinners.pk]}

    response = client.post(url, data)

    assert response.status_code == 302, response.context["errors"]
    assert Amount.objects.get().remedy_id == remedy.pk
    assert list(remedy.cautions.get().medicine_classes.all()) == [thinners]


def test_all_remedies_are_found_where_a_claim_names_one(client, editor):
    for kind in KINDS:
        make_of_kind(kind, name=f"Same {kind}")

    found = client.get(
        reverse("admin:autocomplete"),
        {"term": "Same", "app_label": "conditions", "model_name": "claim", "field_name": "remedy"},
    )

    assert sorted(result["text"] for result in found.json()["results"]) == sorted(
        f"Same {kind}" for kind in KINDS
    )


def test_remedy_itself_is_off_the_index_and_leads_to_its_kind(client, editor):
    herb = make_remedy(kind="herb")

    response = client.get(url_of("remedy", "change", herb.pk), {"_popup": 1})

    assert response.url == url_of("herb", "change", herb.pk) + "?_popup=1"
    assert client.get(url_of("remedy", "change", 4711)).url == reverse("admin:index")
    assert client.get(url_of("remedy", "add")).status_code == 403
    assert url_of("remedy", "changelist") + '"' not in client.get(reverse("admin:index")).text
    assert url_of("herb", "changelist") in client.get(reverse("admin:index")).text


def test_lines_field_keeps_each_line_once():
    text = "  warfarin \r\n\r\nCoumadin\r\n\t\nWARFARIN\n blood   thinner \n"

    assert LinesField().clean(text) == "warfarin\nCoumadin\nblood thinner"
    assert LinesField(required=False).clean("\r\n \r\n") == ""


def test_names_are_cleaned_on_save(client, editor):
    editor.groups.add(Group.objects.get(name="Clinical reviewer"))
    names = " warfarin \r\n\r\nCoumadin\r\nWarfarin"
    flag = make_red_flag()
    url = url_of("redflag", "change", flag.pk)

    add(client, "medicineclass", name="Blood thinners", slug="thinners", names=names)
    add(client, "glossaryterm", term="Cramp", definition="A tight muscle.", forms="cramps\r\n\r\n")
    client.post(url, form_at(client, url, search_words="can't speak\r\n\r\nCan't speak"))

    assert MedicineClass.objects.get().names == "warfarin\nCoumadin"
    assert GlossaryTerm.objects.get().forms == "cramps"
    assert RedFlag.objects.get(pk=flag.pk).search_words == "can't speak"


def test_names_of_medicines_in_one_line_are_all_known(client, editor):
    names = "abcmedon, xyzmedon; defmedon"

    add(client, "medicineclass", name="Blood thinners", slug="thinners", names=names)

    reading = check_medicines("xyzmedon and abcmedon and defmedon").reading
    assert [match.name for match in reading.matches] == ["xyzmedon", "abcmedon", "defmedon"]
    assert freeze_medicine_class(MedicineClass.objects.get())["names"] == [
        "abcmedon",
        "xyzmedon",
        "defmedon",
    ]


@pytest.mark.parametrize("model", ["medicineclass", "glossaryterm", "redflag"])
def test_words_of_the_library_can_be_found(client, editor, model):
    GlossaryTerm.objects.create(term="Cramp", definition="A tight muscle.")
    MedicineClass.objects.create(slug="cramp", name="For cramp", names="a\nb")
    make_red_flag(label="Cramp")

    listed = client.get(url_of(model, "changelist"), {"q": "cramp"}).context["cl"].result_list

    assert len(listed) == 1


def test_slug_of_a_kind_of_medicine_is_fixed(client, editor):
    kind = MedicineClass.objects.create(slug="thinners", name="Blood thinners")

    form = client.get(url_of("medicineclass", "change", kind.pk)).context["adminform"].form

    assert "slug" not in form.fields


@pytest.mark.parametrize("model", ["medicineclass", "herb", "source", "condition"])
def test_odd_slug_is_refused_in_plain_words(client, editor, model):
    name = "key" if model == "source" else "slug"

    response = add(client, model, **{name: "no slug!"})

    assert response.context["adminform"].form.errors[name] == [
        "Write small letters, digits and hyphens, such as leg-cramps."
    ]


def test_wider_kind_is_for_clinical_reviewers(client, editor):
    wide = MedicineClass.objects.create(slug="heart", name="Heart medicines")
    kind = MedicineClass.objects.create(slug="digoxin", name="Digoxin", part_of=wide)
    url = url_of("medicineclass", "change", kind.pk)

    client.post(url, form_at(client, url, name="Digitalis", part_of=""))
    kind.refresh_from_db()
    seen = client.get(url)

    assert (kind.name, kind.part_of) == ("Digitalis", wide)
    assert "Heart medicines" in seen.text
    assert "as soon as you save it, without publishing" in seen.text
    assert (
        "part_of" not in client.get(url_of("medicineclass", "add")).context["adminform"].form.fields
    )

    editor.groups.add(Group.objects.get(name="Clinical reviewer"))
    client.post(url, form_at(client, url, part_of=""))
    kind.refresh_from_db()

    assert kind.part_of is None


def test_kind_of_medicine_stays_while_others_are_part_of_it(admin_client):
    wide = MedicineClass.objects.create(slug="heart", name="Heart medicines")
    MedicineClass.objects.create(slug="digoxin", name="Digoxin", part_of=wide)
    listed = {"action": "delete_selected", "_selected_action": [wide.pk]}

    refused = [
        admin_client.post(url_of("medicineclass", "delete", wide.pk), {"post": "yes"}),
        admin_client.post(url_of("medicineclass", "changelist"), listed | {"post": "yes"}),
    ]

    for page in refused:
        assert "Other kinds of medicine are a part of this, so nothing was deleted" in page.text
        assert "Digoxin" in page.text
    assert MedicineClass.objects.count() == 2
    with pytest.raises(ProtectedError):
        wide.delete()


def test_condition_is_saved_with_its_new_fields_and_related_topics(client, editor):
    condition, other, newer = make_condition(), make_condition(), make_condition()
    FormerSlug.objects.create(slug="old-name", condition=condition)
    url = url_of("condition", "change", condition.pk)
    page = client.get(url)
    data = form_data(page, author="Dr. Lisanti", review_due_on="2027-05-01")
    data |= {"no_emergency_reason": "None is known.", "replaced_by": newer.pk}
    data |= {"related_topics-TOTAL_FORMS": 1, "related_topics-0-other": other.pk}
    data |= {"related_topics-0-kind": "related", "related_topics-0-position": 0}
    data |= {"related_topics-0-condition": condition.pk}

    response = client.post(url, data)

    assert response.status_code == 302, response.context["errors"]
    condition.refresh_from_db()
    assert (condition.author, condition.review_due_on) == ("Dr. Lisanti", date(2027, 5, 1))
    assert (condition.no_emergency_reason, condition.replaced_by) == ("None is known.", newer)
    assert RelatedTopic.objects.get().other == other
    assert "old-name" in page.text
    assert FormerSlug.objects.get().slug == "old-name"


def test_related_topic_can_be_taken_out(client, editor):
    condition = make_condition()
    RelatedTopic.objects.create(condition=condition, other=make_condition())
    url = url_of("condition", "change", condition.pk)
    data = form_at(client, url) | {"related_topics-0-DELETE": "on"}

    response = client.post(url, data)

    assert response.status_code == 302, response.context["errors"]
    assert not RelatedTopic.objects.exists()


def test_treatment_shows_its_old_addresses_and_new_fields(client, editor):
    treatment = make_live_treatment()
    FormerSlug.objects.create(slug="needles", treatment=treatment)

    page = client.get(url_of("treatment", "change", treatment.pk))

    assert "needles" in page.text
    fields = set(page.context["adminform"].form.fields)
    assert {"author", "review_due_on", "replaced_by"} <= fields


@pytest.mark.parametrize("model", ["emptysearch", "linkcheck"])
def test_what_the_site_notes_is_read_and_not_written(client, editor, model):
    rows = {
        "emptysearch": EmptySearch.objects.create(query="feet", last_on=date(2026, 12, 1)),
        "linkcheck": LinkCheck.objects.create(
            url="https://a.example/", checked_at=datetime(2026, 12, 1, tzinfo=UTC), is_alive=False
        ),
    }
    change = url_of(model, "change", rows[model].pk)

    assert str(rows[model]) in client.get(url_of(model, "changelist"), {"q": "e"}).text
    assert client.get(change).status_code == 200
    assert client.post(change, {}).status_code == 403
    assert client.get(url_of(model, "add")).status_code == 403


def test_empty_search_can_be_taken_off_the_list_and_a_checked_link_cannot(client, editor):
    search = EmptySearch.objects.create(query="feet", last_on=date(2026, 12, 1))
    link = LinkCheck.objects.create(
        url="https://a.example/", checked_at=datetime(2026, 12, 1, tzinfo=UTC), is_alive=False
    )

    client.post(url_of("emptysearch", "delete", search.pk), {"post": "yes"})
    refused = client.post(url_of("linkcheck", "delete", link.pk), {"post": "yes"})

    assert not EmptySearch.objects.exists()
    assert (refused.status_code, LinkCheck.objects.count()) == (403, 1)
