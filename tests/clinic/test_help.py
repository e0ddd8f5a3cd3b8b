"""Each page of the admin says what it is for, and an empty list what to do first."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.urls.resolvers import URLPattern

from clinic.help import PAGES, help_of
from clinic.urls import urlpatterns
from tests.booking.factories import make_service
from tests.html_tree import parse

pytestmark = pytest.mark.django_db

ADMINS = list(admin.site._registry.values())
JARGON = re.compile(
    r"\b(pk|id|queryset|object|instance|model|record|row|null|slug|admin)s?\b", re.I
)
MOST_WORDS = 25
# What the admin has for each list.
STANDARD = {"changelist", "add", "change", "delete", "history"}


def label(model_admin):
    return model_admin.opts.label_lower


def url_of(model_admin, page, *args):
    opts = model_admin.opts
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=args)


def own_pages():
    """Return the addresses, without a record in them, of pages that a list has besides the usual."""
    found = set()
    for model_admin in ADMINS:
        opts = model_admin.opts
        for pattern in model_admin.get_urls():
            name = pattern.name or ""
            usual = name.removeprefix(f"{opts.app_label}_{opts.model_name}_") in STANDARD
            if name and not usual and "<" not in str(pattern.pattern):
                found.add(reverse(f"admin:{name}"))
    for pattern in urlpatterns:
        route = str(pattern.pattern)
        is_page = isinstance(pattern, URLPattern) and route.startswith("admin/")
        if is_page and "<" not in route:
            found.add(f"/{route}")
    return sorted(found)


def purposes_on(page):
    return [node.text for node in parse(page.content.decode()).all("p", class_="purpose")]


def empty_words_on(page):
    return parse(page.content.decode()).one("div", class_="empty-list")


def member_of(group):
    user = User.objects.create_user("member", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


@pytest.mark.parametrize("model_admin", ADMINS, ids=label)
def test_every_list_says_what_it_is_for_in_few_plain_words(model_admin):
    purpose, when_empty = help_of(model_admin)

    for words in (purpose, when_empty):
        assert words.endswith("."), f"{label(model_admin)} lacks `purpose` or `when_empty`"
        assert len(words.split()) <= MOST_WORDS, words
        assert not JARGON.search(words), words


def test_own_pages_say_it_in_few_plain_words():
    for words in PAGES.values():
        assert words.endswith(".")
        assert len(words.split()) <= MOST_WORDS, words
        assert not JARGON.search(words.replace("part of the admin", "")), words


@pytest.mark.parametrize("model_admin", ADMINS, ids=label)
def test_lists_and_forms_show_it_under_their_headline(admin_client, model_admin):
    for page in ("changelist", "add"):
        answer = admin_client.get(url_of(model_admin, page))
        assert answer.status_code in {200, 403}
        if answer.status_code == 200:
            own = PAGES.get(answer.resolver_match.url_name)
            assert purposes_on(answer) == [own or help_of(model_admin)[0]]


def test_deleting_and_history_say_what_they_are(admin_client):
    service = make_service()
    deleting = admin_client.get(reverse("admin:booking_service_delete", args=[service.pk]))
    history = admin_client.get(reverse("admin:booking_service_history", args=[service.pk]))

    assert purposes_on(deleting) == ["Read what goes with it. Nothing is deleted until you say so."]
    assert purposes_on(history) == ["Who changed it here, and when."]


def test_own_pages_begin_with_a_sentence(admin_client):
    silent = []
    for url in own_pages():
        page = admin_client.get(url)
        # Others are answers to a POST, or files.
        if page.status_code == 200 and "html" in page["Content-Type"]:
            # The week's headline has its numbers under it.
            first = parse(page.content.decode()).one(id="content").all("p")[:2]
            if not any(node.text.endswith((".", "?", ":")) for node in first):
                silent.append(url)

    assert silent == []


# Whoever looks has an account, and signed in.
NEVER_EMPTY = {"auth.user", "clinic.signin", "booking.messagewords", "booking.retentionrule"}


@pytest.mark.parametrize("model_admin", ADMINS, ids=label)
def test_an_empty_list_says_what_to_do_first(admin_client, model_admin):
    if label(model_admin) in NEVER_EMPTY:
        return
    model_admin.model._base_manager.all().delete()

    page = admin_client.get(url_of(model_admin, "changelist"))

    words = empty_words_on(page)
    assert words.text.startswith(help_of(model_admin)[1])
    add = url_of(model_admin, "add")
    may_add = model_admin.has_add_permission(page.wsgi_request)
    assert (add in [link.get("href") for link in words.all("a")]) is may_add


def test_an_empty_list_leads_nowhere_for_whoever_may_not_add(client):
    client.force_login(member_of("Practitioner"))

    words = empty_words_on(client.get(reverse("admin:booking_service_changelist")))

    assert words.all("a") == []


def test_patients_come_about_by_booking(client):
    client.force_login(member_of("Front desk"))

    words = empty_words_on(client.get(reverse("admin:booking_patient_changelist")))

    assert [link.get("href") for link in words.all("a")] == [
        reverse("admin:booking_appointment_add")
    ]


def test_a_search_in_vain_says_something_else(admin_client):
    make_service()

    page = admin_client.get(reverse("admin:booking_service_changelist"), {"q": "<zzz>"})

    assert "Nothing here is like “<zzz>”" in empty_words_on(page).text


def test_a_filter_that_leaves_nothing_says_so(admin_client):
    make_service()

    page = admin_client.get(reverse("admin:booking_service_changelist"), {"is_active__exact": 0})

    assert "Nothing fits what is chosen" in empty_words_on(page).text


def test_a_list_with_rows_says_nothing_of_being_empty(admin_client):
    make_service()

    page = admin_client.get(reverse("admin:booking_service_changelist"))

    assert b"empty-list" not in page.content


def test_the_first_page_is_in_the_order_of_the_day(client):
    client.force_login(member_of("Front desk"))

    page = client.get(reverse("admin:index"))

    main = parse(page.content.decode()).one(id="content-main")
    assert [node.text for node in main.all("caption")] == [
        "Visits and patients",
        "Hours and services",
        "The clinic",
    ]
    lists = [node.text for node in main.all("th", scope="row")]
    assert lists[:5] == [
        "Appointments",
        "Patients",
        "Places on the waiting list",
        "Time off: waiting for an answer",
        "Messages",
    ]


def test_every_list_that_one_may_see_is_on_the_first_page_once(admin_client):
    page = admin_client.get(reverse("admin:index"))

    main = parse(page.content.decode()).one(id="content-main")
    shown = [node.text for node in main.all("th", scope="row")]
    listed = [model["name"] for app in page.context["app_list"] for model in app["models"]]
    assert sorted(shown) == sorted(listed)
