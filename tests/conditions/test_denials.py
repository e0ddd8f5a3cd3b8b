import pytest

from conditions.denials import find_affirmed, without_denied
from conditions.red_flags import flags_named_in

from .factories import make_red_flag

PHRASES = {
    "speech": ["slurred", "slurred speech", "can't speak", "stroke", "trouble finding words"],
    "chest": ["chest pain", "pain in my chest", "chest pressure", "heart attack"],
    "weak": ["weak on one side", "numb on one side", "numb face", "can't feel my face"],
    "feeling": ["no feeling in my face", "not breathing", "haven't slept for days"],
    "fever": ["high fever", "stiff neck fever"],
    "paralysis": ["paralysed", "paralyzed", "can't move my legs"],
    "seizure": ["seizure", "fainted", "fainting", "passed out"],
    "bleeding": ["won't stop bleeding", "vomiting blood"],
    "overdose": ["overdose", "took # pills"],
    "headache": ["worst headache"],
}
DENIED = r"""
    no slurred speech | No slurred speech. | neck pain, no slurred speech | no slured speech
    no weakness, never had a stroke | no chest pain, it is my neck | no chest pain, had an MRI
    no chest pain | NO CHEST PAIN! | there is no chest pain | I have no chest pain
    I have no pain in my chest | no pain in chest | without chest pain | neck pain without chest pain
    denies chest pain | Patient denies any chest pain | denied chest pain or slurred speech
    never had a seizure | never had any seizure | I have never had a stroke | never fainted
    not paralysed | I am not paralyzed | I'm not paralysed | he isn't paralysed | was not paralysed
    not a stroke | it is not a heart attack | this isn’t a stroke | without high fever
    no high fever or chest pain | no chest pain or slurred speech or fainting
    no chest pain nor slurred speech | neither chest pain nor slurred speech
    no chest pain, no slurred speech, no seizure | no chest pain no slurred speech
    no fever, no chest pain | no signs of stroke | no symptoms of a stroke | no sign of a heart attack
    no history of stroke | no family history of heart attack | don't have chest pain
    I do not have chest pain | haven't had chest pain | has not had a seizure | doesn't have any chest pain
    hasn't fainted | without any fainting | denies having chest pain
    stiff neck, no fever | stiff neck without fever | stiff neck, no fever or headache
    no numbness on one side | not weak on one side | no chest pain at all | no chest pain whatsoever!
    no chest pain; neck is stiff | no chest pain (checked) | twitching eyelid. No chest pain. Sleep is fine.
    no overdose | no vomiting blood | denies slurred speech and is well | no chest pain but neck pain
    no chest-pain | no chestpain | eye twitch\nno chest pain\nno slurred speech
"""
AFFIRMED = r"""
    not only slurred speech = speech | not just slurred speech = speech
    no better, slurred speech = speech | no better slurred speech = speech
    not better. Slurred speech = speech | no, slurred speech = speech | no: slurred speech = speech
    no. chest pain = chest | No - chest pain = chest | No\nchest pain = chest
    no longer slurred speech = speech | no more chest pain = chest | no chest pain anymore = chest
    no chest pain any more = chest | no chest pain until today = chest | no chest pain, until today = chest
    No chest pain. Until now. = chest | no chest pain now = chest | no chest pain before today = chest
    never had chest pain before = chest | never had chest pain like this = chest
    never had such chest pain = chest | never had chest pain this bad = chest
    never had the worst headache like that before = headache | never this chest pain = chest
    no chest pain yesterday = chest | no chest pain for two days = chest | no chest pain since Monday = chest
    no chest pain in the morning = chest | no chest pain at rest = chest | no chest pain when I rest = chest
    when I rest, no chest pain = chest | if I rest no chest pain = chest | I used to have no chest pain = chest
    no chest pain, only when I walk = chest | no chest pain but some last night = chest
    no chest pain but it did hurt = chest | no chest pain, but I had some pressure in there = chest
    no chest pain, not until today = chest | no chest pain, though it was there = chest
    no chest pain, more of a pressure = chest | no chest pain unless I run = chest
    no relief from chest pain = chest | no pain relief in chest = chest | no slurred words = speech
    no help for chest pain = chest | no break from the chest pain = chest
    no chest pain relief = chest | no chest pain free day = chest | no seizure control = seizure
    no doctor believes my chest pain = chest | no idea why I have chest pain = chest
    no medicine helps chest pain = chest | nothing helps chest pain = chest | not sleeping, chest pain = chest
    no warning, passed out = seizure | without warning I fainted = seizure
    not a day without chest pain = chest | there is no day without chest pain = chest
    never without chest pain = chest | can't walk without chest pain = chest
    cannot climb the stairs without getting chest pain = chest | no hour that I do not have chest pain = chest
    is this not a stroke? = speech | could it be a stroke or not = speech | is there no sign of stroke? = speech
    I hope it is not a stroke = speech | not sure if it is a stroke = speech | maybe not a stroke = speech
    they said it is not a heart attack = chest | I wish I had no chest pain = chest
    I don't think it is a stroke = speech | not yet paralysed = paralysis | not completely paralysed = paralysis
    no severe chest pain = chest | not exactly chest pain = chest | no my chest pain = chest
    chest pain, no slurred speech = chest | no slurred speech, chest pain = chest
    no slurred speech but chest pain = chest | no slurred speech and chest pain = chest
    no slurred speech my face is numb face = weak | no fever, chest pain or seizure = chest seizure
    chest pain: no = chest | chest pain? No = chest | slurred speech not there = speech
    no chest pain, slurred speech = speech | no chest pain. chest pain at night = chest
    can't feel my face = weak | I can’t feel my face = weak | no, can't feel my face = weak
    can't speak = speech | cannot speak = speech | no fever but can't speak = speech
    no feeling in my face = feeling | not breathing = feeling | he is not breathing = feeling
    haven't slept for days = feeling | can't move my legs = paralysis | wound won't stop bleeding = bleeding
    not paralysed, can't move my legs = paralysis | no chest pain, can't feel my face = weak
    slurred speech = speech | high fever = fever | no pills left, took 40 pills = overdose
    no 1 problem is chest pain = chest | I know chest pain = chest | knots and chest pain = chest
    not seen a doctor about chest pain = chest | don't ignore my chest pain = chest
    denying chest pain is hard = chest | he denies it but had a seizure = seizure
"""


