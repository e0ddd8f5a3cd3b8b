"""Staff accounts, and how they sign in."""

from django.contrib.auth.models import Group, User
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from clinic.models import SignIn
from clinic.sign_in import two_step
from tests.html_tree import parse

PASSWORD = "a long password for tests"
LOGIN = "/admin/login/"
TWO_STEP = "/admin/two-step/"
SET_UP = "/admin/two-step/set-up/"
RECOVERY = "/admin/two-step/recovery-codes/"
OVERVIEW = "/admin/password-and-sign-in/"


def make_staff(username="pat", *, group="", **kwargs):
    user = User.objects.create_user(username, password=PASSWORD, is_staff=True, **kwargs)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def sign_in(client, username="pat", password=PASSWORD, *, next="/admin/", **kwargs):
    """Fill in the form, and go wherever it leads."""
    data = {"username": username, "password": password, "next": next}
    return client.post(LOGIN, data, follow=True, **kwargs)


def code_of(key):
    """Return the code that an app with this secret shows now."""
    return f"{TOTP(bytes.fromhex(key)).token():06d}"


def code_now(user):
    return code_of(TOTPDevice.objects.get(user=user).key)


def give_app(user):
    """Set up an app for the account, and return its recovery codes."""
    TOTPDevice.objects.create(user=user)
    return two_step._make_codes(user)


def fill_set_up(client, *, code=None, **data):
    """Open the page that sets up an app, and send its first code; return the answer."""
    page = parse(client.get(SET_UP).content)
    sealed = page.one("input", name="key").get("value")
    key = two_step.open_key(User.objects.get(pk=client.session["_auth_user_id"]), sealed)
    return client.post(SET_UP, {"key": sealed, "code": code or code_of(key), **data})


def codes_shown(response):
    return [node.text for node in parse(response.content).one(class_="sign-in__codes").all("code")]


def errors_of(response):
    """Return what the page says is wrong."""
    page = parse(response.content)
    found = [
        item.text for errors in page.all("ul", class_="errorlist") for item in errors.all("li")
    ]
    return [*(note.text for note in page.all(class_="errornote")), *found]


def is_signed_in(client):
    return client.get(reverse("admin:index")).status_code == 200


def outcomes(username="pat"):
    rows = SignIn.objects.filter(username=username).order_by("pk")
    return list(rows.values_list("outcome", flat=True))
