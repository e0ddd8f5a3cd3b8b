"""What a short answer may not hold. One class a rule; every script passes."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible

# Of no width, or turning the direction of what follows: a name with them is not what it seems.
HIDDEN = set("\u200b\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters and symbols that are drawn as nothing.
BLANK = set("\u115f\u1160\u2800\u3164\uffa0")


# Endings that mail programs make a link of, beside the two letters of each country.
ENDINGS = """
    app art asia best bid biz blog bond buzz cam cat cfd click cloud club com cyou dev digital edu
    email fit fun fyi global gov group help icu info ink int jobs life link live loan lol love ltd
    mil mobi monster name net news online org page party pics press pro quest rest review rocks run
    sbs shop site space store stream studio support team tech tel tips today top travel vip website
    wiki win work world wtf xyz zip zone рф укр бел қаз срб مصر भारत 中国 中國 公司 网址 网络 한국
"""
# "St.John" and "J.Li" are names: what follows the dot is no such ending, or before it is an initial.
WEB_ADDRESS = re.compile(
    rf"""
    :[/\\]{{2}} | \b(?:https?|mailto): | \bwww\d?\.\w  # https://evil, www.evil
    | \w\.\w[\w-]*(?::\d+)?[/\\]  # evil.com/x
    | \w\.(?:{"|".join(ENDINGS.split())})(?![\w-])  # evil.com
    | [\w-]{{2}}\.(?:[a-z]{{2}}|xn--[\w-]+)(?![\w-])  # evil.de
    """,
    re.VERBOSE,
)
# What browsers take for a dot, beside what NFKC makes one.
DOTS = str.maketrans("\u3002", ".")
# No answer in a line is as long. Unicode can take minutes to put a million accents in order.
LONGEST_LINE = 1000


@deconstructible
class NoWebAddress:
    """Refuse what a mail program would make a link of: the answer called `what` stands in mails.

    Whoever types somebody else's address could else have the clinic send them any link.
    """

    def __init__(self, what: str) -> None:
        self.what = what

    def __call__(self, value: str) -> None:
        seen = "".join(c for c in value[:LONGEST_LINE] if unicodedata.category(c) != "Cf")
        if WEB_ADDRESS.search(unicodedata.normalize("NFKC", seen).translate(DOTS).lower()):
            raise ValidationError(
                f"Write {self.what} without a web or email address. "
                "If it has a dot, put a space after the dot, as in “St. John”.",
                code="web_address",
            )


@deconstructible
class OneLine:
    """Refuse line breaks and characters without a shape; every script and emoji passes.

    `what` is the answer's name in the message. Joiners stay: scripts and emoji are built with them. NUL has Django's own check.
    """

    def __init__(self, what: str) -> None:
        self.what = what

    def __call__(self, value: str) -> None:
        if any(
            (unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} and character != "\0")
            or character in HIDDEN
            for character in value
        ):
            raise ValidationError(
                f"Write {self.what} on one line, without line breaks or hidden characters.",
                code="one_line",
            )


@deconstructible
class OneSpelling:
    """Refuse letters by which an address could pass for another one, and those that cannot be seen.

    PostgreSQL takes a Kelvin sign for a K, and would find visits under an address that is not theirs.
    In quotes there are countless ways to write each address, and as many times to be mailed.
    """

    def __call__(self, value: str) -> None:
        if '"' in value or any(
            unicodedata.category(one) == "Cf"
            or unicodedata.normalize("NFKC", one) != one
            or (not one.isascii() and one.lower()[0].isascii())
            for one in value
        ):
            raise ValidationError("Enter an email address like name@example.com.", code="invalid")


@deconstructible
class Visible:
    """Refuse text in which nothing can be seen."""

    def __call__(self, value: str) -> None:
        visible = (character for character in value if character not in BLANK)
        if not any(unicodedata.category(character)[0] in "LNPS" for character in visible):
            raise ValidationError("Enter your full name.", code="required")


@deconstructible
class AtMost:
    """Refuse the answer called `what` over `limit` characters, and say by how many."""

    def __init__(self, limit: int, what: str) -> None:
        self.limit = limit
        self.what = what

    def __call__(self, value: str) -> None:
        over = len(value) - self.limit
        if over > 0:
            characters = "character" if over == 1 else "characters"
            raise ValidationError(
                f"Shorten {self.what} by {over:,} {characters}. The limit is {self.limit:,}.",
                code="max_length",
            )
