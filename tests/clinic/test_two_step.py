"""The second step of signing in."""

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from clinic.sign_in import two_step
from tests.booking.factories import NOW
from tests.html_tree import parse

from .staff import (
    LOGIN,
    OVERVIEW,
    RECOVERY,
    SET_UP,
    TWO_STEP,
    code_now,
    code_of,
    codes_shown,
    errors_of,
    fill_set_up,
    give_app,
    is_signed_in,
    make_staff,
    outcomes,
    sign_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("both_steps")]
WANTED = "/admin/booking/appointment/?status=booked"


def prove(client, code, **data):
    return client.post(TWO_STEP, {"code": code, **data})


def ways(response):
    return [url for url, _status in response.redirect_chain]


def test_whoever_has_no_app_is_led_to_set_one_up_and_then_to_the_page_they_wanted(client, pat):
    page = sign_in(client, next=WANTED)
    shown = fill_set_up(client, next=WANTED)

    assert page.request["PATH_INFO"] == SET_UP
    assert parse(page.content).one("input", name="next").get("value") == WANTED
    onward = parse(shown.content).one(class_="sign-in__onward").one("a")
    assert onward.get("href") == WANTED
    assert client.get(WANTED).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/booking/appointment/",
        "/admin/content-today/",
        "/admin/password_change/",
        OVERVIEW,
        RECOVERY,
    ],
)
@pytest.mark.parametrize("has_app", [True, False], ids=["with an app", "without"])
def test_no_other_page_is_seen_before_the_second_step(client, pat, path, has_app):
    if has_app:
        give_app(pat)
    sign_in(client)

    answer = client.get(path, follow=True)

    assert answer.request["PATH_INFO"] == (TWO_STEP if has_app else SET_UP)
    assert parse(answer.content).all(class_="staff-nav") == []
    assert parse(answer.content).all(id="user-tools") == []


def test_a_draft_picture_is_no_page_for_whoever_did_one_step_alone(client, pat, rf):
    sign_in(client)
    request = rf.get("/media/articles/any.webp")
    request.session, request.user = client.session, pat

    assert not admin.site.has_permission(request)


def test_the_square_and_the_secret_are_for_the_same_app_and_hold_no_style(client, pat):
    page = parse(sign_in(client).content)

    square = page.one("svg", class_="sign-in__square")
    secret = page.one("code", class_="sign-in__key").text
    assert re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", secret)
    assert [node for node in [square, *square.all()] if node.get("style")] == []


def test_only_the_field_that_takes_no_recovery_code_asks_for_digits(client, pat, codes):
    asked = sign_in(client)
    prove(client, codes[0])
    pages = [parse(page.content) for page in (asked, client.get(SET_UP), client.get(RECOVERY))]

    fields = [
        (field.get("name"), field.get("inputmode"))
        for page in pages
        for field in page.all("input", autocomplete="one-time-code")
    ]

    assert fields == [
        ("code", None),
        ("code", "numeric"),
        ("present_code", None),
        ("code", None),
    ]


def test_looking_at_the_page_stores_nothing(client, pat):
    sign_in(client)
    client.get(SET_UP)

    assert TOTPDevice.objects.count() == 0


def test_a_wrong_first_code_sets_nothing_up_and_keeps_the_square(client, pat):
    sign_in(client)
    sealed = parse(client.get(SET_UP).content).one("input", name="key").get("value")

    answer = client.post(SET_UP, {"key": sealed, "code": "000000"})

    secret = parse(answer.content).one("code", class_="sign-in__key").text
    again = parse(client.post(SET_UP, {"key": sealed, "code": "1"}).content)
    assert secret == again.one("code", class_="sign-in__key").text
    assert "not the code of the square" in errors_of(answer)[1]
    assert TOTPDevice.objects.count() == 0


def test_a_secret_that_was_shown_to_somebody_else_or_long_ago_is_refused(client, pat, clock):
    def secret(username):
        browser = Client()
        sign_in(browser, username)
        return parse(browser.get(SET_UP).content).one("input", name="key").get("value")

    make_staff("sam")
    old = secret("pat")
    clock.shift(61 * 60)
    sign_in(client)
    keys = (old, secret("sam"), "x")

    answers = [client.post(SET_UP, {"key": key, "code": "123456"}) for key in keys]

    assert ["open for too long" in errors_of(answer)[0] for answer in answers] == [True] * 3


