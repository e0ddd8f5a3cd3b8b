"""Addresses that browsers would run are taken out, however they are spelled."""

import pytest
import time_machine

from conditions.models import Condition, Section
from conditions.rich_text import clean_html, is_safe_href

from .factories import NOW, make_live_condition, make_live_treatment, make_section
from .inert import is_code, runs
from .whole import write_live

SPELLINGS = [
    "javascript:evil()",
    "JaVaScRiPt:evil()",
    "java\tscript:evil()",
    "java\nscript:evil()",
    "java\r\nscript:evil()",
    " javascript:evil()",
    "\x01javascript:evil()",
    "\x1f\x00javascript:evil()",
    "javascript&colon;evil()",
    "javascript&#58;evil()",
    "&#106;avascript:evil()",
    "&#x6A;avascript:evil()",
    "&#0000106avascript:evil()",
    "java&Tab;script:evil()",
    "java&NewLine;script:evil()",
    "java&#10;script:evil()",
    "&#1;javascript:evil()",
    "&#xFEFF;javascript:evil()",
    "\u00a0javascript:evil()",
    "\u3000javascript:evil()",
    "javascript\u200b:evil()",
    "javascript://%0aevil()",
    "view-source:javascript:evil()",
    "vbscript:evil()",
    "livescript:evil()",
    "data:text/html,<script>evil()</script>",
    "DATA:text/html;base64,PHNjcmlwdD5ldmlsKCk8L3NjcmlwdD4=",
    "da\tta:text/html,evil",
    "blob:https://clinic.example/1",
    "filesystem:https://clinic.example/1",
    "file:///etc/passwd",
    "http://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "https:evil.example",
    "https:/evil.example",
]
MARKUP = [
    "<script>evil()</script>",
    "<ScRiPt\n>evil()</ScRiPt\t>",
    "<script/src='//evil.example'></script>",
    "<<script>evil()//<</script>",
    "<p onclick=evil()>x</p>",
    "<p/onclick=evil()>x</p>",
    "<a href='#' onfocus=evil() autofocus>x</a>",
    "<a href='/x' style='position:fixed' class='btn' target=_blank id=main>x</a>",
    "<svg onload=evil()><a xlink:href='javascript:evil()'>x</a></svg>",
    "<svg><script>evil()</script></svg>",
    "<svg><style><img src=x onerror=evil()></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=evil()>",
    "<iframe srcdoc='<script>evil()</script>'></iframe>",
    "<style>@import '//evil.example';</style>",
    "<link rel=stylesheet href=//evil.example><meta http-equiv=refresh content='0;url=//evil'>",
    "<base href='//evil.example/'><form action='//evil.example/'><input name=q></form>",
    "<object data='data:text/html,x'></object><embed src='//evil.example'>",
    "<img src=x onerror=evil()><video><source onerror=evil()></video>",
    "<template><script>evil()</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=evil()>'></noscript>",
    "<!--><img src=x onerror=evil()>-->",
    "<![CDATA[<script>evil()</script>]]>",
    "<details open ontoggle=evil()>x</details>",
    "<p>x</p\x00><script\x00>evil()</script>",
]


@pytest.mark.parametrize("href", SPELLINGS)
@pytest.mark.parametrize("quote", ['"', "'"])
def test_link_in_a_text_loses_its_address(href, quote):
    html = clean_html(f"<p><a href={quote}{href}{quote}>x</a></p>")

    assert runs(html) == []
    assert "evil" not in html
    assert "href" not in html


@pytest.mark.parametrize("href", SPELLINGS)
def test_address_of_a_source_is_not_followed(href):
    assert "&" in href or not is_safe_href(href)
    assert not is_safe_href(href) or not is_code(href)


@pytest.mark.parametrize("markup", MARKUP)
def test_markup_in_a_text_is_taken_out(markup):
    html = clean_html(f"<p>Words before.</p>{markup}<p>Words after.</p>")

    assert runs(html) == []
    assert not any(word in html for word in ("onerror", "onclick", "style=", "class=", "id="))


@pytest.fixture
def live(db):
    with time_machine.travel(NOW, tick=False):
        yield make_live_condition(), make_live_treatment()


def test_no_spelling_written_into_an_edition_reaches_a_page(client, live):
    links = "".join(f'<p><a href="{href}">x</a></p>' for href in SPELLINGS if "\0" not in href)
    markup = "".join(words for words in MARKUP if "\0" not in words)
    source = {"key": "a", "title": "A", "publisher": "B", "year": None, "identifier": ""}
    sources = [source | {"url": href} for href in SPELLINGS if "\0" not in href]
    section = {"aspect": "overview", "heading": markup, "body": f"<p>Text.</p>{links}{markup}"}
    for article in live:
        write_live(article, sections=[section], sources=sources, lede=links)

    pages = [client.get(article.get_absolute_url()) for article in live]

    assert [page.status_code for page in pages] == [200, 200]
    assert [runs(page.content) for page in pages] == [[], []]


def test_section_is_stored_clean_and_shown_clean_if_it_was_not(client, live):
    condition, _ = live
    section = make_section(condition=condition, aspect="causes", body=f"<p>Hi{MARKUP[0]}</p>")
    Section.objects.filter(pk=condition.sections.first().pk).update(body=f"<p>Hi{MARKUP[0]}</p>")

    assert section.body == "<p>Hi</p>"
    assert Condition.objects.get(pk=condition.pk).sections.first().body != "<p>Hi</p>"
    assert runs(client.get(condition.get_absolute_url()).content) == []
