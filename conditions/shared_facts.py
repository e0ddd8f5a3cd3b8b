"""Facts that several articles show: how a frozen document gets them in their present words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .documents import (
    Document,
    freeze_caution,
    freeze_clinic_wide,
    freeze_glossary,
    freeze_medicine_class,
    freeze_red_flag,
    freeze_remedy,
    freeze_source,
    is_linked,
)
from .models import (
    Condition,
    FormerSlug,
    GlossaryTerm,
    MedicineClass,
    RedFlag,
    Remedy,
    Source,
    Treatment,
)

type SharedFact = RedFlag | Remedy | Treatment | Source | MedicineClass | GlossaryTerm

_CAUTIONS = ["cautions__sources", "cautions__medicine_classes"]


@dataclass(frozen=True)
class SharedFacts:
    """The present rows of some or all shared facts, by the keys that documents name them with.

    What a document shows of a row that is not here stays as it is frozen.
    """

    red_flags: Mapping[str, RedFlag] = field(default_factory=dict)
    """In the clinic's order."""
    remedies: Mapping[str, Remedy] = field(default_factory=dict)
    treatments: Mapping[str, Treatment] = field(default_factory=dict)
    """By present and by former slugs."""
    topics: Mapping[str, str] = field(default_factory=dict)
    """The present slug of a condition by a former one."""
    medicine_classes: Mapping[str, MedicineClass] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    terms: Sequence[GlossaryTerm] = ()

    @classmethod
    def load(cls) -> "SharedFacts":
        """Return all of them, in a number of queries that does not grow with them."""
        remedies = Remedy.objects.prefetch_related(*_CAUTIONS, "amount_rows__source")
        moved = FormerSlug.objects.filter(condition__isnull=False).select_related("condition")
        return cls(
            red_flags={flag.code: flag for flag in RedFlag.objects.prefetch_related("sources")},
            remedies={remedy.slug: remedy for remedy in remedies},
            treatments=_by_every_slug(Treatment.objects.prefetch_related(*_CAUTIONS)),
            topics={old.slug: old.condition.slug for old in moved if old.condition},
            medicine_classes={kind.slug: kind for kind in MedicineClass.objects.all()},
            sources={source.key: source for source in Source.objects.all()},
            terms=list(GlossaryTerm.objects.all()),
        )

    @classmethod
    def of(cls, row: SharedFact) -> "SharedFacts":
        """Return that one alone, to find the documents that show it as it was."""
        match row:
            case RedFlag():
                return cls(red_flags={row.code: row})
            case Remedy():
                return cls(remedies={row.slug: row})
            case Treatment():
                # Read anew: the admin's copy has its cautions from before they were saved.
                own = Treatment.objects.filter(pk=row.pk).prefetch_related(*_CAUTIONS)
                return cls(treatments=_by_every_slug(own))
            case MedicineClass():
                return cls(medicine_classes={row.slug: row})
            case Source():
                return cls(sources={row.key: row})
            case _:
                return cls(terms=[row])

    def refresh(self, document: Document, *, of: Condition | Treatment) -> Document:
        """Return the document of an article's edition with its shared facts as they are now.

        Clinic-wide red flags come in. Red flags no longer in use fall out, and so do remedies that
        a treatment's own page showed and the clinic no longer uses. Nothing else changes, and
        nothing unfinished comes in.
        """
        fresh = dict(document)
        if isinstance(of, Condition):
            fresh["red_flags"] = self.refresh_red_flags(document["red_flags"])
            fresh["offers"] = [self._offer(offer) for offer in document["offers"]]
            if "related" in document:
                fresh["related"] = [
                    {**topic, "slug": self.topics.get(topic["slug"], topic["slug"])}
                    for topic in document["related"]
                ]
        else:
            if "red_flags" in document:
                fresh["red_flags"] = self.refresh_linked(document["red_flags"])
            fresh["cautions"] = self._cautions(self.treatments.get(of.slug), document["cautions"])
            fresh["remedies"] = [
                self._remedy(entry)
                for entry in document["remedies"]
                if entry["slug"] not in self.remedies or self.remedies[entry["slug"]].is_offered
            ]
        fresh["sources"] = self._sources(fresh)
        glossary = self._glossary(fresh)
        if glossary or "glossary" in document:
            fresh["glossary"] = glossary
        return fresh

    def refresh_red_flags(self, frozen: Iterable[Document]) -> list[Document]:
        """Return an article's frozen flags as they are now, with the clinic-wide ones it lacks.

        Those come first, in the clinic's order if all of their rows are here.
        """
        entries = self.refresh_linked(frozen)
        present = {entry["code"] for entry in entries}
        new = [
            freeze_clinic_wide(flag)
            for code, flag in self.red_flags.items()
            if flag.is_clinic_wide and code not in present
        ]
        clinic_wide = [*new, *(entry for entry in entries if not is_linked(entry))]
        places = {code: place for place, code in enumerate(self.red_flags)}
        if all(entry["code"] in places for entry in clinic_wide):
            clinic_wide.sort(key=lambda entry: places[entry["code"]])
        return [*clinic_wide, *filter(is_linked, entries)]

    def refresh_linked(self, frozen: Iterable[Document]) -> list[Document]:
        """Return frozen flags as they are now, without those that are no longer in use."""
        return [entry for entry in map(self._red_flag, frozen) if entry is not None]

    def _red_flag(self, entry: Document) -> Document | None:
        """Return a frozen flag in its present words; None if it does not belong there any more."""
        flag = self.red_flags.get(entry["code"])
        if flag is None:
            return entry
        if not is_linked(entry):
            return freeze_clinic_wide(flag) if flag.is_clinic_wide else None
        if not flag.is_active:
            return None
        return freeze_red_flag(
            flag,
            qualifier=entry["qualifier"],
            own_level=entry["own_level"],
            lowered_by=entry.get("lowered_by", ""),
        )

    def _offer(self, offer: Document) -> Document:
        treatment = self.treatments.get(offer["treatment"])
        return {
            **offer,
            "treatment": treatment.slug if treatment else offer["treatment"],
            "cautions": self._cautions(treatment, offer["cautions"]),
            "remedies": [self._remedy(entry) for entry in offer["remedies"]],
        }

    def _remedy(self, entry: Document) -> Document:
        remedy = self.remedies.get(entry["slug"])
        facts = freeze_remedy(remedy) if remedy else {}
        return {**entry, **facts, "cautions": self._cautions(remedy, entry["cautions"])}

    def _cautions(self, owner: Remedy | Treatment | None, frozen: list[Document]) -> list[Document]:
        if owner is not None:
            return [freeze_caution(caution) for caution in owner.cautions.all()]
        return [
            {
                **caution,
                "medicine_classes": [
                    freeze_medicine_class(self.medicine_classes[kind["slug"]])
                    if kind["slug"] in self.medicine_classes
                    else kind
                    for kind in caution["medicine_classes"]
                ],
            }
            if "medicine_classes" in caution
            else caution
            for caution in frozen
        ]

    def _sources(self, document: Document) -> list[Document]:
        """Return the frozen sources in their present words, then those that came with new facts."""
        kept = [
            freeze_source(self.sources[entry["key"]]) if entry["key"] in self.sources else entry
            for entry in document["sources"]
        ]
        known = {entry["key"] for entry in kept}
        new = dict.fromkeys(key for key in self._cited(document) if key not in known)
        return [*kept, *(freeze_source(self.sources[key]) for key in new if key in self.sources)]

    def _cited(self, document: Document) -> Iterable[str]:
        remedies = [*document.get("remedies", [])]
        cautions = [*document.get("cautions", [])]
        for offer in document.get("offers", []):
            remedies += offer["remedies"]
            cautions += offer["cautions"]
        for remedy in remedies:
            cautions += remedy["cautions"]
            for row in remedy.get("amount_rows", []):
                yield from row["sources"]
        for caution in cautions:
            yield from caution["sources"]
        for entry in document.get("red_flags", []):
            if entry["code"] in self.red_flags:
                yield from (source.key for source in self.red_flags[entry["code"]].sources.all())

    def _glossary(self, document: Document) -> list[Document]:
        words = {part: value for part, value in document.items() if part != "glossary"}
        present = {entry["term"]: entry for entry in freeze_glossary(words, self.terms)}
        known = {term.term for term in self.terms}
        frozen = document.get("glossary", [])
        kept = [
            present.pop(entry["term"], None) if entry["term"] in known else entry
            for entry in frozen
        ]
        return [*filter(None, kept), *present.values()]


