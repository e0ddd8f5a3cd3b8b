import pytest

from conditions.glossary import Glossary
from tests.html_tree import parse


def entry(term, *forms, definition="Meaning."):
    return {"term": term, "forms": list(forms), "definition": definition}


def explained_in(html, *entries):
    return [button.text for button in parse(Glossary(entries).explain(html)).all("button")]


def test_term_becomes_a_button_with_its_meaning_behind_it():
    html = Glossary([entry("tetany", definition="Cramps.")]).explain("<p>It is tetany.</p>")

    assert html == (
        '<p>It is <button class="term" type="button" popovertarget="term-1">tetany</button>'
        '<span class="term__note" id="term-1" popover><strong>Tetany</strong> Cramps.</span>.</p>'
    )


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>Tetany</p>", ["Tetany"]),
        ("<p>TETANIES</p>", ["TETANIES"]),
        ("<p>tetany, tetany</p>", ["tetany"]),
        ("<p>tetany</p><p>tetanies</p>", ["tetany"]),
        ("<p><strong>tetany</strong></p>", ["tetany"]),
        ("<p>antitetany tetanya</p>", []),
        ("<h3>tetany</h3>", []),
        ('<p><a href="/tetany/">tetany</a> and tetany</p>', ["tetany"]),
        ('<p><a href="/x>tetany">y</a></p>', []),
        ("<p>no such word</p>", []),
        ("", []),
    ],
)
def test_first_use_in_running_text_is_explained(html, found):
    assert explained_in(html, entry("tetany", "tetanies")) == found


def test_longest_term_wins():
    entries = entry("nerve"), entry("motor nerve"), entry("nerve block")

    assert explained_in("A motor nerve, then a nerve.", *entries) == ["motor nerve", "nerve"]


def test_term_is_explained_once_in_all_texts_of_a_page():
    glossary = Glossary([entry("tetany")])

    texts = [glossary.explain("tetany"), glossary.explain("tetany")]

    assert [text.count("<button") for text in texts] == [1, 0]


def test_page_without_terms_stays_as_it_is():
    assert Glossary([]).explain("<p>A &amp; b</p>") == "<p>A &amp; b</p>"


def test_term_is_found_behind_escaped_letters_and_never_inside_them():
    entries = entry("Raynaud's"), entry("amp")

    html = Glossary(entries).explain("<p>Raynaud&#x27;s &amp; more</p>")

    assert [button.text for button in parse(html).all("button")] == ["Raynaud's"]
    assert html.endswith("</span> &amp; more</p>")


def test_what_the_glossary_says_is_escaped():
    attack = '"><script>alert(1)</script>'

    html = Glossary([entry("x" + attack, definition=attack)]).explain(
        "x&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
    )

    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 3


def test_words_beside_a_term_stay_escaped():
    html = Glossary([entry("tetany")]).explain("&lt;b&gt; tetany &lt;/b&gt;")

    assert html.startswith("&lt;b&gt; <button")
    assert html.endswith("</span> &lt;/b&gt;")


def test_entries_stand_in_the_order_of_the_alphabet():
    words = ["FDA", "dystonia", "ALS", "yin"]

    glossary = Glossary({"term": word, "forms": [], "definition": "A word."} for word in words)

    assert [entry["term"] for entry in glossary.entries] == ["ALS", "dystonia", "FDA", "yin"]
