"""Somebody lost the phone and the recovery codes."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from clinic.models import SignIn
from tests.booking.factories import NOW
from tests.html_tree import parse

from .staff import (
    OVERVIEW,
    SET_UP,
    TWO_STEP,
    code_now,
    give_app,
    is_signed_in,
    make_staff,
    outcomes,
    sign_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("both_steps")]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def owner():
    """The browser of an owner, who did both steps."""
    return browser_of(make_staff("olga", group="Owner"))


def browser_of(user):
    client = Client()
    give_app(user)
    sign_in(client, user.username)
    client.post(TWO_STEP, {"code": code_now(user)})
    return client


def address(user):
    return f"/admin/auth/user/{user.pk}/reset-two-step/"


def account(user):
    return reverse("admin:auth_user_change", args=[user.pk])


def links_of(response):
    return [link.get("href") for link in parse(response.content).one(id="content").all("a")]


def refusals_of(response):
    return [note.text for note in parse(response.content).all(class_="errornote")]


def has_app(user):
    return TOTPDevice.objects.filter(user=user).exists()


def test_reset_removes_app_and_codes_ends_sessions_and_is_written_down(client, pat, codes, capsys):
    sign_in(client)
    client.post(TWO_STEP, {"code": code_now(pat)})

    call_command("reset_two_step", "pat", "--yes")

    assert (TOTPDevice.objects.count(), StaticToken.objects.count()) == (0, 0)
    assert (Session.objects.count(), is_signed_in(client)) == (0, False)
    assert outcomes()[-1] == "reset"
    assert sign_in(client).request["PATH_INFO"] == SET_UP
    assert "is reset" in capsys.readouterr().out


@pytest.mark.parametrize(("answer", "left"), [("no", 1), ("", 1), ("YES", 0)])
def test_reset_asks_first(pat, codes, monkeypatch, answer, left):
    monkeypatch.setattr("builtins.input", lambda question: answer)

    call_command("reset_two_step", "pat", verbosity=0)

    assert TOTPDevice.objects.count() == left


def test_reset_of_an_account_with_nothing_set_up_says_so(pat, capsys):
    call_command("reset_two_step", "pat", "--yes")

    assert "neither an app nor recovery codes: nothing was changed" in capsys.readouterr().out
    assert outcomes() == []


def test_reset_of_nobody_says_so():
    with pytest.raises(CommandError, match="No account is called nobody."):
        call_command("reset_two_step", "nobody", "--yes")


def test_the_page_says_what_will_happen_and_looking_changes_nothing(owner, pat, codes):
    pat.first_name, pat.last_name = "Pat", "Desk"
    pat.save()

    page = owner.get(address(pat))

    content = parse(page.content).one(id="content")
    assert "recovery codes of Pat Desk stop working" in content.text
    assert "Pat Desk is signed out everywhere" in content.text
    assert "Whoever signs in next with the password of Pat Desk sets up a new app" in content.text
    assert "be sure that it is Pat Desk who asks" in content.text
    assert f"/admin/auth/user/{pat.pk}/password/" in links_of(page)
    assert refusals_of(page) == []
    assert (has_app(pat), outcomes(), LogEntry.objects.count()) == (True, [], 0)


def test_an_owner_resets_a_colleague_who_then_sets_up_a_new_app(client, owner, pat, codes):
    sign_in(client)
    client.post(TWO_STEP, {"code": codes[0]})

    answer = owner.post(address(pat), follow=True)

    assert answer.redirect_chain == [(account(pat), 302)]
    assert "are gone" in parse(answer.content).one(class_="messagelist").text
    assert (has_app(pat), StaticToken.objects.filter(device__user=pat).count()) == (False, 0)
    assert (is_signed_in(client), is_signed_in(owner)) == (False, True)
    assert sign_in(client).request["PATH_INFO"] == SET_UP


def test_it_is_written_down_who_did_it_and_from_where(owner, pat, codes):
    owner.post(address(pat), REMOTE_ADDR="203.0.113.7", headers={"user-agent": FIREFOX})

    fields = ("at", "user", "outcome", "address", "browser")
    entry = (NOW, pat.pk, "reset", "203.0.113.7", "Firefox on Windows")
    assert list(SignIn.objects.filter(username="pat").values_list(*fields)) == [entry]
    log = LogEntry.objects.get()
    assert (log.user.username, log.object_id, log.get_change_message()) == (
        "olga",
        str(pat.pk),
        "Reset two-step sign-in.",
    )


def test_nobody_resets_their_own_account(owner):
    olga = TOTPDevice.objects.get().user

    shown = owner.get(address(olga))
    tried = owner.post(address(olga))

    for page in (shown, tried):
        assert "Nobody resets their own two-step sign-in" in refusals_of(page)[0]
        assert OVERVIEW in links_of(page)
        assert parse(page.content).one(id="content").all("form") == []
    assert (shown.status_code, tried.status_code) == (200, 409)
    assert (has_app(olga), is_signed_in(owner)) == (True, True)


def test_a_second_press_says_that_nothing_is_left_to_reset(owner, pat, codes):
    owner.post(address(pat))

    answers = [owner.post(address(pat)), owner.get(address(pat))]

    for page in answers:
        assert "There is nothing to reset" in refusals_of(page)[0]
        assert account(pat) in links_of(page)
    assert [page.status_code for page in answers] == [409, 200]
    assert outcomes() == ["reset"]
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize("what", [TOTPDevice, StaticToken], ids=["codes", "an app"])
def test_what_is_left_alone_is_reset_too(owner, pat, codes, what):
    of_pat = {"user": pat} if what is TOTPDevice else {"device__user": pat}
    what.objects.filter(**of_pat).delete()

    assert owner.post(address(pat)).status_code == 302
    assert outcomes() == ["reset"]


def test_an_account_that_may_do_more_is_not_reset(owner):
    root = make_staff("root", is_superuser=True)
    give_app(root)

    statuses = [owner.get(address(root)).status_code, owner.post(address(root)).status_code]

    assert statuses == [403, 403]
    assert has_app(root)


@pytest.mark.parametrize("may", [[], ["view_user"]], ids=["front desk", "who only looks"])
def test_whoever_may_change_no_account_resets_none(pat, codes, may):
    lee = make_staff("lee", group="Front desk")
    lee.user_permissions.set(Permission.objects.filter(codename__in=may))
    client = browser_of(lee)

    statuses = [client.get(address(pat)).status_code, client.post(address(pat)).status_code]

    assert statuses == [403, 403]
    assert has_app(pat)


@pytest.mark.parametrize("number", [0, 10**30])
def test_an_account_that_there_is_not_is_not_found(owner, number):
    url = f"/admin/auth/user/{number}/reset-two-step/"

    assert [owner.get(url).status_code, owner.post(url).status_code] == [404, 404]


def test_a_form_of_another_site_resets_nothing(pat, codes):
    olga = make_staff("olga", group="Owner")
    owner = browser_of(olga)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = owner.cookies

    assert strict.post(address(pat)).status_code == 403
    assert has_app(pat)


def test_the_account_leads_there_if_there_is_something_to_reset(owner, pat):
    before = links_of(owner.get(account(pat)))
    give_app(pat)
    after = links_of(owner.get(account(pat)))

    assert (address(pat) in before, address(pat) in after) == (False, True)


def test_the_account_leads_nobody_there_who_may_not(pat, codes):
    lee = make_staff("lee")
    lee.user_permissions.set(Permission.objects.filter(codename="view_user"))

    page = browser_of(lee).get(account(pat))

    assert page.status_code == 200
    assert address(pat) not in links_of(page)
