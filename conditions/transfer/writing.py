"""Drafts and what they share, as entries and as files."""

import json
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from conditions.models import (
    Article,
    Caution,
    Claim,
    Condition,
    GlossaryTerm,
    Image,
    MedicineClass,
    RedFlag,
    Remedy,
    Source,
    Treatment,
)

from .files import CONDITIONS, LISTS, PICTURE, PICTURES, BadContent, Content, Entry
from .pictures import write_picture
from .shapes import to_entry

_PARTS_OF_CONDITIONS = (
    "sources",
    "names",
    "former_slugs",
    "replaced_by",
    "red_flag_links__red_flag",
    "related_topics__other",
    "sections",
    "self_care_items",
    "illustrations__image",
    "claims__treatment",
    "claims__remedy",
    "claims__sources",
)
_PARTS_OF_TREATMENTS = (
    "red_flags",
    "sources",
    "former_slugs",
    "replaced_by",
    "sections",
    "illustrations__image",
    "claims__sources",
    "cautions__sources",
    "cautions__medicine_classes",
)


def export_content() -> Content:
    """Return every draft, with all that it is made of, as it stands now.

    Editions and who reviewed them stay behind: the other site publishes and reviews for itself.
    """
    conditions: QuerySet[Condition] = Condition.objects.prefetch_related(*_PARTS_OF_CONDITIONS)
    treatments: QuerySet[Treatment] = Treatment.objects.prefetch_related(*_PARTS_OF_TREATMENTS)
    remedies = Remedy.objects.select_related("treatment").prefetch_related(
        "amount_rows__source", "cautions__sources", "cautions__medicine_classes"
    )
    images = Image.objects.order_by("name")
    return Content(
        sources=[to_entry(source) for source in Source.objects.order_by("key")],
        glossary=[to_entry(term) for term in GlossaryTerm.objects.order_by("term")],
        medicines=[
            _with(to_entry(kind), part_of=kind.part_of.slug if kind.part_of else "")
            for kind in MedicineClass.objects.select_related("part_of").order_by("slug")
        ],
        red_flags=[
            _with(to_entry(flag), sources=_keys(flag))
            for flag in RedFlag.objects.prefetch_related("sources")
        ],
        treatments=[_treatment(treatment) for treatment in treatments],
        remedies=[_remedy(remedy) for remedy in remedies],
        images=[to_entry(image) for image in images],
        conditions=[_condition(condition) for condition in conditions.order_by("slug")],
        pictures={image.name: Path(image.file.path) for image in images},
    )


def write_content(content: Content, folder: Path) -> list[Path]:
    """Write the content as JSON, one file an article, with its pictures; return the files.

    No picture has the place it was taken at. Raises BadContent if one can't be read, or if the
    folder holds anything already, so that nothing old stays among it.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BadContent(f"{folder} is not empty: name a new folder.")
    (folder / CONDITIONS).mkdir(parents=True, exist_ok=True)
    if content.pictures:
        (folder / PICTURES).mkdir()
    pictures = {
        name: write_picture(path, name, folder / PICTURES)
        for name, path in content.pictures.items()
    }
    lists = {name: getattr(content, name) for name in LISTS} | {
        "images": [image | {PICTURE: pictures[image["name"]][1]} for image in content.images]
    }
    written = {folder / f"{name}.json": {key: lists[name]} for name, key in LISTS.items()}
    written |= {
        folder / CONDITIONS / f"{entry['slug']}.json": entry for entry in content.conditions
    }
    for path, data in written.items():
        path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return [*written, *(path for path, _checksum in pictures.values())]


def _with(entry: Entry, **parts: Any) -> Entry:
    """Return the entry with those of the parts that hold something."""
    return entry | {name: part for name, part in parts.items() if part}


def _keys(record: Any) -> list[str]:
    return sorted(source.key for source in record.sources.all())


def _treatment(treatment: Treatment) -> Entry:
    own = [claim for claim in treatment.claims.all() if claim.condition_id is None]
    return _with(
        to_entry(treatment),
        **_shared_parts(treatment),
        red_flags=[flag.code for flag in treatment.red_flags.all()],
        may_help=[_claim(claim) for claim in own],
        caution=[_caution(caution) for caution in treatment.cautions.all()],
    )


def _remedy(remedy: Remedy) -> Entry:
    return _with(
        to_entry(remedy),
        treatment=remedy.treatment.slug,
        amount=[to_entry(row) | {"source": row.source.key} for row in remedy.amount_rows.all()],
        caution=[_caution(caution) for caution in remedy.cautions.all()],
    )


def _condition(condition: Condition) -> Entry:
    return _with(
        to_entry(condition),
        names=[name.name for name in condition.names.all() if name.is_synonym],
        found_by=[name.name for name in condition.names.all() if not name.is_synonym],
        **_shared_parts(condition),
        red_flag=[
            {"code": link.red_flag.code} | to_entry(link) for link in condition.red_flag_links.all()
        ],
        related=[
            {"slug": topic.other.slug} | to_entry(topic) for topic in condition.related_topics.all()
        ],
        self_care=[to_entry(item) for item in condition.self_care_items.all()],
        claim=[
            _with(
                {"treatment": claim.treatment.slug},
                remedy=claim.remedy.slug if claim.remedy else "",
            )
            | _claim(claim)
            for claim in condition.claims.all()
        ],
    )


def _shared_parts(article: Any) -> dict[str, Any]:
    """Return what conditions and treatments both have besides their own fields."""
    replaced_by: Article | None = article.replaced_by
    return {
        "sources": _keys(article),
        "old_slugs": sorted(former.slug for former in article.former_slugs.all()),
        "replaced_by": replaced_by.slug if replaced_by else "",
        "section": [to_entry(section) for section in article.sections.all()],
        "illustration": [
            {"image": shown.image.name} | to_entry(shown) for shown in article.illustrations.all()
        ],
    }


def _claim(claim: Claim) -> Entry:
    return _with(to_entry(claim), sources=_keys(claim))


def _caution(caution: Caution) -> Entry:
    return _with(
        to_entry(caution),
        medicine_classes=sorted(kind.slug for kind in caution.medicine_classes.all()),
        sources=_keys(caution),
    )
