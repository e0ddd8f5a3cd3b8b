"""Explains a word of the glossary where an article first uses it."""

import re
from collections.abc import Iterable, Mapping
from html import escape, unescape
from typing import Any

# A tag, whose attributes may hold a ">" inside their quotes, or the words up to the next tag.
_TAG_OR_TEXT = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9]*)(?:"[^"]*"|'[^']*'|[^"'>])*>|[^<]+|<""")
# A control cannot stand inside another one, and a heading is for finding one's way.
_LEFT_ALONE = frozenset({"a", "button", "summary", "h1", "h2", "h3", "h4", "h5", "h6"})


class Glossary:
    """The terms of one page while it is drawn; it remembers which ones it has explained."""

    def __init__(self, entries: Iterable[Mapping[str, Any]]) -> None:
        # PostgreSQL sorts capital letters first, people do not.
        self.entries = tuple(sorted(entries, key=lambda entry: entry["term"].casefold()))
        self._explained: set[int] = set()
        self._by_form = {
            form.casefold(): number
            for number, entry in enumerate(self.entries, start=1)
            for form in (entry["term"], *entry["forms"])
        }
        # The longest first, so that "benign fasciculation syndrome" is one term and not a part.
        forms = "|".join(re.escape(form) for form in sorted(self._by_form, key=len, reverse=True))
        # Without any term it must find nothing at all.
        self._pattern = re.compile(rf"(?<!\w)(?:{forms or '(?!)'})(?!\w)", re.IGNORECASE)

    def explain(self, html: str) -> str:
        """Return clean HTML with a button at each term's first use on the page, and its meaning.

        Texts have to come in the order of the page. Words in links, buttons and headings are
        left alone; what the glossary says is escaped.
        """
        if len(self._explained) == len(self.entries):
            return html
        pieces = []
        inside = 0
        for piece in _TAG_OR_TEXT.finditer(html):
            closes, tag = piece[1], piece[2]
            if tag and tag.lower() in _LEFT_ALONE:
                inside += -1 if closes else 1
            pieces.append(piece[0] if tag or inside else self._explain_text(piece[0]))
        return "".join(pieces)

    def _explain_text(self, text: str) -> str:
        """Return escaped text with its first uses explained; text without any comes back as is."""
        words = unescape(text)
        pieces = []
        end = 0
        for found in self._pattern.finditer(words):
            number = self._by_form.get(found[0].casefold())
            if number is None or number in self._explained:
                continue
            self._explained.add(number)
            pieces += [escape(words[end : found.start()]), self._button(number, found[0])]
            end = found.end()
        return "".join([*pieces, escape(words[end:])]) if pieces else text

    def _button(self, number: int, word: str) -> str:
        entry = self.entries[number - 1]
        term, definition = entry["term"], entry["definition"]
        shown = term[:1].upper() + term[1:]
        return (
            f'<button class="term" type="button" popovertarget="term-{number}">{escape(word)}</button>'
            f'<span class="term__note" id="term-{number}" popover>'
            f"<strong>{escape(shown)}</strong> {escape(definition)}</span>"
        )
