import pytest

from conditions.documents import freeze, synonyms
from conditions.models import GlossaryTerm

from .factories import make_condition, make_source

pytestmark = pytest.mark.django_db


def test_freeze_tells_synonyms_apart_only_where_some_are_none():
    condition = make_condition(names=["CTS", "dropping things"])
    before = freeze(condition)

    condition.names.filter(name="dropping things").update(is_synonym=False)

    assert "synonyms" not in before
    assert synonyms(before) == ["CTS", "dropping things"]
    assert freeze(condition) == {**before, "synonyms": ["CTS"]}


@pytest.mark.parametrize(
    ("word", "is_met"),
    [("lede", True), ("shown", True), ("hidden", False), ("cited", False), ("publisher", False)],
)
def test_freeze_explains_the_words_that_readers_meet_in_the_text(word, is_met):
    condition = make_condition(names=["shown", "hidden"], lede="A lede.")
    condition.names.filter(name="hidden").update(is_synonym=False)
    condition.sources.add(make_source(title="A cited book", publisher="A publisher"))
    GlossaryTerm.objects.create(term=word, definition="A meaning.")

    explained = [entry["term"] for entry in freeze(condition)["glossary"]]

    assert explained == [word] * is_met


def test_freeze_explains_each_form_of_a_line():
    GlossaryTerm.objects.create(term="tick", forms="tics, jerks", definition="A meaning.")

    (explained,) = freeze(make_condition(lede="He jerks."))["glossary"]

    assert explained["forms"] == ["tics", "jerks"]
