"""Text sealed with keys that are kept outside the database."""

import base64
import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from clinic.models import SealingCheck
from clinic.sealing import (
    CannotOpen,
    key_id,
    key_ids,
    open_sealed,
    own_key,
    read_keys,
    seal,
)

OLD, NEW = (base64.urlsafe_b64encode(name.ljust(32)).decode() for name in (b"old", b"new"))
TEXT = "Ich habe Krämpfe 🦵\nseit Montag"


@pytest.fixture
def keys(settings):
    """Return a function that sets the keys, the one that seals first."""

    def set_keys(*keys):
        settings.SEALING_KEYS = list(keys)

    set_keys(OLD)
    return set_keys


def test_what_was_sealed_can_be_opened_and_shows_nothing(keys):
    sealed = seal(TEXT)

    assert open_sealed(sealed) == TEXT
    assert sealed.startswith(f"sealed:{key_id(OLD)}:")
    assert "Krämpfe" not in sealed


def test_the_same_text_is_sealed_differently_each_time(keys):
    assert seal(TEXT) != seal(TEXT)


def test_empty_stays_empty(keys):
    assert (seal(""), open_sealed("")) == ("", "")


def test_a_new_key_before_the_old_one_seals_and_both_open(keys):
    sealed = seal(TEXT)
    keys(NEW, OLD)

    assert seal(TEXT).startswith(f"sealed:{key_id(NEW)}:")
    assert open_sealed(sealed) == TEXT


def test_without_its_key_nothing_opens(keys):
    sealed = seal(TEXT)
    keys(NEW)

    with pytest.raises(CannotOpen) as error:
        open_sealed(sealed)

    assert error.value.key_id == key_id(OLD)


@pytest.mark.parametrize(
    "damage",
    [
        lambda sealed: sealed[:-5],
        lambda sealed: sealed.replace(key_id(OLD), "00000000"),
        lambda sealed: sealed.removeprefix("sealed:"),
        lambda sealed: TEXT,
        lambda sealed: "sealed:",
    ],
    ids=["cut", "other key", "no mark", "plain", "mark alone"],
)
def test_damaged_text_is_never_taken_for_text(keys, damage):
    sealed = damage(seal(TEXT))

    with pytest.raises(CannotOpen):
        open_sealed(sealed)


def test_a_keys_name_does_not_tell_the_key():
    assert key_id(OLD) not in OLD
    assert len(key_id(OLD)) == 8
    assert key_id(OLD) != key_id(NEW)


@pytest.mark.parametrize("text", [f"{NEW},{OLD}", f"{NEW}, {OLD}", f"{NEW}\n{OLD}\n"])
def test_keys_are_read_in_their_order(text):
    assert read_keys(text) == [NEW, OLD]


@pytest.mark.parametrize("text", ["change-me", NEW[:-3], f"{NEW},short", "ключ"])
def test_what_is_no_key_is_refused_with_an_example(text):
    with pytest.raises(ImproperlyConfigured) as error:
        read_keys(text)

    assert "SEALING_KEYS must hold keys of 32 random bytes" in str(error.value)
    assert "openssl rand -base64 32" in str(error.value)
    assert text not in str(error.value)


def test_a_development_site_makes_its_own_key_for_its_user_alone(tmp_path):
    folder = tmp_path / "data"

    first, second = own_key(folder), own_key(folder)

    assert first == second == (folder / "sealing-key").read_text().strip()
    assert read_keys(first) == [first]
    assert stat.S_IMODE((folder / "sealing-key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["sealing-key"]


def test_a_folder_that_cannot_be_used_is_named(tmp_path):
    file = tmp_path / "data"
    file.write_text("not a folder")

    with pytest.raises(ImproperlyConfigured, match="DATA_DIR names .*, where no key can be kept"):
        own_key(file)


@pytest.mark.django_db
class TestChecks:
    @pytest.fixture(autouse=True)
    def empty(self):
        SealingCheck.objects.all().delete()

    def known(self):
        return sorted(SealingCheck.objects.values_list("key_id", flat=True))

    def test_the_first_key_is_noted_once(self, keys):
        SealingCheck.objects.check_keys()
        SealingCheck.objects.check_keys()

        assert self.known() == key_ids() == [key_id(OLD)]

    def test_a_wrong_key_is_refused_and_changes_nothing(self, keys):
        SealingCheck.objects.check_keys()
        keys(NEW)

        with pytest.raises(ImproperlyConfigured) as error:
            SealingCheck.objects.check_keys()

        assert str(error.value) == (
            f"SEALING_KEYS lacks the key {key_id(OLD)}, with which texts in the database are "
            f"sealed; it names {key_id(NEW)}. Put the missing key behind the others, from where "
            "its copy is kept. Nothing was changed."
        )
        assert self.known() == [key_id(OLD)]

    def test_a_new_key_is_noted_beside_the_old_one(self, keys):
        SealingCheck.objects.check_keys()
        keys(NEW, OLD)

        SealingCheck.objects.check_keys()

        assert self.known() == sorted([key_id(OLD), key_id(NEW)])

    def test_readyz_says_that_a_key_is_missing_and_not_which(self, keys, client):
        SealingCheck.objects.check_keys()
        ready = client.get("/readyz").status_code
        keys(NEW)

        answer = client.get("/readyz")

        assert (ready, answer.status_code) == (200, 503)
        assert answer.json()["reason"] == "A key with which texts are sealed is missing."