def test_no_other_app_is_set_up_before_the_second_step(client, pat, codes):
    sign_in(client)
    key = two_step.seal_key(pat, "0" * 40)

    answer = client.post(SET_UP, {"key": key, "code": code_of("0" * 40), "present_code": codes[0]})

    assert answer.url.startswith(TWO_STEP)
    assert TOTPDevice.objects.exclude(key="0" * 40).count() == 1


def test_ten_recovery_codes_are_shown_once_and_kept_as_digests(client, pat):
    sign_in(client)

    shown = codes_shown(fill_set_up(client))

    assert len(set(shown)) == 10
    assert all(re.fullmatch(r"[a-z2-9]{5}-[a-z2-9]{5}", code) for code in shown)
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert kept & {code.replace("-", "") for code in shown} == set()
    assert shown[0] not in client.get(OVERVIEW).content.decode()
    assert "no-store" in fill_set_up(client, present_code=shown[0]).headers["Cache-Control"]


def test_the_page_with_the_codes_loaded_again_says_that_the_app_is_set_up(client, pat):
    sign_in(client)
    sealed = parse(client.get(SET_UP).content).one("input", name="key").get("value")
    form = {"key": sealed, "code": code_of(two_step.open_key(pat, sealed)), "next": WANTED}
    client.post(SET_UP, form)

    again = parse(client.post(SET_UP, form).content)

    assert again.one("title").text.startswith("Two-step sign-in is set up")
    content = again.one(id="content")
    assert "Your recovery codes were shown once" in content.text
    assert [link.get("href") for link in content.all("a")] == [WANTED, RECOVERY]
    assert (TOTPDevice.objects.count(), StaticToken.objects.count()) == (1, 10)


def test_the_code_of_the_app_lets_in_and_leads_on(client, pat, codes):
    asked = sign_in(client, next=WANTED)

    answer = prove(client, code_now(pat), next=WANTED)

    assert asked.request["PATH_INFO"] == TWO_STEP
    assert (answer.status_code, answer.url) == (302, WANTED)
    assert is_signed_in(client)
    assert outcomes() == ["asked", "in"]


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_it_leads_to_no_other_site(client, pat, codes, elsewhere):
    sign_in(client, next=elsewhere)

    assert prove(client, code_now(pat), next=elsewhere).url == "/admin/"


def test_a_code_may_be_typed_with_spaces(client, pat, codes):
    sign_in(client)
    code = code_now(pat)

    prove(client, f" {code[:3]} {code[3:]} ")

    assert is_signed_in(client)
    assert client.get(TWO_STEP, {"next": WANTED}).url == WANTED


def test_a_recovery_code_of_nobody_is_wrong(client, pat):
    TOTPDevice.objects.create(user=pat)
    sign_in(client)

    assert "not right" in errors_of(prove(client, "abcde-fghjk"))[1]


def test_the_same_code_is_refused_the_second_time(client, pat, codes):
    sign_in(client)
    code = code_now(pat)
    prove(client, code)
    other = Client()
    sign_in(other)

    answer = prove(other, code)

    assert "not right" in errors_of(answer)[1]
    assert not is_signed_in(other)


@pytest.mark.parametrize("minutes", [0, 31, 12 * 60 + 1], ids=["at once", "a pause", "a day"])
def test_the_password_alone_never_stands_for_a_code_that_was_given_before(
    client, pat, codes, clock, minutes
):
    sign_in(client)
    prove(client, code_now(pat))
    clock.shift(minutes * 60)

    # As from the sign-in page that another tab still shows.
    answer = sign_in(client)

    assert answer.request["PATH_INFO"] == TWO_STEP
    assert not is_signed_in(client)


def test_a_recovery_code_lets_in_once_and_says_how_many_are_left(client, pat, codes):
    sign_in(client)
    page = client.post(TWO_STEP, {"code": codes[0].upper()}, follow=True)
    other = Client()
    sign_in(other)
    prove(other, codes[0])

    assert "9 left" in parse(page.content).one(class_="messagelist").text
    assert (is_signed_in(client), is_signed_in(other)) == (True, False)
    assert outcomes() == ["asked", "recovery", "asked", "wrong_code"]


