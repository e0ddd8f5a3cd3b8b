"""The signed proof that this browser passed the red-flag questions. It names no symptom."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing

from conditions.models import CareLevel
from conditions.red_flags import FlagSet, Outcome

PASS_COOKIE = "screening"  # noqa: S105 - the name of a cookie
PASS_LASTS = timedelta(hours=24)
# By how much the clock of the web server that issued a pass may be ahead of the one that reads it.
CLOCKS_DIFFER = timedelta(minutes=5)
NO_FLAG = "none"
SALT = "booking.screening"


@dataclass(frozen=True)
class ScreeningPass:
    """What was asked and how it ended. `outcome` is a `CareLevel` value or "none"."""

    condition: str
    ruleset: str
    outcome: str
    screened_at: datetime


def issue_pass(flag_set: FlagSet, outcome: Outcome, *, now: datetime) -> str:
    """Return the value for the cookie. Raises ValueError for an emergency: there is no pass."""
    if outcome.level == CareLevel.EMERGENCY:
        raise ValueError("an emergency gets no pass")
    return signing.dumps(
        {
            "condition": flag_set.condition,
            "ruleset": outcome.ruleset,
            "outcome": outcome.level or NO_FLAG,
            "screened_at": now.timestamp(),
        },
        salt=SALT,
    )


def read_pass(value: str | None, *, flag_set: FlagSet, now: datetime) -> ScreeningPass | None:
    """Return the pass, or None if it does not hold for these questions now.

    It holds for 24 hours, for the same article, and as long as the questions stay the same.
    """
    try:
        claims = signing.loads(value or "", salt=SALT)
    except signing.BadSignature:
        return None
    screened_at = datetime.fromtimestamp(claims["screened_at"], tz=now.tzinfo)
    is_current = (
        claims["condition"] == flag_set.condition
        and claims["ruleset"] == flag_set.ruleset
        and screened_at - CLOCKS_DIFFER <= now < screened_at + PASS_LASTS
    )
    if not is_current:
        return None
    return ScreeningPass(
        condition=claims["condition"],
        ruleset=claims["ruleset"],
        outcome=claims["outcome"],
        screened_at=screened_at,
    )
