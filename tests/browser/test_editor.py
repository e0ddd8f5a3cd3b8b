"""Staff write an article's text with the editor, under the site's policy, by keyboard too."""

import pytest
from django.contrib.auth.models import User

from clinic.models import Clinic
from conditions.models import Condition, Section, Treatment
from tests.conditions.factories import make_condition, make_treatment

from . import steps

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = ".rich-text [role=textbox]"


@pytest.fixture
def complaints():
    """Return what the console said, which must be nothing in the end."""
    return []


@pytest.fixture
def open_editor(transactional_db, client, open_page, live_server, complaints):
    """Return a function that opens an article's form."""
    Clinic.objects.get_or_create(pk=1)
    client.force_login(User.objects.create_superuser("staff"))
    cookie = client.cookies["sessionid"]
    pages = []

    def open_form(article, **options):
        page = open_page(**options)
        pages.append(page)
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
        )
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"/admin/conditions/{article._meta.model_name}/{article.pk}/change/")
        return page

    yield open_form
    for page in pages:
        page.close()
    assert complaints == []


def press_save(page):
    steps.follow(page.locator("[name=_continue]").first)
    assert page.locator(".errornote").count() == 0


def paste(page, html):
    """Paste into the editor that has the focus, as the browser does."""
    page.evaluate(
        """html => {
          const data = new DataTransfer();
          data.setData("text/html", html);
          const event = { clipboardData: data, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", event));
        }""",
        html,
    )


def press_button(page, label):
    """Go back from the text to a button above it, and press it; the text has the focus again."""
    for _ in range(10):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.textContent") == label:
            page.keyboard.press("Enter")
            return
    pytest.fail(f"{label} cannot be reached with Shift and Tab")


def select(page, keys, text):
    """Press keys that select a text until it stays: right after a change, the editor undoes it."""
    for _ in range(20):
        page.keyboard.press(keys)
        page.wait_for_timeout(100)
        if page.evaluate("getSelection().toString()") == text:
            return
    pytest.fail(f"{text} cannot be selected with {keys}")


def test_what_is_written_with_the_keyboard_alone_reaches_the_page(open_editor):
    article = make_condition()
    page = open_editor(article)

    page.locator(FIRST).first.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("Call {emergency}, or read ")
    press_button(page, "Bold")
    page.keyboard.type("more")
    page.keyboard.press("Enter")
    press_button(page, "Bullet list")
    page.keyboard.type("One")
    page.keyboard.press("Enter")
    page.keyboard.type("Two")
    select(page, "Shift+Home", "Two")
    press_button(page, "Link")
    page.keyboard.type("JavaScript:alert(1)")
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text="cannot be used").wait_for()
    press_button(page, "Link")
    page.keyboard.type("/contact/")
    page.keyboard.press("Enter")
    page.locator(".rich-text a", has_text="Two").wait_for()
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.name") == "sections-0-position"
    press_save(page)
    assert article.sections.first().body == (
        "<p>Call {emergency}, or read <strong>more</strong></p>\n"
        '<ul>\n<li>One</li>\n<li><a href="/contact/">Two</a></li>\n</ul>'
    )


def test_an_article_that_was_opened_or_typed_back_is_as_it_was_published(site, open_editor):
    for model, slug in ((Condition, "spasms-and-twitches"), (Treatment, "acupuncture")):
        page = open_editor(model.objects.get(slug=slug))
        for text in page.locator(FIRST).all():
            text.focus()
            page.keyboard.type("x")
            page.keyboard.press("Backspace")

        press_save(page)

        assert page.locator(".field-state .readonly").first.inner_text() == "Live"


def test_a_section_that_is_added_has_an_editor(open_editor):
    article = make_treatment()
    page = open_editor(article)
    rows = page.locator(FIRST).count()

    page.locator("#sections-group .add-row a").click()
    page.locator(f"#id_sections-{rows}-aspect").select_option("outlook")
    page.locator(FIRST).nth(rows).focus()
    page.keyboard.type("How long it lasts.")
    press_save(page)

    assert article.sections.get(aspect="outlook").body == "<p>How long it lasts.</p>"


def test_what_is_pasted_loses_what_the_site_does_not_show(open_editor, complaints):
    article = make_treatment()
    page = open_editor(article)

    page.locator(FIRST).first.focus()
    page.keyboard.press("Control+A")
    paste(
        page,
        "<h1 style='color:red' onclick='alert(1)'>a</h1><style>*{color:red}</style>"
        "<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)></svg>"
        "<p><a href='java\nscript:alert(1)'>b</a> <a href=' JaVaScRiPt:alert(1)'>c</a> "
        "<a href='data:text/html,x'>d</a> <a href='//evil.example'>e</a> "
        "<a href='tel:911' onmouseover='alert(1)' target=_blank>f</a> <u>g</u> "
        "<b style='font-weight:normal'>h</b> <span style='font-weight:700'>i</span></p>",
    )
    press_save(page)

    assert all("event handler violates" in complaint for complaint in complaints)
    complaints.clear()
    assert article.sections.first().body == (
        '<p>a</p>\n<p>b c d e <a href="tel:911">f</a> g h <strong>i</strong></p>'
    )


def test_without_scripts_the_plain_box_stays(open_editor):
    article = make_treatment()
    page = open_editor(article, java_script_enabled=False)

    page.locator("#id_sections-0-body").fill("<p>By <em>hand</em>.</p><script>x</script>")
    press_save(page)

    assert article.sections.first().body == "<p>By <em>hand</em>.</p>"
    assert Section.objects.filter(body__contains="script").count() == 0


def test_a_part_is_added_without_a_script(open_editor):
    condition = make_condition()
    page = open_editor(condition, java_script_enabled=False)

    steps.follow(page.get_by_role("link", name="open this form with an empty row in each list"))
    page.locator("[name=sections-1-aspect]").select_option("causes")
    page.locator("[name=sections-1-body]").fill("<p>Why it happens.</p>")
    press_save(page)

    assert condition.sections.get(aspect="causes").body == "<p>Why it happens.</p>"
    assert condition.sections.count() == 2
