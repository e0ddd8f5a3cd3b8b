from datetime import datetime

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils import timezone

from clinic.sealing import PROOF, CannotOpen, key_ids, open_sealed, seal


class SealingCheckManager(models.Manager["SealingCheck"]):
    is_checked = False
    """Whether this process has seen that its keys open what is stored."""

    def check_keys(self) -> None:
        """Note the first key if it is new. Raises ImproperlyConfigured if a key is missing.

        Nothing is changed then: a wrong key never seals beside what only the right one opens.
        """
        known = {check.key_id: check for check in self.all()}
        ours = key_ids()
        missing = [one for one, check in known.items() if one not in ours or not check.opens()]
        for one in [one for one in missing if known[one].retired_at and not _is_used(one)]:
            missing.remove(one)
            known.pop(one).delete()
        if missing:
            raise ImproperlyConfigured(
                f"SEALING_KEYS lacks the key {', '.join(sorted(missing))}, with which texts in the "
                f"database are sealed; it names {', '.join(ours)}. Put the missing key behind the "
                "others, from where its copy is kept. Nothing was changed."
            )
        if ours[0] not in known:
            # Two processes may begin at once.
            self.bulk_create([self.model(key_id=ours[0], proof=seal(PROOF))], ignore_conflicts=True)

    def check_once(self) -> None:
        """Check the keys before this process seals for the first time."""
        if not SealingCheckManager.is_checked:
            self.check_keys()
            SealingCheckManager.is_checked = True

    def retire(self, key_id: str, *, now: datetime) -> None:
        """Let a key go with which nothing is sealed any more.

        A process that was started before the new key was there may use it once more: so whether
        that is still true is asked again when the key is missing.
        """
        self.filter(key_id=key_id).update(retired_at=now)


class SealingCheck(models.Model):
    """A key that sealed something here, and a sentence sealed with it: does it still open?"""

    key_id = models.CharField(max_length=8, primary_key=True)
    proof = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = SealingCheckManager()

    class Meta:
        ordering = ["made_at"]

    def __str__(self) -> str:
        return self.key_id

    def opens(self) -> bool:
        """Say whether the key that we have under this name opens what it sealed."""
        try:
            return open_sealed(self.proof) == PROOF
        except CannotOpen:
            return False


def _is_used(key_id: str) -> bool:
    """Say whether any text is sealed with the key. Reads all of them."""
    from clinic.sealed_field import sealed_with  # The field itself needs this file.

    return any(rows.exists() for rows in sealed_with(key_id))
