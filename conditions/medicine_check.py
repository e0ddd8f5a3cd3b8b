"""What a patient's words about medicines touch among the clinic's own remedies, for staff."""

from dataclasses import dataclass

from .cautions import Reader, fits
from .documents import freeze_caution, lines
from .medicines import Kind, Reading, read_medicines
from .models import Caution, CautionKind, MedicineClass, Remedy, RemedyKind

_REMEDY = "remedy:"


@dataclass(frozen=True)
class MedicineCheck:
    """What to look at before the visit. A prompt: never complete, never advice.

    `about_medicines` are the cautions with what the patient takes, `about_remedies` the others of
    the remedies that the patient names.
    """

    reading: Reading
    about_medicines: tuple[Caution, ...]
    about_remedies: tuple[Caution, ...]


def kinds_known() -> list[Kind]:
    """Return every kind of medicine that the clinic knows, also those without a caution."""
    return [
        Kind(kind.slug, kind.name, tuple(lines(kind.names))) for kind in MedicineClass.objects.all()
    ]


def check_medicines(text: str) -> MedicineCheck:
    """Return what the text touches, in a number of queries that does not grow with it."""
    reading = read_medicines(text, [*kinds_known(), *_remedies()])
    named = {kind.key for match in reading.matches for kind in match.kinds}
    takes_something = bool(reading.unknown) or any(not key.startswith(_REMEDY) for key in named)
    reader = Reader(kinds=frozenset(named), takes_medicines=takes_something)
    # The drafts' rows as they are now: what staff know counts, also before it is on the site.
    cautions = list(
        Caution.objects.select_related("remedy", "treatment").prefetch_related(
            "medicine_classes", "sources"
        )
    )
    with_medicines = [
        caution
        for caution in cautions
        if caution.with_kind in {CautionKind.MEDICINE_CLASS, CautionKind.MEDICINE}
        and fits(freeze_caution(caution), reader)
    ]
    # First what the patient takes both sides of.
    with_medicines.sort(
        key=lambda caution: caution.remedy is None or f"{_REMEDY}{caution.remedy.slug}" not in named
    )
    of_remedies = [
        caution
        for caution in cautions
        if caution.remedy is not None
        and f"{_REMEDY}{caution.remedy.slug}" in named
        and caution not in with_medicines
    ]
    return MedicineCheck(reading, tuple(with_medicines), tuple(of_remedies))


def _remedies() -> list[Kind]:
    """Return what can be taken, by its names; nobody takes an acupuncture point."""
    return [
        Kind(f"{_REMEDY}{remedy.slug}", remedy.name, (remedy.latin_name,))
        for remedy in Remedy.objects.exclude(kind=RemedyKind.ACUPOINT)
    ]
