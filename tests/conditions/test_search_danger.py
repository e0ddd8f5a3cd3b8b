"""Words that mean danger, and what a search shows for them with the starter content."""

import pytest

from conditions.red_flags import flags_named_in
from conditions.search import Answer, clean_query, search
from conditions.site_pages import asks_for_help

from .factories import NOW
from .test_search_table import FIRST, MIGRAINE

# What is only mentioned somewhere tells nothing to someone who may be in danger.
NOTHING_BESIDE_THE_CARD = [
    "can't speak",
    "chest pain",
    "stroke",
    "overdose",
    "took too many pills",
    "blood clot",
    "swollen calf",
]

CALLS_FOR_HELP = [
    "emergency",
    "EMERGENCY!",
    "emergancy",
    "medical emergency",
    "is this an emergency",
    "what’s an emergency?",
    "emergency room",
    "ambulance",
    "i need an ambulance",
    "911",
    "call 911",
    "urgent",
    "urgent care near me",
    "I think I’m dying",
]

DANGER = {
    "i want to hurt myself at work": "suicide.thoughts",
    "i want to hurt myself before work": "suicide.thoughts",
    "i want to cut myself in the kitchen": "suicide.thoughts",
    "cut myself shaving my wrists on purpose": "suicide.thoughts",
    "going to kms tonight at 9": "suicide.thoughts",
    "took 250 pills": "poisoning.overdose",
    "took 40 x 500 mg tylenol": "poisoning.overdose",
    "took 12 oxy": "poisoning.overdose",
    "groin numbness": "saddle.numb",
    "numbness in my groin": "saddle.numb",
    "saddle area numb": "saddle.numb",
    "numb saddle area": "saddle.numb",
    "no feeling when i wipe": "saddle.numb",
    "cant feel when i wipe": "saddle.numb",
    "trouble peeing": "bladder.control_lost",
    "trouble urinating": "bladder.control_lost",
    "difficulty urinating": "bladder.control_lost",
    "difficulty peeing": "bladder.control_lost",
    "peeing myself": "bladder.control_lost",
    "talking funny": "speech.slurred",
    "words come out wrong": "speech.slurred",
    "tia": "speech.slurred",
    "left arm numb": "weakness.one_side",
    "right arm numb": "weakness.one_side",
    "sudden numbness": "weakness.one_side",
    "sudden arm weakness": "weakness.one_side",
    "arm weakness suddenly": "weakness.one_side",
    "dizzy and cant walk": "balance.sudden_loss",
    "worst migraine ever": "headache.worst_sudden",
    "headache after fall": "headache.worst_sudden",
    "black stool": "bleeding.heavy",
    "blood in stool": "bleeding.heavy",
    "stabbed": "bleeding.heavy",
    "cut myself": "suicide.thoughts",
    "cutting myself": "suicide.thoughts",
    "cant go on": "suicide.thoughts",
    "jaw pain left arm": "chest.pain",
    "allergic reaction": "breathing.trouble",
    "face swelling": "breathing.trouble",
    "stroke": "face.droop",
    "strok": "face.droop",
    "can't speak": "speech.slurred",
    "slured speech": "speech.slurred",
    "chest pain": "chest.pain",
    "pain in my chest": "chest.pain",
    "hart attack": "chest.pain",
    "cant breath": "breathing.trouble",
    "troble breathing": "breathing.trouble",
    "siezure": "fainting.seizure",
    "passed out": "fainting.seizure",
    "worst headache of my life": "headache.worst_sudden",
    "bleeding wont stop": "bleeding.heavy",
    "lost vision in one eye": "vision.sudden_loss",
    "overdose": "poisoning.overdose",
    "took too many pills": "poisoning.overdose",
    "I swallowed bleach": "poisoning.overdose",
    "my child swalowed bleach": "poisoning.overdose",
    "carbon monoxide": "poisoning.overdose",
    "blood clot": "leg.swollen_with_breathing_trouble",
    "blood clot in my leg": "leg.swollen_with_breathing_trouble",
    "suicide": "suicide.thoughts",
    "suiside": "suicide.thoughts",
    "I want to kill myself": "suicide.thoughts",
    "988": "suicide.thoughts",
    "cant talk": "speech.slurred",
    "cant feel my leg": "leg.sudden_weakness",
    "cant feel my arm": "weakness.one_side",
    "cant feel my face": "face.droop",
    "no feeling in hand after injury": "hand.cold_after_injury",
    "cant move my arm": "movement.paralysis",
    "cant move my fingers": "movement.paralysis",
    "cant see anything": "vision.sudden_loss",
    "swollen leg and short of breath": "leg.swollen_with_breathing_trouble",
    "lost sight in one eye": "vision.sudden_loss",
    "had a fit": "fainting.seizure",
    "my son had a fit": "fainting.seizure",
    "my mouth is lopsided": "face.droop",
    "one side of my face fell": "face.droop",
    "cant walk": "balance.sudden_loss",
    "sepsis": "fever.high_with_stiffness",
    "bleeding": "bleeding.heavy",
    "aneurysm": "headache.worst_sudden",
    "ruptured aneurysm": "belly.tearing_pain",
}
# As soon as the level of the sign says: less than an emergency, and never less than today.
TODAY = {
    "swollen calf": "calf.swollen",
    "my calf is swollen": "calf.swollen",
    "one leg swollen and hot": "calf.swollen",
    "foot drop": "foot.drop",
    "cant lift my foot": "foot.drop",
    "cant feel my foot": "weakness.new",
    "cant feel my hand": "weakness.new",
    "my grip is getting weaker": "hand.growing_weakness",
    "back pain is worse at night": "spine.night_pain",
    "jaw is stuck": "jaw.stuck",
    "cant close my mouth": "jaw.stuck",
    "fell asleep at the wheel": "sleep.at_the_wheel",
    "havent slept in days": "sleep.none_with_high_energy",
    "back pain with a fever": "spine.fever_or_injected_drugs",
    "dark urine and muscle pain": "urine.dark_with_muscle_pain",
    "clumsy hands": "spinal_cord.pressure",
    "headache worse when I lie down": "headache.worse_lying_down",
    "my scalp is tender": "headache.new_over_fifty",
    "red and painful eye": "eye.red_painful",
    "no sleep for 4 days": "sleep.none_with_high_energy",
    "swollen calf hot": "calf.swollen",
    "brown pee muscles hurt": "urine.dark_with_muscle_pain",
    "havent slept in 4 days": "sleep.none_with_high_energy",
    "foot wont lift": "foot.drop",
    "jaw is stuck open": "jaw.stuck",
    "fell asleep driving": "sleep.at_the_wheel",
    "hands are clumsy": "spinal_cord.pressure",
    "back pain and fever": "spine.fever_or_injected_drugs",
    "i have cancer and back pain": "spine.cancer_or_weight_loss",
    "swollen face and fever": "fever.with_swollen_face",
    "new weakness in my leg": "weakness.new",
}
HARMLESS = [
    *(query for query, url in FIRST.items() if url),
    "heat for neck pain",
    "jaw locks",
    "leg cramps at night",
    "bad headache",
    "back pain",
    "stress",
    "poison ivy",
    "food poisoning",
    "how many pills of magnesium",
    "both legs swollen at night",
    "dropped something on my foot",
    "tired at the wheel",
    "vertigo",
    "sudden vertigo",
    "coughing fit",
    "had a coughing fit",
    "a shoe that fits",
    "epilepsy",
    "bleeding gums",
    "bleeding disorder",
    "can acupuncture cause bleeding",
    "blending herbs",
    "septic tank",
    "cant walk far",
    "cant stand up straight",
    "cant move my shoulder",
    "blue veins on my leg",
]


