"""What a patient's words about medicines touch among the clinic's own remedies, for staff."""

from dataclasses import dataclass

from .cautions import Reader, concerns_medicines, is_remedy, kinds_meant, remedy_kind
from .documents import freeze_caution
from .medicines import Kind, Reading, names_in, read_medicines
from .models import Caution, MedicineClass, Remedy, RemedyKind


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
        Kind(slug, name, tuple(names_in(names)), wider or "")
        for slug, name, names, wider in MedicineClass.objects.values_list(
            "slug", "name", "names", "part_of__slug"
        )
    ]


def check_medicines(text: str) -> MedicineCheck:
    """Return what the text touches, in a number of queries that does not grow with it."""
    # The drafts' rows as they are now: what staff know counts, also before it is on the site.
    cautions = list(
        Caution.objects.select_related("remedy", "treatment").prefetch_related(
            "medicine_classes", "sources"
        )
    )
    remedies = {
        remedy.pk: remedy_kind(remedy.slug, remedy.name, remedy.latin_name)
        for remedy in Remedy.objects.exclude(kind=RemedyKind.ACUPOINT)
    }
    kinds = [*kinds_known(), *remedies.values()]
    reading = read_medicines(text, kinds)
    meant = kinds_meant(reading, frozenset(), kinds)
    reader = Reader(
        kinds=meant,
        takes_medicines=bool(reading.unknown)
        or reading.is_vague
        or any(not is_remedy(kind) for match in reading.matches for kind in match.kinds),
    )
    taken = {pk for pk, kind in remedies.items() if kind.key in meant}
    about_medicines = [
        caution for caution in cautions if concerns_medicines(freeze_caution(caution), reader)
    ]
    # First what the patient takes both sides of.
    about_medicines.sort(key=lambda caution: caution.remedy_id not in taken)
    about_remedies = [
        caution
        for caution in cautions
        if caution.remedy_id in taken and caution not in about_medicines
    ]
    return MedicineCheck(reading, tuple(about_medicines), tuple(about_remedies))
