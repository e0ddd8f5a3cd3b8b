"""What frightened people write, with the starter content: the sign it means, and what is none."""

import pytest

from conditions.red_flags import flags_named_in

DANGER = {
    "suicide.thoughts": """
        hang myself, dont want to be here anymore, i dont wanna be here any more, tired of
        living, nothing to live for, i have nothing left to live for, life isnt worth living,
        kms, unalive, i want to unalive myself, want to sleep forever, i wanna sleep and never
        wake up, no point in living, lost the will to live, everyone would be better off
        without me, i cant do this anymore, cant take this anymore, cant live like this
        anymore, slit my wrists, jump off a bridge, shoot myself, wish i was never born, wish
        i wasnt alive, dont want to exist, ready to die, i wanna end it, want it all to end,
        thinking about hurting myself, sewer slide, my son wants to die, my daughter wants to
        kill herself, idk if i want to live, life is pointless, thinking of ending it,
        thoughts of self harm, im a burden to everyone,
        my son wants to end his life, my wife slit her wrists, she wishes she was dead
    """,
    "face.droop": """
        facial numbness, left side of face drooping, my mouth is drooping on one side, mouth
        went crooked, having a storke, hand went weak and face drooping, my husband cant talk
        right and his face is droopy, cant smile on one side, cant lift arm face numb,
        her smile is lopsided, half my face fell, my husband is drooling on one side, no feeling
        in my face
    """,
    "weakness.one_side": """
        sudden weakness, weakness on left side, left side went numb, left leg weak and numb
        suddenly, arm went limp, my arm just went dead and limp, arm suddenly heavy and weak,
        suddenly numb on my left side,
        cant raise one arm, my dads arm stopped working
    """,
    "vision.sudden_loss": """
        vision went black, everything went black, my eyesight is gone, sudden blurry vision,
        curtain over my eye,
        cant see in one eye, my wife cant see out of her left eye, my eye went dark, losing
        vision
    """,
    "balance.sudden_loss": """
        lost my balance, sudden dizziness cant walk straight, cant walk all of a sudden,
        suddenly stumbling,
        my mom fell and cant get up, cant stand up
    """,
    "speech.slurred": """
        speech sounds slurry, slurring words, words are all jumbled, talking gibberish, speech
        is not making sense, cant understand what people say, sudden confusion, suddenly
        confused, tongue feels thick cant talk,
        my dad is confused, my mother is acting confused, talking nonsense
    """,
    "chest.pain": """
        left arm pain, elephant on my chest, elephant sitting on my chest, heavy chest, chest
        feels heavy, chest is killing me, chest burning and sweating, heart stopped, i feel
        like im having a heart attack, whats wrong with me i cant breathe and chest hurts,
        sharp chest pain when i breathe, chest pain after acupuncture,
        my husband is clutching his chest, my chest is aching
    """,
    "breathing.trouble": """
        i can barely breathe, cant get enough air, hard time breathing, breathing hard and
        fast, struggling 2 breathe, turning blue, throat is closing up, lips are swelling,
        swollen lips, allergic to bee sting and swelling, collapsed lung, need epipen, my face
        is swelling up, someone call 911 my dad is not breathing, throat swelling shut, asthma
        attack, asthma attack cant breathe, short of breath after acupuncture, cant breathe
        after needles,
        my baby turned blue, her throat closed up, my wife struggles to breathe
    """,
    "fainting.seizure": """
        he collapsed, my mom collapsed, just collapsed, seisure, blackout, i keep blacking
        out, fainted twice today, cant wake him up, about to pass out, eyes rolled back,
        foaming at the mouth,
        my daughter had a fit, he is fitting, my baby went limp, grandpa keeled over, my wife is
        not responding, feeling faint
    """,
    "headache.worst_sudden": """
        worst pain in my head ever, worst head pain, my head is exploding, headache hit me
        suddenly, out of nowhere headache,
        brain hemorrhage, my head hurts the worst ever
    """,
    "bleeding.heavy": """
        blood everywhere, losing a lot of blood, lots of blood, bleeding through pads, pooping
        blood, gunshot, nosebleed wont stop, blood in vomit,
        bleeding after surgery, pregnant and bleeding, my son is bleeding from his head
    """,
    "poisoning.overdose": """
        took 20 tylenol, took 15 ibuprofen at once, swallowed 12 aspirin, took like 10
        benadryl, what happens if i take 20 tylenol, took a bunch of pills, took the whole
        bottle, took a handful of sleeping pills, took all my sleeping pills, took 2 much
        tylenol, od on pills, oded, my toddler ate my pills, baby ate medicine, fentanyl, gas
        leak, took double dose of my heart pills, kid swallowed a magnet, pls help i took too
        many of my meds, took 2 many pills, i od'd on tylenol,
        my son took pills, my wife took all her pills
    """,
    "fever.high_with_stiffness": """
        fever 103, fever 104, 104 fever, fever of 105, temp 104, fever 40 c, high fever, fever
        and cant bend neck, stiff neck rash fever, fever and rash,
        septic shock, blood poisoning
    """,
    "jaw.locked_or_throat_spasm": """
        jaw wont open after cut, stepped on rusty nail jaw stiff, locked jaw after cut
    """,
    "pregnancy.headache_or_swelling": """
        pregnant and seeing spots, pregnant and swollen face, pregnant with really bad
        headache, postpartum headache
    """,
    "movement.paralysis": """
        cant move half my body, legs wont move, woke up and half my face is paralyzed,
        my mum cant move
    """,
    "saddle.numb": """
        numb down there, cant feel my butt
    """,
    "bladder.control_lost": """
        wet myself, pooped myself, cant feel my legs and i peed myself
    """,
    "legs.both": """
        both legs went numb
    """,
    "back.after_injury": """
        fell off ladder back hurts
    """,
    "neck.after_injury": """
        car accident neck hurts, neck hurts after crash, whiplash from car accident, neck
        broke, cant move my neck after a crash
    """,
    "leg.cold_pale": """
        leg is cold and white
    """,
    "belly.tearing_pain": """
        ripping pain in stomach, stomach feels like tearing
    """,
    "headache.after_injury": """
        hit my head and throwing up
    """,
    "withdrawal.confusion_or_shaking": """
        quit drinking and shaking, stopped xanax and seeing things, dts, hearing voices after
        stopping alcohol
    """,
    "leg.swollen_with_breathing_trouble": """
        leg swollen and cant breathe
    """,
    "leg.sudden_weakness": """
        leg suddenly went weak,
        my leg gave way
    """,
    "hand.cold_after_injury": """
        hand turned blue after fall
    """,
    "neck.sudden_severe": """
        seeing double
    """,
    "weakness.arms_and_legs": """
        arms and legs feel weak
    """,
    "chest.cramping": """
        sweating and jaw pain
    """,
}
HARMLESS = """
    cant lift my arm, got a flu shot, i never wake up rested, getting to sleep takes forever, how
    do i take 5 pills, tired all my life, blood clots on my period, sleep paralysis, 70 year old
    on aspirin, headache 60 years old new, cant poop, leaking urine, cut myself shaving, cut
    myself cooking, car accident, hurt myself lifting, hurt myself at the gym, cant go to sleep,
    cant go to work, disc collapsed, fever, low fever, hay fever, fever blister, fever 99, fever
    100, took 2 tylenol, took 2 advil an hour ago, took 20 mg melatonin, took tylenol 20 minutes
    ago, can i take magnesium 400, magnesium 500 mg, im 70 and take aspirin, i take 81 mg aspirin,
    take 10 pills a day, ran 5 kms, walked 10 kms with sciatica, i want to live without pain,
    tired all the time, living room, living with tired legs, how to sleep all night, want to sleep
    better, i dont want to take pills anymore, dont want surgery anymore, cant take ibuprofen,
    cant do yoga anymore, want headaches to disappear, my foot went to sleep, arm falls asleep at
    night, arm pain from the neck, pain in my right elbow, right arm pain, balance exercises,
    weakness, weak grip, numb hands, numb fingers, facial massage, facial spasm, face twitching,
    blurry vision, black eye, heavy legs, chest muscle knot, bridge exercise, better off without
    gluten, feel better off without coffee, shot of botox, flu shot, tetanus shot, shooting pain,
    blood pressure, blood test, gas, gas pain, blackout curtains, limp, walking with a limp,
    temperature, hang my arm, handstand, hanging from a bar for back pain, die, diet, dye, blue
    light, wet feet, swelling, mushroom, bleach for hair, poop, crash diet, ladder
"""


def listed(texts):
    return [" ".join(text.split()) for text in texts.split(",")]


pytestmark = [pytest.mark.usefixtures("starter"), pytest.mark.django_db]


@pytest.mark.parametrize(
    ("text", "code"), [(text, code) for code, texts in DANGER.items() for text in listed(texts)]
)
def test_starter_words_show_the_emergency(text, code):
    assert code in [flag.code for flag in flags_named_in(text) if flag.is_emergency]


@pytest.mark.parametrize("text", listed(HARMLESS))
def test_starter_words_leave_alone(text):
    assert flags_named_in(text) == ()
