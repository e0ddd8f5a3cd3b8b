"""What PostgreSQL itself demands of every document that is published from now on.

A rule is a jsonpath that holds for the document, or a shape that the document has. A shape is an
object with a shape for each name; what stands under "name?" may be missing, as editions of before
lack it. `[a shape]` is a list of such parts, and a text a jsonpath in which `this` is the part.
"""

from typing import Any

from conditions.evidence import NEEDS_SOURCE, EvidenceLevel

from .red_flag import CareLevel
from .words import (
    ArticleKind,
    Aspect,
    BodyArea,
    CautionAdvice,
    CautionBasis,
    CautionKind,
    RelatedKind,
    RemedyKind,
    SelfCareKind,
)

type Shape = dict[str, Any]
type Rules = dict[str, str | Shape]

# Letters and digits, named here because not every database's locale knows them. No word that
# `rich_text.has_words` finds is missed; a few signs that it passes over count as words.
_LETTERS = (
    r"0-9A-Za-z\u00aa\u00b2\u00b3\u00b5\u00b9\u00ba\u00bc-\u1fff\u2070-\u218f\u2460-\u2dff\u2e2f"
    r"\u3005-\ufdff\ufe70-\ufefe\uff10-\u{10ffff}"
)
# A text of which a reader would see none: other signs, tags, and what HTML writes for some signs.
WORDLESS = rf"([^{_LETTERS}]|<[^>]*>|&(nbsp|amp|lt|gt|quot|#[0-9A-Za-z]+);)*"


def _has_words(path: str) -> str:
    """Return that there is a text, and a reader would see a letter or a digit of it."""
    return f'exists({path} ? (!(@ like_regex "^{WORDLESS}$" flag "s")))'


_TEXT = 'this.type() == "string"'
# Not so large that Python or a page cannot hold it.
_NUMBER = 'this.type() == "number" && this >= -1000000000 && this <= 1000000000'
_NUMBER_OR_NONE = f"(({_NUMBER}) || this == null)"
_YES_OR_NO = 'this.type() == "boolean"'
_WORDS = f"{_TEXT} && {_has_words('this')}"


def _texts(names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), _TEXT)


def _one_of(values: list[str]) -> str:
    return f'{_TEXT} && this like_regex "^({"|".join(values)})$"'


# The section's own heading is of the second level. One that skips a level, or has no words:
_NO_HEADING = "((?!<h[1-6]).)*"
_WRONG_HEADING = (
    f"<h[12]|^{_NO_HEADING}<h[4-6]|<h3{_NO_HEADING}<h[56]|<h4{_NO_HEADING}<h6"
    f"|<h[1-6][^>]*>{WORDLESS}</h[1-6]>"
)

