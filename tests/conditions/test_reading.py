import pytest

from conditions.documents import freeze
from conditions.models import Condition, Remedy, Treatment
from conditions.reading import MAX_GRADE, easy_names, paragraphs_of, read, syllables
from conditions.starter import load
from tests.copies import fill

from .factories import NOW


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("a", 1),
        ("the", 1),
        ("come", 1),
        ("comes", 1),
        ("used", 1),
        ("cramped", 1),
        ("911", 1),
        ("muscle", 2),
        ("muscles", 2),
        ("causes", 2),
        ("needed", 2),
        ("being", 2),
        ("diet", 2),
        ("people", 2),
        ("doctor", 2),
        ("nation", 2),
        ("video", 3),
        ("usual", 3),
        ("medicine", 3),
        ("emergency", 4),
        ("magnesium", 4),
        ("acupuncture", 4),
    ],
)
def test_syllables_of_known_words(word, expected):
    assert syllables(word) == expected


def test_read_gives_the_grade_by_its_formula():
    reading = read(["The cat sat on the mat."])

    # 6 words, 1 sentence, 6 syllables: 0.39 * 6 + 11.8 * 1 - 15.59 is below 0.
    assert (reading.grade, reading.raw_grade, reading.is_easy) == (0.0, 0.0, True)


def test_read_masks_names_and_shows_the_raw_grade_too():
    text = "Take magnesium glycinate with water in the evening."

    reading = read([text], easy=["Magnesium glycinate", "magnesium"])

    assert reading.grade < reading.raw_grade
    assert reading.grade == read(["Take it with water in the evening."]).raw_grade


def test_read_masks_whole_words_alone():
    reading = read(["The nervous system is fine."], easy=["nerv"])

    assert reading.grade == reading.raw_grade


def test_read_names_the_three_hardest_sentences_of_some_length():
    texts = [
        "Electromyographical.",
        "We eat and sleep and walk.",
        "Physiological abnormalities necessitate multidisciplinary investigation.",
        "Individual susceptibility determines physiological manifestations.",
        "Complicated terminology intimidates inexperienced readers everywhere.",
    ]

    hardest = [sentence.text for sentence in read(texts).hardest]

    assert sorted(hardest) == sorted(texts[2:])


def test_read_lists_long_sentences_and_long_paragraphs():
    long_sentence = " ".join(["word"] * 21) + "."
    long_paragraph = "One is short. Two is short. Three is short. Four is one too many."

    reading = read([long_sentence, long_paragraph, " ".join(["word"] * 20) + "."])

    assert [(s.text, s.words) for s in reading.long_sentences] == [(long_sentence, 21)]
    assert reading.long_paragraphs == (long_paragraph,)
    assert not reading.is_easy


def test_read_takes_a_title_for_no_end_of_a_sentence():
    reading = read(["Ask Dr. Lisanti first. She knows. That is all."])

    assert reading.long_paragraphs == ()


def test_read_of_nothing_is_easy():
    assert read(["", "...", "It is so! ..."]).is_easy
    assert read([]).grade == 0.0


def test_paragraphs_leave_out_headings_and_tags():
    document = {
        "summary": "One &amp; two.",
        "lede": "First.\n\nSecond.",
        "sections": [{"body": "<h3>Hard heading</h3><p>A <em>b</em>.</p><ul><li>c</li></ul>"}],
        "self_care": [{"text": "Rest."}],
        "offers": [
            {
                "claims": [{"text": "It helps."}],
                "remedies": [{"claims": [{"text": "So does yarrow."}]}],
            }
        ],
        "may_help": [{"text": "Pain."}],
    }

    assert paragraphs_of(document) == [
        "One & two.",
        "First.",
        "Second.",
        "A b.",
        "c",
        "Rest.",
        "Pain.",
        "It helps.",
        "So does yarrow.",
    ]


def test_easy_names_are_terms_herbs_and_nutrients():
    herb = {"kind": "herb", "name": "Yarrow", "latin_name": "Achillea millefolium"}
    food = {"kind": "food", "name": "Spinach", "latin_name": ""}
    nutrient = {"kind": "nutrient", "name": "Magnesium", "latin_name": ""}
    document = {
        "remedies": [herb],
        "offers": [{"remedies": [food, nutrient]}],
        "glossary": [{"term": "neuropathy", "forms": ["neuropathies"]}],
    }

    assert easy_names(document) == [
        "Yarrow",
        "Achillea millefolium",
        "Magnesium",
        "neuropathy",
        "neuropathies",
    ]


@pytest.mark.django_db
def test_starter_articles_are_easy_to_read():
    fill(load, now=NOW)
    masked = Remedy.objects.filter(kind__in=["herb", "nutrient"])
    names = list(masked.values_list("name", flat=True))
    articles = [*Condition.objects.all(), *Treatment.objects.all()]
    documents = {article.slug: freeze(article) for article in articles}

    grades = {
        slug: read(paragraphs_of(document), easy=[*easy_names(document), *names]).grade
        for slug, document in documents.items()
    }

    assert {slug: grade for slug, grade in grades.items() if grade > MAX_GRADE} == {}
    assert len(grades) == 12