@pytest.mark.usefixtures("starter")
@pytest.mark.parametrize("query", NOTHING_BESIDE_THE_CARD)
@pytest.mark.django_db
def test_search_lists_no_mere_mention_beside_the_card(query):
    assert search(query, now=NOW, is_danger=True) == Answer()


@pytest.mark.usefixtures("starter")
@pytest.mark.django_db
def test_search_lists_what_is_called_so_beside_the_card():
    results = search("migraine headache", now=NOW, is_danger=True).results

    assert [result.url for result in results] == [MIGRAINE]


@pytest.mark.usefixtures("starter")
@pytest.mark.parametrize("query", ["stroke", "mini stroke", "TIA"])
@pytest.mark.django_db
def test_search_shows_every_sign_of_a_stroke_for(query):
    """Balance, eyes, face, arms, speech, as the American Stroke Association lists them."""
    assert {flag.code for flag in flags_named_in(query)} >= {
        "balance.sudden_loss",
        "vision.sudden_loss",
        "face.droop",
        "weakness.one_side",
        "speech.slurred",
    }


@pytest.mark.usefixtures("starter")
@pytest.mark.django_db
def test_search_shows_every_sign_of_a_heart_attack():
    """Chest, jaw or arm, breathing, as the American Heart Association lists them."""
    assert {flag.code for flag in flags_named_in("heart attack")} == {
        "chest.pain",
        "heart.jaw_neck_or_arm_pain",
        "breathing.trouble",
    }


@pytest.mark.usefixtures("starter")
@pytest.mark.parametrize("query", ["DVT", "blood clot", "clot in my leg", "deep vein thrombosis"])
@pytest.mark.django_db
def test_search_shows_what_to_do_today_beside_the_emergency_for(query):
    assert [flag.code for flag in flags_named_in(query)] == [
        "leg.swollen_with_breathing_trouble",
        "calf.swollen",
    ]


@pytest.mark.usefixtures("starter")
@pytest.mark.parametrize(
    "query", ["swollen calf and chest pain", "blood clot in my lung", "blood clots in lungs"]
)
@pytest.mark.django_db
def test_search_shows_the_emergency_alone_for(query):
    assert {flag.level for flag in flags_named_in(query)} == {"emergency"}


@pytest.mark.usefixtures("starter")
@pytest.mark.parametrize(("query", "code"), DANGER.items())
@pytest.mark.django_db
def test_search_sees_the_danger_in(query, code):
    assert code in [flag.code for flag in flags_named_in(query)]


@pytest.mark.usefixtures("starter")
@pytest.mark.parametrize(("query", "code"), TODAY.items())
@pytest.mark.django_db
def test_search_sees_what_must_be_seen_today_in(query, code):
    assert [(flag.code, flag.level) for flag in flags_named_in(query)] == [(code, "urgent")]


@pytest.mark.usefixtures("starter")
@pytest.mark.parametrize("query", CALLS_FOR_HELP)
@pytest.mark.django_db
def test_search_puts_whom_to_call_first_for(query):
    results = search(clean_query(query), now=NOW, is_danger=asks_for_help(query)).results

    assert [result.url for result in results] == ["/contact/#emergency"]


@pytest.mark.parametrize("query", ["", "?!", "help with sleep", "medicine", "number", "no urgency"])
def test_asks_for_help_only_in_an_emergency(query):
    assert not asks_for_help(query)


@pytest.mark.usefixtures("starter")
@pytest.mark.parametrize("query", HARMLESS)
@pytest.mark.django_db
def test_search_sees_no_danger_in(query):
    assert flags_named_in(query) == ()
