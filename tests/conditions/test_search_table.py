"""What people type, and what the starter content must answer first."""

import pytest
from django.db import transaction

from conditions.red_flags import flags_named_in
from conditions.search import clean_query, search
from conditions.starter import load

from .factories import NOW

SPASMS = "/conditions/spasms-and-twitches/"
MIGRAINE = "/conditions/migraine/"
SCIATICA = "/conditions/sciatica/"
NECK = "/conditions/neck-pain/"
INSOMNIA = "/conditions/insomnia/"
JAW = "/conditions/jaw-pain/"
LEGS = "/conditions/restless-legs/"
WRIST = "/conditions/carpal-tunnel/"
POINTS = "/treatments/acupuncture/#remedy-"
HERBS = "/treatments/botanical-medicine/#remedy-"
FOODS = "/treatments/clinical-nutrition/#remedy-"
NOTHING = ""

FIRST = {
    # Misspelled.
    "twiches": SPASMS,
    "twitchs": SPASMS,
    "spazms": SPASMS,
    "spazm": SPASMS,
    "muscel cramp": SPASMS,
    "charly horse": SPASMS,
    "fasiculation": SPASMS,
    "eyelid twich": SPASMS,
    "migrane": MIGRAINE,
    "mygraine": MIGRAINE,
    "migriane": MIGRAINE,
    "head ache": MIGRAINE,
    "siatica": SCIATICA,
    "sciatca": SCIATICA,
    "cyatica": SCIATICA,
    "siatica pain": SCIATICA,
    "stif neck": NECK,
    "wiplash": NECK,
    "insomia": INSOMNIA,
    "insomnea": INSOMNIA,
    "slepless": INSOMNIA,
    "carpel tunnel": WRIST,
    "carple tunel": WRIST,
    "restles legs": LEGS,
    "restless leg syndrom": LEGS,
    "tempromandibular": JAW,
    # In their own words.
    "my eye keeps twitching": SPASMS,
    "knots in my back": SPASMS,
    "light hurts my eyes": MIGRAINE,
    "throbbing head": MIGRAINE,
    "pain down my leg": SCIATICA,
    "shooting pain down leg": SCIATICA,
    "sore neck from sleeping": NECK,
    "I can't turn my head": NECK,
    "can't sleep": INSOMNIA,
    "cant sleep": INSOMNIA,
    "can’t sleep": INSOMNIA,
    "I can't fall asleep at night": INSOMNIA,
    "waking up at 3am": INSOMNIA,
    "jaw clicks": JAW,
    "pain when chewing": JAW,
    "grinding my teeth at night": JAW,
    "legs won't stay still": LEGS,
    "legs wont stop moving": LEGS,
    "cramp or restless legs?": LEGS,
    "numb fingers at night": WRIST,
    "tingling hands": WRIST,
    "dropping things": WRIST,
    # By other names, and by their own.
    "Charley horse": SPASMS,
    "trigger point": SPASMS,
    "twitch": SPASMS,
    "cramps": SPASMS,
    "sick headache": MIGRAINE,
    "aura": MIGRAINE,
    "slipped disc": SCIATICA,
    "herniated disk": SCIATICA,
    "text neck": NECK,
    "neck": NECK,
    "sleeplessness": INSOMNIA,
    "TMJ": JAW,
    "RLS": LEGS,
    "Willis Ekbom": LEGS,
    "CTS": WRIST,
    "acupunture": "/treatments/acupuncture/",
    "nutrition": "/treatments/clinical-nutrition/",
    "manual therapy": "/treatments/manual-therapy/",
    # Points.
    "UB13": f"{POINTS}ub-13",
    "BL 13": f"{POINTS}ub-13",
    "bl-13": f"{POINTS}ub-13",
    "feishu": f"{POINTS}ub-13",
    "Fei Shu": f"{POINTS}ub-13",
    "lung shu": f"{POINTS}ub-13",
    "ub 23": f"{POINTS}ub-23",
    "BL18": f"{POINTS}ub-18",
    # Herbs, foods and minerals.
    "devils claw": f"{HERBS}devils-claw",
    "devil's claw": f"{HERBS}devils-claw",
    "devil’s claw": f"{HERBS}devils-claw",
    "devil claw": f"{HERBS}devils-claw",
    "yarow": f"{HERBS}yarrow",
    "achillea": f"{HERBS}yarrow",
    "crampbark": f"{HERBS}cramp-bark",
    "magnezium": f"{FOODS}magnesium",
    "brocoli": f"{FOODS}broccoli",
    "kava": INSOMNIA,
    "valarian": INSOMNIA,
    # What no page is about.
    "xyzzy": NOTHING,
    "asdfgh": NOTHING,
    "bitcoin": NOTHING,
    "best pizza in town": NOTHING,
    "weather tomorrow": NOTHING,
    "car insurance": NOTHING,
    "parking": NOTHING,
    "hiccups": NOTHING,
    "UB 99": NOTHING,
    "the": NOTHING,
    "?!": NOTHING,
    "🙂": NOTHING,
}

DANGER = {
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
    "suicide": "suicide.thoughts",
    "suiside": "suicide.thoughts",
    "I want to kill myself": "suicide.thoughts",
}
HARMLESS = [
    *(query for query, url in FIRST.items() if url),
    "heat for neck pain",
    "jaw locks",
    "leg cramps at night",
    "bad headache",
    "back pain",
    "stress",
]


@pytest.fixture(scope="module")
def _starter(django_db_setup, django_db_blocker):
    """Load the starter content once for the whole table, and take it back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        load(now=NOW)
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("_starter")
@pytest.mark.parametrize(("query", "url"), FIRST.items())
@pytest.mark.django_db
def test_search_puts_first(query, url):
    results = search(clean_query(query), now=NOW).results

    assert (results[0].url if results else NOTHING) == url


@pytest.mark.usefixtures("_starter")
@pytest.mark.parametrize(("query", "code"), DANGER.items())
@pytest.mark.django_db
def test_search_sees_the_danger_in(query, code):
    assert code in [flag.code for flag in flags_named_in(query)]


@pytest.mark.usefixtures("_starter")
@pytest.mark.parametrize("query", HARMLESS)
@pytest.mark.django_db
def test_search_sees_no_danger_in(query):
    assert flags_named_in(query) == ()