def listed(table):
    texts = [text.strip() for line in table.strip().splitlines() for text in line.split(" | ")]
    return [text.replace(r"\n", "\n") for text in texts]


@pytest.mark.parametrize("text", listed(DENIED))
def test_find_affirmed_leaves_out_what_is_denied(text):
    assert find_affirmed(text, PHRASES) == []


@pytest.mark.parametrize(("text", "keys"), [row.rsplit(" = ", 1) for row in listed(AFFIRMED)])
def test_find_affirmed_finds_in_doubt(text, keys):
    assert find_affirmed(text, PHRASES) == keys.split()


@pytest.mark.parametrize("text", ["", "no", "no no no", "never", "?!", "🙂 no", "no " * 800, "no,"])
def test_find_affirmed_finds_nothing_where_nothing_is(text):
    assert find_affirmed(text, PHRASES) == []


@pytest.mark.parametrize("text", ["no stroke or " * 150, "no stroke. " * 180, "nor stroke " * 180])
def test_find_affirmed_takes_a_flood_of_denials_for_danger(text):
    assert find_affirmed(text, PHRASES) == ["speech"]


def test_without_denied_keeps_apart_what_stood_on_both_sides():
    kept = without_denied("Stiff, no chest pain or stroke, neck", ["chest pain", "stroke"])

    assert kept == "stiff , no x x or x , neck"


@pytest.mark.django_db
def test_flags_named_in_heeds_denials_if_asked_but_never_about_suicide():
    chest = make_red_flag(code="chest", search_words="chest pain")
    crisis = make_red_flag(
        code="crisis", search_words="suicidal\nwant to die", statement="Call {crisis}."
    )

    def named(text):
        return [flag.code for flag in flags_named_in(text, heeds_denials=True)]

    assert named("No chest pain.") == []
    assert [flag.code for flag in flags_named_in("No chest pain.")] == [chest.code]
    assert named("Not suicidal, no chest pain.") == [crisis.code]
    assert named("I don't want to die, chest pain.") == [chest.code, crisis.code]


@pytest.mark.django_db
def test_flags_named_in_that_heeds_denials_asks_one_query(django_assert_num_queries):
    make_red_flag(code="chest", search_words="chest pain")

    with django_assert_num_queries(1):
        assert len(flags_named_in("no better, chest pain", heeds_denials=True)) == 1