def is_shown(row: SharedFact, document: Document) -> bool:
    """Return whether a document shows the row, in whatever words."""
    offers = document.get("offers", [])
    remedies = [*document.get("remedies", []), *_each(offers, "remedies")]
    cautions = [
        *document.get("cautions", []),
        *_each(offers, "cautions"),
        *_each(remedies, "cautions"),
    ]
    match row:
        case RedFlag():
            return _names(document.get("red_flags", []), "code", row.code)
        case Remedy():
            return _names(remedies, "slug", row.slug)
        case Treatment():
            return _names(offers, "treatment", row.slug)
        case MedicineClass():
            return _names(_each(cautions, "medicine_classes"), "slug", row.slug)
        case Source():
            return _names(document["sources"], "key", row.key)
        case _:
            return _names(document.get("glossary", []), "term", row.term)


def _each(parts: Iterable[Document], key: str) -> list[Document]:
    return [entry for part in parts for entry in part.get(key, [])]


def _names(entries: Iterable[Document], key: str, value: str) -> bool:
    return any(entry[key] == value for entry in entries)


def _by_every_slug(treatments: Iterable[Treatment]) -> dict[str, Treatment]:
    slugs = {treatment.slug: treatment for treatment in treatments}
    former = FormerSlug.objects.filter(treatment__in=[t.pk for t in slugs.values()])
    by_pk = {treatment.pk: treatment for treatment in slugs.values()}
    return {old.slug: by_pk[old.treatment_id] for old in former if old.treatment_id} | slugs
