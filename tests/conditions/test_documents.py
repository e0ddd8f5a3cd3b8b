import pytest

from conditions.documents import freeze, synonyms

from .factories import make_condition

pytestmark = pytest.mark.django_db


def test_freeze_tells_synonyms_apart_only_where_some_are_none():
    condition = make_condition(names=["CTS", "dropping things"])
    before = freeze(condition)

    condition.names.filter(name="dropping things").update(is_synonym=False)

    assert "synonyms" not in before
    assert synonyms(before) == ["CTS", "dropping things"]
    assert freeze(condition) == {**before, "synonyms": ["CTS"]}
