"""The levels of the starter content, row by row: none changes unless somebody means it.

The tables say what the project's list of clinical facts says, in its order.
"""

import pytest

from conditions.models import RedFlag, Revision

EMERGENCY, TODAY, DAYS = "emergency", "urgent", "see_doctor"

EVERYWHERE = {
    "face.droop",
    "weakness.one_side",
    "speech.slurred",
    "vision.sudden_loss",
    "balance.sudden_loss",
    "chest.pain",
    "breathing.trouble",
    "fainting.seizure",
    "headache.worst_sudden",
    "bleeding.heavy",
    "suicide.thoughts",
}
OWN = {
    "spasms-and-twitches": {
        "movement.paralysis": EMERGENCY,
        "fever.high_with_stiffness": EMERGENCY,
        "jaw.locked_or_throat_spasm": EMERGENCY,
        "jerking.unaware": EMERGENCY,
        "chest.cramping": EMERGENCY,
        "pregnancy.headache_or_swelling": EMERGENCY,
        "weakness.new": TODAY,
        "cramps.after_fluid_loss": TODAY,
        "urine.dark_with_muscle_pain": TODAY,
        "calf.swollen": TODAY,
        "mouth.tingling_with_hand_spasm": TODAY,
        "spasm.after_new_medicine": TODAY,
        "twitch.over_two_weeks": DAYS,
        "muscle.stiff_or_thin": DAYS,
        "leg_cramp.walking": DAYS,
        "medicine.possible_cause": DAYS,
        "cramps.not_eased": DAYS,
        "eyelid.closing": DAYS,
    },
    "migraine": {
        "headache.confusion": EMERGENCY,
        "fever.with_headache_or_neck_pain": EMERGENCY,
        "headache.after_injury": EMERGENCY,
        "aura.first_with_weakness": EMERGENCY,
        "pregnancy.headache_with_vision": EMERGENCY,
        "headache.new_over_fifty": TODAY,
        "headache.with_weak_immunity": TODAY,
        "headache.worse_lying_down": TODAY,
        "eye.red_painful": TODAY,
        "headache.new_pattern": DAYS,
        "headache.over_four_days": DAYS,
        "pain_pills.over_two_days": DAYS,
        "headache.not_eased": DAYS,
    },
    "sciatica": {
        "saddle.numb": EMERGENCY,
        "bladder.control_lost": EMERGENCY,
        "legs.both": EMERGENCY,
        "sexual_feeling.sudden_loss": EMERGENCY,
        "back.after_injury": EMERGENCY,
        "leg.cold_pale": EMERGENCY,
        "belly.tearing_pain": EMERGENCY,
        "foot.drop": TODAY,
        "spine.fever_or_injected_drugs": TODAY,
        "spine.weak_immunity": TODAY,
        "spine.cancer_or_weight_loss": TODAY,
        "spine.night_pain": TODAY,
        "pain.not_better_after_weeks": DAYS,
    },
    "neck-pain": {
        "neck.after_injury": EMERGENCY,
        "fever.with_headache_or_neck_pain": EMERGENCY,
        "neck.sudden_severe": EMERGENCY,
        "heart.jaw_neck_or_arm_pain": EMERGENCY,
        "weakness.arms_and_legs": EMERGENCY,
        "spinal_cord.pressure": TODAY,
        "spine.fever_or_injected_drugs": TODAY,
        "spine.cancer_or_weight_loss": TODAY,
        "arm.growing_weakness": TODAY,
        "neck.over_six_weeks": DAYS,
        "arm.pain_or_numbness": DAYS,
    },
    "insomnia": {
        "withdrawal.confusion_or_shaking": EMERGENCY,
        "sleep.none_with_high_energy": TODAY,
        "sleep.at_the_wheel": TODAY,
        "sleep.over_three_months": DAYS,
        "sleep.snoring_with_pauses": DAYS,
        "mood.low": DAYS,
        "sleep.pills_or_alcohol": DAYS,
    },
    "jaw-pain": {
        "heart.jaw_neck_or_arm_pain": EMERGENCY,
        "jaw.locked_or_throat_spasm": EMERGENCY,
        "swelling.with_breathing_trouble": EMERGENCY,
        "jaw.stuck": TODAY,
        "fever.with_swollen_face": TODAY,
        "headache.new_over_fifty": TODAY,
        "jaw.over_three_weeks": DAYS,
        "face.numb_area": DAYS,
        "jaw.lump": DAYS,
        "tooth.pain": DAYS,
    },
    "restless-legs": {
        "leg.sudden_weakness": EMERGENCY,
        "leg.swollen_with_breathing_trouble": EMERGENCY,
        "bladder.control_lost": EMERGENCY,
        "calf.swollen": TODAY,
        "rls.most_nights": DAYS,
        "rls.pregnant_or_kidney_disease": DAYS,
        "medicine.possible_cause": DAYS,
        "rls.urges_on_medicine": DAYS,
    },
    "carpal-tunnel": {
        "hand.sudden_with_stroke_signs": EMERGENCY,
        "hand.cold_after_injury": EMERGENCY,
        "hand.hot_with_fever": TODAY,
        "hand.growing_weakness": TODAY,
        "hands.both_with_neck_pain": TODAY,
        "hand.numb_all_the_time": DAYS,
        "thumb.thinning": DAYS,
        "hand.drops_things": DAYS,
        "hand.over_six_weeks": DAYS,
    },
}
# For no condition: whoever searches for one sees it, and acupuncture's page opens with the first.
ALONE = {"needles.chest_pain": EMERGENCY, "poisoning.overdose": EMERGENCY}

