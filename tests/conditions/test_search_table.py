"""What people type, and what the starter content must answer first."""

import pytest

from conditions.search import clean_query, search

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
ACUPUNCTURE = "/treatments/acupuncture/"
MANUAL = "/treatments/manual-therapy/"
BOOK = "/book/"
CONTACT = "/contact/"
CHANGE = "/contact/#change"
ABOUT = "/#about"
FIRST_VISIT = "/#first"
NOTHING = ""


def cautions(page):
    return f"{page}cautions/"


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
    # One word misspelled among others.
    "my eye keeps twiching": SPASMS,
    "eye twiching": SPASMS,
    "muscel keeps twiching": SPASMS,
    "spazm in my calf": SPASMS,
    "cant stop twiching": SPASMS,
    "bad migrane": MIGRAINE,
    "migrane with nausea": MIGRAINE,
    "terrible headahce every week": MIGRAINE,
    "siatica down my leg": SCIATICA,
    "cyatica in left leg": SCIATICA,
    "restles legs in bed": LEGS,
    "carple tunnel at night": WRIST,
    "insomnea and stress": INSOMNIA,
    "help with insomia": INSOMNIA,
    "stiff neck and wiplash": NECK,
    "acupunture for pain": ACUPUNCTURE,
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
    "legs wont stay still": LEGS,
    "legs wont stop moving": LEGS,
    "feels like bugs in my legs": LEGS,
    "bugs crawling on my legs": LEGS,
    "creepy crawly legs": LEGS,
    "cant keep my legs still": LEGS,
    "cant stop moving my legs": LEGS,
    "cant fall asleep": INSOMNIA,
    "cant stay asleep": INSOMNIA,
    "cant open my mouth": JAW,
    "cant chew": JAW,
    "cant stop grinding my teeth": JAW,
    "cant turn my neck": NECK,
    "cant bend my neck": NECK,
    "cant move my neck": NECK,
    "cant hold my head up": NECK,
    "cant stop twitching": SPASMS,
    "cant look at light": MIGRAINE,
    "cant grip": WRIST,
    "cant feel my fingers": WRIST,
    "pins and needles": WRIST,
    "pins and needles in my leg": SCIATICA,
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
    "acupunture": ACUPUNCTURE,
    "nutrition": "/treatments/clinical-nutrition/",
    "manual therapy": MANUAL,
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
    "does acupuncture hurt": ACUPUNCTURE,
    "needles": ACUPUNCTURE,
    "needles hurt": ACUPUNCTURE,
    "afraid of needles": ACUPUNCTURE,
    "dry needling": ACUPUNCTURE,
    "is acupuncture safe": ACUPUNCTURE,
    "massage": MANUAL,
    "massage therapy": MANUAL,
    "hand goes numb at night when i sleep": WRIST,
    "dizzy": NECK,
    # Where the card at the top says which fever is an emergency.
    "fever": MIGRAINE,
    "coffee": INSOMNIA,
    "DEVIL‘S CLAW": f"{HERBS}devils-claw",
    "celery": f"{HERBS}celery-seed",
    "plaster": f"{HERBS}chinese-herbal-plaster",
    "how much magnesium should I take": f"{FOODS}magnesium",
    "magnesium with warfarin": f"{FOODS}magnesium",
    "can I take yarrow with eliquis": f"{HERBS}yarrow",
    # Medicines, by brand and by kind, and what people have: the cautions about them.
    "coumadin": cautions(SPASMS),
    "Warfarin 5 mg": cautions(SPASMS),
    "cumadin": cautions(SPASMS),
    "asprin": cautions(SPASMS),
    "blood thinners": cautions(SPASMS),
    "synthroid": cautions(SPASMS),
    "lithium": cautions(SPASMS),
    "metformin": cautions(SPASMS),
    "warfarin and tylenol": cautions(SPASMS),
    "tylenol": cautions(SPASMS),
    "tylonol": cautions(SPASMS),
    "ibuprofen": cautions(SPASMS),
    "antidepressants": cautions(SPASMS),
    "st johns wort": cautions(SPASMS),
    "st john's wort": cautions(SPASMS),
    "St. John’s Wort": cautions(SPASMS),
    "st john`s wort": cautions(SPASMS),
    "tylenol for headache": MIGRAINE,
    "pregnant": cautions(SPASMS),
    "is it safe when I am pregnant": cautions(SPASMS),
    "breastfeeding": cautions(SPASMS),
    "kidney disease": cautions(SPASMS),
    "ulcers": cautions(SCIATICA),
    "acupuncture while pregnant": ACUPUNCTURE,
    "acupuncture for migraine": ACUPUNCTURE,
    "acupuncture for anxiety": ACUPUNCTURE,
    "carpal tunnel surgery": WRIST,
    # The clinic.
    "price": BOOK,
    "how much does it cost?": BOOK,
    "cost of acupuncture": BOOK,
    "book appointment": BOOK,
    "opening hours": CONTACT,
    "where are you": CONTACT,
    "parking": CONTACT,
    "phone number": CONTACT,
    "cancel my appointment": CHANGE,
    "first visit": FIRST_VISIT,
    "what to expect": FIRST_VISIT,
    "Lisanti": ABOUT,
    "Dr. Lisanti": ABOUT,
    "naturopath": ABOUT,
    # What no page is about.
    "fever 103": NOTHING,
    "103": NOTHING,
    "vertigo": NOTHING,
    "sudden vertigo": NOTHING,
    "insurance": NOTHING,
    "poison ivy": NOTHING,
    "do you take insurance": NOTHING,
    "xyzzy": NOTHING,
    "asdfgh": NOTHING,
    "bitcoin": NOTHING,
    "best pizza in town": NOTHING,
    "weather tomorrow": NOTHING,
    "car insurance": NOTHING,
    "hiccups": NOTHING,
    "UB 99": NOTHING,
    "the": NOTHING,
    "?!": NOTHING,
    "🙂": NOTHING,
}


@pytest.mark.usefixtures("starter")
@pytest.mark.parametrize(("query", "url"), FIRST.items())
@pytest.mark.django_db
def test_search_puts_first(query, url):
    results = search(clean_query(query), now=NOW, about="Dr. Lisanti, ND, LAc").results

    assert (results[0].url if results else NOTHING) == url


@pytest.mark.usefixtures("starter")
@pytest.mark.django_db
def test_search_counts_the_same_with_any_apostrophe():
    queries = ("devils claw", "devil's claw", "devil’s claw", "devil‘s claw", "devil`s claw")

    assert len({search(query, now=NOW) for query in queries}) == 1


@pytest.mark.usefixtures("starter")
@pytest.mark.django_db
def test_search_says_if_no_caution_is_about_a_medicine_that_the_clinic_knows():
    known, both = search("tylenol", now=NOW), search("warfarin and tylenol", now=NOW)

    assert {result.summary for result in known.results} == {
        "No caution here names Tylenol. That does not mean that there is none: ask us."
    }
    assert both.results[0].summary.startswith("Cautions that concern warfarin: ")