_CLAIM = {"text": _TEXT, "level": _one_of(EvidenceLevel.values), "sources": [_TEXT]}
_CAUTION = {
    **_texts("with_what effect"),
    "with_kind": _one_of(CautionKind.values),
    "advice": _one_of(CautionAdvice.values),
    "basis": _one_of(["", *CautionBasis.values]),
    "medicine_classes?": [{**_texts("slug name"), "names": [_TEXT]}],
    "sources": [_TEXT],
}
_AMOUNT = {
    **_texts("label unit per"),
    "low": _NUMBER,
    "high": _NUMBER_OR_NONE,
    "sources": [_TEXT],
}
_REMEDY = {
    **_texts("slug name latin_name part_used who_code other_code pinyin english_name level_with"),
    **_texts("location over_lung tradition amounts note"),
    **_texts("forms? pregnancy? allergy_family? no_cautions_signed_by?"),
    "kind": _one_of(RemedyKind.values),
    "is_offered?": _YES_OR_NO,
    "midline_cun": _NUMBER_OR_NONE,
    "amount_rows?": [_AMOUNT],
    "cautions": [_CAUTION],
}
_SECTION = {
    "aspect": _one_of(Aspect.values),
    "heading": _WORDS,
    "body": f'{_TEXT} && !(this like_regex "{_WRONG_HEADING}" flag "s")',
}
_IMAGE = {
    **_texts("alt caption credit"),
    "aspect": _one_of(Aspect.values),
    # As the addresses of its copies have it; a narrower picture has none.
    "name": f'{_TEXT} && this like_regex "^[0-9a-f]{{40}}$"',
    "width": f"{_NUMBER} && this >= 400",
    "height": f"{_NUMBER} && this >= 1",
    "is_decorative": _YES_OR_NO,
}
_RED_FLAG = {
    **_texts("code label qualifier lowered_by?"),
    "statement": _WORDS,
    "question": _WORDS,
    "level": _one_of(CareLevel.values),
    "own_level": _one_of(["", *CareLevel.values]),
    "version": _NUMBER,
    "is_global": _YES_OR_NO,
    "is_linked?": _YES_OR_NO,
}
_SELF_CARE = {
    **_texts("title text"),
    "kind": _one_of(SelfCareKind.values),
    "level": _one_of(["", *EvidenceLevel.values]),
}
_OFFER = {
    **_texts("treatment title"),
    "claims": [_CLAIM],
    "cautions": [_CAUTION],
    "remedies": [{**_REMEDY, "claims": [_CLAIM]}],
}
_ARTICLE = {
    **_texts("title summary lede author?"),
    "sections": [_SECTION],
    "images?": [_IMAGE],
    "glossary?": [{**_texts("term definition"), "forms": [_TEXT]}],
    "sources": [{**_texts("key title publisher url identifier"), "year": _NUMBER_OR_NONE}],
}
_CONDITION = {
    "kind": _one_of(ArticleKind.values),
    "body_area": _one_of(BodyArea.values),
    "names": [_TEXT],
    "synonyms?": [_TEXT],
    "no_emergency?": _texts("reason signed_by"),
    "red_flags": [_RED_FLAG],
    "self_care": [_SELF_CARE],
    "offers": [_OFFER],
    "related?": [{**_texts("slug question text"), "kind": _one_of(RelatedKind.values)}],
}
_TREATMENT = {
    "position?": f"{_NUMBER} && this == this.floor()",
    "red_flags?": [_RED_FLAG],
    "may_help": [{"label": _TEXT, **_CLAIM}],
    "cautions": [_CAUTION],
    "remedies": [_REMEDY],
}

_LEVELS = " || ".join(f'@.level == "{level}"' for level in sorted(NEEDS_SOURCE))
_UNSOURCED = (
    f"? ((({_LEVELS}) && @.sources.size() == 0)"
    " || exists(@.sources[*] ? (!(@ == $.sources[*].key))))"
)
_UNCAUTIOUS = f"? (@.cautions.size() == 0 && !{_has_words('@.no_cautions_signed_by')})"


def _has_section(*aspects: str) -> str:
    """Return that one of these has words."""
    about = " || ".join(f'@.aspect == "{aspect}"' for aspect in aspects)
    return f"exists($.sections[*] ? (({about}) && {_has_words('@.body')}))"


FOR_ALL: Rules = {
    "has_words": f"strict {_has_words('$.title')} && {_has_words('$.summary')}",
    "review_is_due": (
        r'strict $.review_due_on like_regex "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"'
        ' && $.review_due_on.datetime().type() == "date"'
    ),
    "images_are_described": (
        f"!exists($.images[*] ? (!(@.is_decorative == true) && !{_has_words('@.alt')}))"
    ),
    "well_formed": _ARTICLE,
}
FOR_CONDITIONS: Rules = {
    "has_overview": _has_section("overview"),
    "has_self_care": f"exists($.self_care[*] ? ({_has_words('@.text')})) || {_has_section('self_care')}",
    # One that the article links: the clinic-wide ones are in every article.
    "has_emergency": (
        'exists($.red_flags[*] ? (@.level == "emergency" && !(@.is_linked == false)))'
        f" || ({_has_words('$.no_emergency.reason')} && {_has_words('$.no_emergency.signed_by')})"
    ),
    "claims_have_sources": f"!exists($.offers.**.claims[*] {_UNSOURCED})",
    "remedies_have_cautions": f"!exists($.offers[*].remedies[*] {_UNCAUTIOUS})",
    "well_formed_condition": _CONDITION,
}
FOR_TREATMENTS: Rules = {
    "has_what_happens": _has_section("overview", "what_happens"),
    "may_help_has_sources": f"!exists($.may_help[*] {_UNSOURCED})",
    "uses_have_cautions": f"!exists($.remedies[*] {_UNCAUTIOUS})",
    "well_formed_treatment": _TREATMENT,
}
