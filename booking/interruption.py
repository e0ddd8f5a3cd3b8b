"""What somebody types into a form may name a red flag: its card then interrupts them, once.

It can only add caution: it changes neither what the questions gave nor what is stored.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass

from conditions.red_flags import Flag, Vocabulary, flags_named_in, read_vocabulary

logger = logging.getLogger(__name__)

_CODE = re.compile(r"[a-z0-9._-]+")


@dataclass(frozen=True)
class Interruption:
    """The flags to show now, and the codes of all that this form has shown by then."""

    flags: tuple[Flag, ...]
    shown: str
    """For the form's hidden field. Forging it skips no more than the person may skip."""

    @property
    def crises(self) -> list[Flag]:
        """What the crisis line comes first for."""
        return [flag for flag in self.flags if flag.is_crisis]

    @property
    def emergencies(self) -> list[Flag]:
        """What to call the emergency number for."""
        return [flag for flag in self.flags if flag.is_emergency and not flag.is_crisis]

    @property
    def today(self) -> list[Flag]:
        """What must be seen today."""
        return [flag for flag in self.flags if not flag.is_emergency and not flag.is_crisis]


def find_interruption(
    text: str, *, shown: str, vocabulary: Callable[[], Vocabulary] = read_vocabulary
) -> Interruption | None:
    """Return the flags that the text names and that `shown`, of an earlier one, does not.

    `vocabulary` is for whoever has read it already.
    """
    seen = set(_CODE.findall(shown))
    try:
        flags = flags_named_in(text, heeds_denials=True, vocabulary=vocabulary)
    except Exception:
        # The questions were asked before, and their answers hold: a booking goes on without this.
        logger.exception("what was typed could not be looked through for red flags")
        return None
    new = tuple(flag for flag in flags if flag.code not in seen)
    codes = sorted(seen.union(flag.code for flag in new))
    return Interruption(flags=new, shown=" ".join(codes)) if new else None
