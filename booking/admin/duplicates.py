"""Which other records may be the same person."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower

from booking.models import Patient

from .search import slips_of_all

SHOWN = 10
LOOKED_AT = 50


@dataclass(frozen=True)
class Duplicate:
    """Another record, and what is the same: "same email, nearly the same name"."""

    patient: Patient
    why: str


def possible_duplicates(patient: Patient, among: QuerySet[Patient]) -> list[Duplicate]:
    """Return the records with the same address or number, or nearly the same name, the likest first."""
    name, _space, _email = patient.search_text.rpartition(" ")
    same_email, same_phone = Q(its_email=Lower(Value(patient.email))), Q(phone=patient.phone)
    others = among.exclude(pk=patient.pk).alias(its_email=Lower("email"))
    alike = others.filter(same_email | same_phone | Q(search_text__trigram_word_similar=name))
    likest: Any = TrigramWordSimilarity(name, "search_text")
    found = [
        Duplicate(one, _why(patient, one, name))
        for one in alike.order_by(likest.desc(), "pk")[:LOOKED_AT]
    ]
    return sorted((one for one in found if one.why), key=lambda one: -one.why.count(","))[:SHOWN]


def _why(patient: Patient, other: Patient, name: str) -> str:
    words = name.split()
    same = {
        "same email": patient.email.lower() == other.email.lower(),
        "same phone": patient.phone == other.phone,
        # One word is many people's.
        "nearly the same name": len(words) > 1
        and slips_of_all(words, other.search_text) is not None,
    }
    return ", ".join(words for words, is_so in same.items() if is_so)
