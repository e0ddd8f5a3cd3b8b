import pytest

from conditions.evidence import NEEDS_SOURCE, EvidenceLevel


@pytest.mark.parametrize(
    ("level", "mark"),
    [
        ("against", "poor"),
        ("none_found", "trad"),
        ("traditional_only", "trad"),
        ("very_low", "some"),
        ("low", "some"),
        ("moderate", "good"),
        ("high", "good"),
    ],
)
def test_level_has_its_mark(level, mark):
    assert EvidenceLevel(level).mark == mark


def test_every_level_has_its_own_words():
    assert len({level.short for level in EvidenceLevel}) == len(EvidenceLevel)
    assert len({level.sentence for level in EvidenceLevel}) == len(EvidenceLevel)


def test_only_levels_that_speak_of_studies_need_a_source():
    assert set(EvidenceLevel) - NEEDS_SOURCE == {
        EvidenceLevel.NONE_FOUND,
        EvidenceLevel.TRADITIONAL_ONLY,
    }