pytestmark = [pytest.mark.usefixtures("starter"), pytest.mark.django_db]


def document_of(**article):
    return Revision.objects.get(**article).document


@pytest.mark.parametrize(("slug", "own"), OWN.items())
def test_starter_red_flags_have_their_level(slug, own):
    flags = document_of(condition__slug=slug)["red_flags"]

    assert {flag["code"]: flag["level"] for flag in flags} == {
        **dict.fromkeys(EVERYWHERE, EMERGENCY),
        **own,
    }
    assert {flag["code"] for flag in flags if flag["is_global"]} == EVERYWHERE


def test_starter_has_no_other_red_flags():
    levels = dict(RedFlag.objects.values_list("code", "level"))

    assert levels == {
        **dict.fromkeys(EVERYWHERE, EMERGENCY),
        **{code: level for own in (*OWN.values(), ALONE) for code, level in own.items()},
    }


# The claims whose level the facts give: for which article, how a claim begins, which level.
CLAIMS = [
    ("spasms-and-twitches", "A first consultation comes before", "none_found"),
    ("spasms-and-twitches", "For other pain, it may help", "low"),
    ("spasms-and-twitches", "For muscle knots, 20 trials", "low"),
    ("spasms-and-twitches", "Aggressive Energy treatment uses", "traditional_only"),
    ("spasms-and-twitches", "A review of 11 trials found no useful", "against"),
    ("spasms-and-twitches", "For leg cramps in pregnancy", "very_low"),
    ("spasms-and-twitches", "Not tested for cramps. In Europe", "traditional_only"),
    ("spasms-and-twitches", "There is too little research", "none_found"),
    ("spasms-and-twitches", "Its name promises more", "none_found"),
    ("spasms-and-twitches", "In Europe it is used by tradition", "none_found"),
    ("spasms-and-twitches", "It has been studied for back pain", "none_found"),
    ("spasms-and-twitches", "A patch with herbs", "none_found"),
    ("migraine", "To prevent migraine: a review", "moderate"),
    ("migraine", "Next to fake needles, the gain is", "moderate"),
    ("migraine", "Next to medicines that prevent", "moderate"),
    ("migraine", "There is only limited research", "low"),
    ("migraine", "Studies of feverfew", "very_low"),
    ("sciatica", "One trial tested 216 people", "low"),
    ("sciatica", "In the same trial", "low"),
    ("sciatica", "For back pain that lasts", "low"),
    ("sciatica", "For low back pain, it may help", "low"),
    ("sciatica", "No food or supplement", "none_found"),
    ("neck-pain", "It may ease neck pain for a short", "moderate"),
    ("neck-pain", "Another review puts exercise first", "low"),
    ("neck-pain", "No food or supplement", "none_found"),
    ("neck-pain", "No herb is known", "none_found"),
    ("insomnia", "In many trials, people who had", "very_low"),
    ("insomnia", "The studies of magnesium", "very_low"),
    ("insomnia", "The American Academy of Sleep Medicine suggests not to use it for chronic insomnia (2017)", "very_low"),
    ("insomnia", "The American Academy of Sleep Medicine suggests not to use it for chronic insomnia. If", "very_low"),
    ("insomnia", "Kava has been linked", "none_found"),
    ("jaw-pain", "A guideline from 2023 leans toward", "low"),
    ("jaw-pain", "A guideline from 2023 leans against", "very_low"),
    ("jaw-pain", "A guideline from 2023 strongly advises", "moderate"),
    ("jaw-pain", "No herb has been shown", "none_found"),
    ("restless-legs", "There is too little good research", "none_found"),
    ("restless-legs", "It is often sold for restless legs", "none_found"),
    ("restless-legs", "The American Academy of Sleep Medicine suggests not", "very_low"),
    ("carpal-tunnel", "A Cochrane review found 12", "very_low"),
    ("carpal-tunnel", "A review from 2023 looked at 16", "very_low"),
    ("carpal-tunnel", "It is often sold for carpal", "none_found"),
    ("carpal-tunnel", "No herb is shown", "none_found"),
]  # fmt: skip
MAY_HELP = {
    "acupuncture": {
        "Lasting pain in the low back, neck or knee": "low",
        "Migraine prevention": "moderate",
        "Neck pain": "moderate",
        "Sciatica that lasts": "low",
        "Jaw pain that lasts": "low",
        "Pain from muscle knots": "low",
        "Insomnia": "very_low",
        "Carpal tunnel syndrome": "very_low",
        "Restless legs": "none_found",
        "Ordinary twitches and cramps": "none_found",
        "Aggressive Energy treatment": "traditional_only",
    },
    "clinical-nutrition": {
        "Night cramps in older adults: magnesium": "against",
        "Leg cramps in pregnancy: magnesium": "very_low",
        "Migraine prevention: vitamin B2, magnesium and coenzyme Q10": "low",
        "Restless legs: iron": "low",
        "Restless legs: magnesium": "none_found",
        "Insomnia: magnesium": "very_low",
        "Insomnia: melatonin": "very_low",
        "Carpal tunnel syndrome: vitamin B6": "none_found",
        "Sciatica, neck pain and jaw pain": "none_found",
    },
    "botanical-medicine": {
        "Muscle spasms and twitches": "traditional_only",
        "Low back pain: devil's claw": "low",
        "Low back pain: cayenne on the skin": "low",
        "Migraine prevention: feverfew": "very_low",
        "Insomnia and restless legs: valerian": "very_low",
        "Sciatica, neck pain, jaw pain and carpal tunnel syndrome": "none_found",
    },
    "manual-therapy": {
        "Muscle knots": "none_found",
        "Neck pain": "low",
        "Jaw pain that lasts": "moderate",
        "Migraine, sciatica, insomnia, restless legs and carpal tunnel syndrome": "none_found",
    },
}


@pytest.mark.parametrize(("slug", "begins", "level"), CLAIMS)
def test_starter_claims_have_their_level(slug, begins, level):
    offers = document_of(condition__slug=slug)["offers"]
    owners = [*offers, *(remedy for offer in offers for remedy in offer["remedies"])]
    claims = [claim for owner in owners for claim in owner["claims"]]

    assert {claim["level"] for claim in claims if claim["text"].startswith(begins)} == {level}


@pytest.mark.parametrize(("slug", "levels"), MAY_HELP.items())
def test_starter_treatments_say_how_sure_each_use_is(slug, levels):
    entries = document_of(treatment__slug=slug)["may_help"]

    assert {entry["label"]: entry["level"] for entry in entries} == levels
