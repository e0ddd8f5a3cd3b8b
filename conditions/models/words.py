"""The fixed words of articles, which rows and frozen documents share."""

from django.db import models


class ArticleKind(models.TextChoices):
    """Whether an article is about something felt or about something diagnosed."""

    SYMPTOM = "symptom", "Symptom"
    CONDITION = "condition", "Condition"


class BodyArea(models.TextChoices):
    """Where in the body; the order is that of the conditions page."""

    MUSCLES_NERVES = "muscles_nerves", "Muscles and nerves"
    HEAD = "head", "Head, face and jaw"
    NECK_BACK = "neck_back", "Neck and back"
    ARMS_HANDS = "arms_hands", "Arms and hands"
    LEGS_FEET = "legs_feet", "Legs and feet"
    CHEST = "chest", "Chest and breathing"
    BELLY = "belly", "Belly and digestion"
    SKIN = "skin", "Skin"
    SLEEP_MOOD = "sleep_mood", "Sleep and mood"
    WHOLE_BODY = "whole_body", "Whole body"


class Aspect(models.TextChoices):
    """What a section is about; the order is the order on the page, the label its usual heading."""

    OVERVIEW = "overview", "What is going on"
    SYMPTOMS = "symptoms", "What you may notice"
    CAUSES = "causes", "What can set it off"
    OUTLOOK = "outlook", "How long it lasts"
    SEE_DOCTOR = "see_doctor", "When to see a doctor"
    SELF_CARE = "self_care", "What you can do at home"
    PREVENTION = "prevention", "How to keep it from coming back"
    USUAL_CARE = "usual_care", "What other doctors may offer"
    TRADITION = "tradition", "How Chinese medicine sees it"
    WHAT_HAPPENS = "what_happens", "What happens"
    HOW_CHOSEN = "how_chosen", "How it is chosen for you"
    MAY_HELP = "may_help", "What it may help"
    TREATMENTS = "treatments", "What the clinic offers"
    RISKS = "risks", "Risks, and who should ask first"
    REMEDIES = "remedies", "What we use"
    POINTS = "points", "Points on the back"
    VISIT = "visit", "At your visit"


class SelfCareKind(models.TextChoices):
    """Something to do, something to leave, or a first step while it is happening."""

    DO = "do", "Do"
    DONT = "dont", "Do not"
    NOW = "now", "Right now, step by step"


class RelatedKind(models.TextChoices):
    """Why one article points at another."""

    CONFUSED = "confused", "Often taken for one another"
    RELATED = "related", "Also worth reading"


class RemedyKind(models.TextChoices):
    """What sort of thing a treatment uses."""

    HERB = "herb", "Herb"
    FOOD = "food", "Food"
    NUTRIENT = "nutrient", "Nutrient"
    ACUPOINT = "acupoint", "Acupuncture point"


class CautionKind(models.TextChoices):
    """What a caution is about, in the order in which people look for themselves."""

    MEDICINE_CLASS = "medicine_class", "A kind of medicine"
    MEDICINE = "medicine", "A medicine"
    CONDITION = "condition", "A health problem"
    PREGNANCY = "pregnancy", "Pregnancy or breastfeeding"
    SURGERY = "surgery", "Surgery"
    ALLERGY = "allergy", "An allergy"
    GENERAL = "general", "Everyone"


class CautionAdvice(models.TextChoices):
    """What to do about it; the label is what the page says."""

    AVOID = "avoid", "Avoid it"
    ASK_FIRST = "ask_first", "Ask first"
    SPACE_DOSES = "space_doses", "Take them at different times"


class CautionBasis(models.TextChoices):
    """How it is known; the label is what the page says."""

    TRIAL = "trial", "Seen in trials."
    CASE_REPORT = "case_report", "Reported in patients."
    LABEL = "label", "Stated in official guidance."
    THEORETICAL = "theoretical", "Expected from how it works, not shown in people."
    TRADITIONAL = "traditional", "Known from tradition."
