"""No revision that lacks what the gate or a page asks for, down to every value.

One shape a kind of article takes the place of the rules for types and for fixed words. The rules hold
from now on: older revisions stay, and those that are still to appear can be withdrawn.
"""

from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from conditions.models.revision import DocumentFits, DocumentHolds

LETTERS = (
    r"0-9A-Za-z\u00aa\u00b2\u00b3\u00b5\u00b9\u00ba\u00bc-\u1fff\u2070-\u218f\u2460-\u2dff\u2e2f"
    r"\u3005-\ufdff\ufe70-\ufefe\uff10-\u{10ffff}"
)
WORDLESS = rf"([^{LETTERS}]|<[^>]*>|&(nbsp|amp|lt|gt|quot|#[0-9A-Za-z]+);)*"
NO_HEADING = "((?!<h[1-6]).)*"
WRONG_HEADING = (
    f"<h[12]|^{NO_HEADING}<h[4-6]|<h3{NO_HEADING}<h[56]|<h4{NO_HEADING}<h6"
    f"|<h[1-6][^>]*>{WORDLESS}</h[1-6]>"
)


def has_words(path):
    return f'exists({path} ? (!(@ like_regex "^{WORDLESS}$" flag "s")))'


def has_section(about):
    return f"exists($.sections[*] ? (({about}) && {has_words('@.body')}))"


def texts(names):
    return dict.fromkeys(names.split(), TEXT)


def one_of(words):
    return f'{TEXT} && this like_regex "^({words})$"'


TEXT = 'this.type() == "string"'
NUMBER = 'this.type() == "number" && this >= -1000000000 && this <= 1000000000'
NUMBER_OR_NONE = f"(({NUMBER}) || this == null)"
YES_OR_NO = 'this.type() == "boolean"'
WORDS = f"{TEXT} && {has_words('this')}"
ASPECT = one_of(
    "overview|symptoms|causes|outlook|see_doctor|self_care|prevention|usual_care|tradition"
    "|what_happens|how_chosen|may_help|treatments|risks|remedies|points|visit"
)
CARE_LEVELS = "emergency|urgent|see_doctor"
EVIDENCE = "against|none_found|traditional_only|very_low|low|moderate|high"

CLAIM = {"text": TEXT, "level": one_of(EVIDENCE), "sources": [TEXT]}
CAUTION = {
    **texts("with_what effect"),
    "with_kind": one_of("medicine_class|medicine|condition|pregnancy|surgery|allergy|general"),
    "advice": one_of("avoid|ask_first|space_doses"),
    "basis": one_of("|trial|case_report|label|theoretical|traditional"),
    "medicine_classes?": [{**texts("slug name"), "names": [TEXT]}],
    "sources": [TEXT],
}
AMOUNT = {
    **texts("label unit per"),
    "low": NUMBER,
    "high": NUMBER_OR_NONE,
    "sources": [TEXT],
}
REMEDY = {
    **texts("slug name latin_name part_used who_code other_code pinyin english_name level_with"),
    **texts("location over_lung tradition amounts note"),
    **texts("forms? pregnancy? allergy_family? no_cautions_signed_by?"),
    "kind": one_of("herb|food|nutrient|acupoint"),
    "is_offered?": YES_OR_NO,
    "midline_cun": NUMBER_OR_NONE,
    "amount_rows?": [AMOUNT],
    "cautions": [CAUTION],
}
SECTION = {
    "aspect": ASPECT,
    "heading": WORDS,
    "body": f'{TEXT} && !(this like_regex "{WRONG_HEADING}" flag "s")',
}
IMAGE = {
    **texts("alt caption credit"),
    "aspect": ASPECT,
    "name": f'{TEXT} && this like_regex "^[0-9a-f]{{40}}$"',
    "width": f"{NUMBER} && this >= 400",
    "height": f"{NUMBER} && this >= 1",
    "is_decorative": YES_OR_NO,
}
RED_FLAG = {
    **texts("code label qualifier lowered_by?"),
    "statement": WORDS,
    "question": WORDS,
    "level": one_of(CARE_LEVELS),
    "own_level": one_of(f"|{CARE_LEVELS}"),
    "version": NUMBER,
    "is_global": YES_OR_NO,
    "is_linked?": YES_OR_NO,
}
OFFER = {
    **texts("treatment title"),
    "claims": [CLAIM],
    "cautions": [CAUTION],
    "remedies": [{**REMEDY, "claims": [CLAIM]}],
}
ARTICLE = {
    **texts("title summary lede author?"),
    "sections": [SECTION],
    "images?": [IMAGE],
    "glossary?": [{**texts("term definition"), "forms": [TEXT]}],
    "sources": [{**texts("key title publisher url identifier"), "year": NUMBER_OR_NONE}],
}
CONDITION = {
    "kind": one_of("symptom|condition"),
    "body_area": one_of(
        "muscles_nerves|head|neck_back|arms_hands|legs_feet|chest|belly|skin|sleep_mood|whole_body"
    ),
    "names": [TEXT],
    "synonyms?": [TEXT],
    "no_emergency?": texts("reason signed_by"),
    "red_flags": [RED_FLAG],
    "self_care": [
        {**texts("title text"), "kind": one_of("do|dont|now"), "level": one_of(f"|{EVIDENCE}")}
    ],
    "offers": [OFFER],
    "related?": [{**texts("slug question text"), "kind": one_of("confused|related")}],
}
TREATMENT = {
    "position?": f"{NUMBER} && this == this.floor()",
    "red_flags?": [RED_FLAG],
    "may_help": [{"label": TEXT, **CLAIM}],
    "cautions": [CAUTION],
    "remedies": [REMEDY],
}