def test_wrong_codes_make_the_next_try_wait_and_say_how_long(client, pat, codes, clock):
    sign_in(client)
    for _ in range(3):
        prove(client, "000000")
        clock.shift(4)
    prove(client, "000000")

    answer = prove(client, code_now(pat))
    clock.shift(8)
    prove(client, code_now(pat))

    assert "Wait 8 seconds" in errors_of(answer)[1]
    assert is_signed_in(client)


def test_no_number_of_wrong_codes_makes_anybody_wait_for_ever(client, pat, codes, clock):
    TOTPDevice.objects.update(throttling_failure_count=60, throttling_failure_timestamp=NOW)
    sign_in(client)
    refused = prove(client, code_now(pat))
    clock.shift(18 * 60)
    prove(client, code_now(pat))

    assert "Wait 18 minutes" in errors_of(refused)[1]
    assert is_signed_in(client)


def test_another_app_asks_for_a_code_of_the_present_one(client, pat, codes, clock):
    sign_in(client)
    prove(client, code_now(pat))
    before = TOTPDevice.objects.get().key

    without = fill_set_up(client)
    replayed = fill_set_up(client, present_code=code_now(pat))
    clock.shift(30)
    changed = fill_set_up(client, present_code=code_now(pat))

    assert errors_of(without)[1] == "This field is required."
    assert "not right" in errors_of(replayed)[1]
    assert len(codes_shown(changed)) == 10
    assert TOTPDevice.objects.get().key != before
    assert is_signed_in(client)


def test_setting_up_an_app_ends_the_other_sessions_of_the_account(client, pat, settings):
    settings.TWO_STEP_REQUIRED = False
    make_staff("sam")
    other, sams = Client(), Client()
    sign_in(other)
    sign_in(sams, "sam")
    sign_in(client)

    fill_set_up(client)

    assert [is_signed_in(browser) for browser in (client, other, sams)] == [True, False, True]


def test_recovery_codes_come_with_an_app(client, pat, settings):
    settings.TWO_STEP_REQUIRED = False
    sign_in(client)

    assert client.get(RECOVERY).url == SET_UP


def test_new_recovery_codes_ask_for_a_code_and_take_the_place_of_the_old(client, pat, codes, clock):
    sign_in(client)
    prove(client, code_now(pat))
    refused = client.post(RECOVERY, {"code": "000000"})
    clock.shift(30)

    new = codes_shown(client.post(RECOVERY, {"code": codes[0]}))

    assert "not right" in errors_of(refused)[1]
    assert len(new) == StaticToken.objects.count() == 10
    assert set(new) & set(codes) == set()
    assert outcomes()[-2:] == ["wrong_code", "new_codes"]


def test_while_developing_it_is_asked_only_of_whoever_set_it_up(client, pat, settings):
    settings.TWO_STEP_REQUIRED = False
    make_staff("sam")
    give_app(pat)
    other = Client()

    assert sign_in(client).request["PATH_INFO"] == TWO_STEP
    assert sign_in(other, "sam").request["PATH_INFO"] == "/admin/"


def test_whoever_did_one_step_can_sign_out(client, pat, codes):
    sign_in(client)

    client.post(reverse("admin:logout"))

    assert client.get(TWO_STEP).url == f"{LOGIN}?next={TWO_STEP}"


def test_the_page_about_ones_own_account_says_what_is_set_up(client, pat, settings):
    settings.TWO_STEP_REQUIRED = False
    sign_in(client)
    before = parse(client.get(OVERVIEW).content).one(id="content").text
    fill_set_up(client)
    after = parse(client.get(OVERVIEW).content).one(id="content").text

    assert "It is not set up" in before
    assert "set up since December 7, 2026. 10 recovery codes left." in after
    assert "Your password must contain at least 12 characters." in after
    assert parse(client.get("/admin/").content).one(id="user-tools").one("a", href=OVERVIEW)


@pytest.mark.parametrize(
    "model", ["otp_totp/totpdevice", "otp_static/staticdevice", "axes/accessattempt"]
)
def test_no_page_of_the_admin_shows_secrets_and_failures(admin_client, model, settings):
    settings.TWO_STEP_REQUIRED = False

    assert admin_client.get(f"/admin/{model}/").status_code == 404
