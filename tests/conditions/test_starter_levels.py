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
# For no article: whoever searches for it sees it.
ALONE = {"poisoning.overdose": EMERGENCY}

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