UNSOURCED = (
    '? (((@.level == "against" || @.level == "high" || @.level == "low" || @.level == "moderate"'
    ' || @.level == "very_low") && @.sources.size() == 0)'
    " || exists(@.sources[*] ? (!(@ == $.sources[*].key))))"
)
UNCAUTIOUS = f"? (@.cautions.size() == 0 && !{has_words('@.no_cautions_signed_by')})"

WITHDRAWN = models.Q(withdrawn_at__isnull=False)
RULES = {
    WITHDRAWN: {
        "has_words": f"strict {has_words('$.title')} && {has_words('$.summary')}",
        "review_is_due": (
            'strict $.review_due_on like_regex "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"'
            ' && $.review_due_on.datetime().type() == "date"'
        ),
        "images_are_described": (
            f"!exists($.images[*] ? (!(@.is_decorative == true) && !{has_words('@.alt')}))"
        ),
        "well_formed": ARTICLE,
    },
    WITHDRAWN | models.Q(condition__isnull=True): {
        "has_overview": has_section('@.aspect == "overview"'),
        "has_self_care": (
            f"exists($.self_care[*] ? ({has_words('@.text')}))"
            f" || {has_section('@.aspect == "self_care"')}"
        ),
        "has_emergency": (
            'exists($.red_flags[*] ? (@.level == "emergency" && !(@.is_linked == false)))'
            f" || ({has_words('$.no_emergency.reason')} && {has_words('$.no_emergency.signed_by')})"
        ),
        "claims_have_sources": f"!exists($.offers.**.claims[*] {UNSOURCED})",
        "remedies_have_cautions": f"!exists($.offers[*].remedies[*] {UNCAUTIOUS})",
        "well_formed_condition": CONDITION,
    },
    WITHDRAWN | models.Q(treatment__isnull=True): {
        "has_what_happens": has_section('@.aspect == "overview" || @.aspect == "what_happens"'),
        "may_help_has_sources": f"!exists($.may_help[*] {UNSOURCED})",
        "uses_have_cautions": f"!exists($.remedies[*] {UNCAUTIOUS})",
        "well_formed_treatment": TREATMENT,
    },
}
NEW = {"has_what_happens"}
GONE = ["words_are_known", "words_of_condition_are_known", "words_of_treatment_are_known"]


def add(name, rule, unless):
    holds = DocumentHolds(rule) if isinstance(rule, str) else DocumentFits(rule)
    constraint = models.CheckConstraint(
        condition=unless | models.Q(holds),
        name=f"conditions_revision_{name}",
        violation_error_code=name,
        violation_error_message="A revision holds all that a page needs.",
    )
    return AddConstraintNotValid(model_name="revision", constraint=constraint)


class Migration(migrations.Migration):
    dependencies = [
        ("conditions", "0013_no_emergency_of_its_own"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *(
            migrations.RemoveConstraint(model_name="revision", name=f"conditions_revision_{name}")
            for name in [*GONE, *(name for rules in RULES.values() for name in rules)]
            if name not in NEW
        ),
        *(
            add(name, rule, unless)
            for unless, rules in RULES.items()
            for name, rule in rules.items()
        ),
    ]
