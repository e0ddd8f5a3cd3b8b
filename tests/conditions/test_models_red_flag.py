import pytest
from django.core.exceptions import ValidationError

from conditions.models import CareLevel, ConditionRedFlag, RedFlag, most_urgent

from .constraints import breaks
from .factories import link_red_flag, make_condition, make_red_flag

pytestmark = pytest.mark.django_db


def test_red_flag_level_must_be_known():
    with breaks("redflag_level_is_known"):
        make_red_flag(level="mild")


@pytest.mark.parametrize("field", ["statement", "question"])
def test_red_flag_must_have_words(field):
    with breaks("redflag_has_words"):
        make_red_flag(**{field: ""})


def test_red_flag_version_starts_at_one():
    flag = make_red_flag()

    with breaks("redflag_version_is_positive"):
        RedFlag.objects.filter(pk=flag.pk).update(version=0)


def test_red_flag_of_an_article_is_linked_once():
    flag = make_red_flag()
    condition = make_condition(red_flags=[flag])

    with breaks("conditionredflag_once"):
        link_red_flag(condition, flag)


def test_red_flag_of_an_article_has_a_known_level():
    condition = make_condition()

    with breaks("conditionredflag_level_is_known"):
        link_red_flag(condition, make_red_flag(), level="mild")


@pytest.mark.parametrize(
    ("field", "value"),
    [("statement", "Other words"), ("question", "Other words?"), ("level", "urgent")],
)
def test_red_flag_gets_a_new_version_when_its_meaning_changes(field, value):
    flag = make_red_flag()

    setattr(flag, field, value)
    flag.save(update_fields=[field])

    flag.refresh_from_db()
    assert (getattr(flag, field), flag.version) == (value, 2)


def test_red_flag_keeps_its_version_when_only_its_label_changes():
    flag = make_red_flag()

    flag.label = "Another label"
    flag.save()

    flag.refresh_from_db()
    assert (flag.label, flag.version) == ("Another label", 1)


def test_red_flag_level_can_be_raised_in_an_article():
    flag = make_red_flag(level="see_doctor")

    link = link_red_flag(make_condition(), flag, level="emergency")

    link.full_clean()
    assert link.effective_level == CareLevel.EMERGENCY


def test_red_flag_level_cannot_be_lowered_in_an_article():
    link = ConditionRedFlag(
        condition=make_condition(), red_flag=make_red_flag(), level="see_doctor"
    )

    with pytest.raises(ValidationError, match="Only a clinical reviewer"):
        link.full_clean()
    assert link.effective_level == CareLevel.EMERGENCY


def test_red_flag_level_is_lowered_in_an_article_once_it_is_signed():
    link = ConditionRedFlag(
        condition=make_condition(),
        red_flag=make_red_flag(),
        level="see_doctor",
        lowered_by="Dr. Test",
    )

    link.full_clean()

    assert link.effective_level == CareLevel.SEE_DOCTOR


def test_most_urgent_is_the_first_level_there_is():
    assert most_urgent(["see_doctor", "urgent"]) == CareLevel.URGENT
