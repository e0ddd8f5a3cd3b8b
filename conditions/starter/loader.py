"""Loads the starter content. Only adds: what staff changed, or what is there already, stays."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import models, transaction

from conditions.models import (
    Amount,
    Article,
    Caution,
    Claim,
    Condition,
    ConditionName,
    ConditionRedFlag,
    FormerSlug,
    GlossaryTerm,
    MedicineClass,
    RedFlag,
    RelatedTopic,
    Remedy,
    Section,
    SelfCareItem,
    Source,
    Treatment,
)
from conditions.publishing import NotPublishable, publish

FOLDER = Path(__file__).parent
BY = "Starter content"
FIRST_REVIEW_IN = timedelta(days=365)

type Entry = dict[str, Any]


def load(*, now: datetime) -> list[Article]:
    """Add the articles that are missing, publish those at `now`, and return them.

    An article, remedy or red flag that exists is left as it is, its parts included, and so are
    the drafts of staff. Safe to run again; all or nothing.
    """
    due_on = (now + FIRST_REVIEW_IN).date()
    with transaction.atomic():
        sources = {entry["key"]: _load_source(entry) for entry in _read("sources.toml", "source")}
        for entry in _read("glossary.toml", "term"):
            _load_term(entry)
        for entry in _read("medicines.toml", "medicine_class"):
            _load_medicine_class(entry)
        for position, entry in enumerate(_read("red_flags.toml", "red_flag")):
            _load_red_flag(entry, position=position, sources=sources)
        treatments = [
            _load_treatment({"review_due_on": due_on} | entry, sources=sources)
            for entry in _read("treatments.toml", "treatment")
        ]
        for position, entry in enumerate(_read("remedies.toml", "remedy")):
            _load_remedy(entry, position=position, sources=sources)
        entries = [
            {"review_due_on": due_on} | tomllib.loads(path.read_text(encoding="utf-8"))
            for path in sorted((FOLDER / "conditions").glob("*.toml"))
        ]
        conditions = [_load_condition(entry, sources=sources) for entry in entries]
        for entry, condition in zip(entries, conditions, strict=True):
            if condition is not None:
                _add_related_topics(entry, condition)
        return [
            article
            for article in (*treatments, *conditions)
            if article is not None and _is_published(article, now=now)
        ]


def _read(name: str, key: str) -> list[Entry]:
    entries: list[Entry] = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))[key]
    return entries


def _is_published(article: Treatment | Condition, *, now: datetime) -> bool:
    """Publish a new article. It stays a draft if it offers a treatment that staff took off."""
    try:
        publish(article, by=BY, now=now, note="The first edition.")
    except NotPublishable:
        return False
    return True


def _load_source(entry: Entry) -> Source:
    fields = {key: value for key, value in entry.items() if key != "key"}
    source, _created = Source.objects.get_or_create(key=entry["key"], defaults=fields)
    return source


def _load_term(entry: Entry) -> None:
    fields = {"definition": entry["definition"], "forms": "\n".join(entry.get("forms", []))}
    GlossaryTerm.objects.get_or_create(term=entry["term"], defaults=fields)


def _load_medicine_class(entry: Entry) -> None:
    fields = {"name": entry["name"], "names": "\n".join(entry["names"])}
    MedicineClass.objects.get_or_create(slug=entry["slug"], defaults=fields)


def _load_red_flag(entry: Entry, *, position: int, sources: dict[str, Source]) -> None:
    fields = _without(entry, "code", "sources", "search_words")
    fields["search_words"] = "\n".join(entry.get("search_words", []))
    flag, created = RedFlag.objects.get_or_create(
        code=entry["code"], defaults={"position": position, **fields}
    )
    if created:
        flag.sources.set(_sources(entry, sources))


def _load_treatment(entry: Entry, *, sources: dict[str, Source]) -> Treatment | None:
    """Add the treatment and return it, or None if it is there already."""
    fields = _without(entry, "slug", "section", "caution", "may_help", "sources", "old_slugs")
    treatment, created = Treatment.objects.get_or_create(slug=entry["slug"], defaults=fields)
    if not created:
        return None
    treatment.sources.set(_sources(entry, sources))
    _add_former_slugs(entry, treatment=treatment)
    _add_sections(entry, treatment=treatment)
    _add_cautions(entry, sources=sources, treatment=treatment)
    for position, item in enumerate(entry.get("may_help", [])):
        claim = Claim.objects.create(
            treatment=treatment,
            label=item["name"],
            text=item["text"],
            level=item["level"],
            position=position,
        )
        claim.sources.set(_sources(item, sources))
    return treatment


def _load_remedy(entry: Entry, *, position: int, sources: dict[str, Source]) -> None:
    fields = _without(entry, "slug", "treatment", "caution", "amount")
    fields["treatment"] = Treatment.objects.get(slug=entry["treatment"])
    remedy, created = Remedy.objects.get_or_create(
        slug=entry["slug"], defaults={"position": position, **fields}
    )
    if created:
        _add_cautions(entry, sources=sources, remedy=remedy)
        for place, row in enumerate(entry.get("amount", [])):
            Amount.objects.create(
                remedy=remedy,
                position=place,
                **row | {"source": sources[row["source"]]},
            )


def _load_condition(entry: Entry, *, sources: dict[str, Source]) -> Condition | None:
    """Add the condition and return it, or None if it is there already."""
    fields = _without(
        entry,
        "slug",
        "names",
        "red_flag",
        "section",
        "self_care",
        "claim",
        "sources",
        "related",
        "old_slugs",
    )
    condition, created = Condition.objects.get_or_create(slug=entry["slug"], defaults=fields)
    if not created:
        return None
    condition.sources.set(_sources(entry, sources))
    _add_former_slugs(entry, condition=condition)
    for position, name in enumerate(entry.get("names", [])):
        ConditionName.objects.create(condition=condition, name=name, position=position)
    for position, item in enumerate(entry.get("red_flag", [])):
        ConditionRedFlag.objects.create(
            condition=condition,
            red_flag=RedFlag.objects.get(code=item["code"]),
            position=position,
            **_without(item, "code"),
        )
    _add_sections(entry, condition=condition)
    for position, item in enumerate(entry.get("self_care", [])):
        SelfCareItem.objects.create(condition=condition, position=position, **item)
    for position, item in enumerate(entry.get("claim", [])):
        claim = Claim.objects.create(
            condition=condition,
            treatment=Treatment.objects.get(slug=item["treatment"]),
            remedy=Remedy.objects.get(slug=item["remedy"]) if "remedy" in item else None,
            text=item["text"],
            level=item["level"],
            position=position,
        )
        claim.sources.set(_sources(item, sources))
    return condition


def _add_former_slugs(entry: Entry, **article: Article) -> None:
    for slug in entry.get("old_slugs", []):
        FormerSlug.objects.create(slug=slug, **article)


def _add_related_topics(entry: Entry, condition: Condition) -> None:
    """Add what the article points at; the others exist by now, in whatever order they came."""
    for position, item in enumerate(entry.get("related", [])):
        RelatedTopic.objects.create(
            condition=condition,
            other=Condition.objects.get(slug=item["slug"]),
            position=position,
            **_without(item, "slug"),
        )


def _add_sections(entry: Entry, **article: Article) -> None:
    for position, item in enumerate(entry.get("section", [])):
        Section.objects.create(
            aspect=item["aspect"],
            heading=item.get("heading", ""),
            body=item["body"].strip(),
            position=position,
            **article,
        )


def _add_cautions(entry: Entry, *, sources: dict[str, Source], **owner: models.Model) -> None:
    for position, item in enumerate(entry.get("caution", [])):
        fields = _without(item, "sources", "medicine_classes")
        caution = Caution.objects.create(position=position, **owner, **fields)
        caution.sources.set(_sources(item, sources))
        caution.medicine_classes.set(
            MedicineClass.objects.get(slug=slug) for slug in item.get("medicine_classes", [])
        )


def _without(entry: Entry, *keys: str) -> Entry:
    return {key: value for key, value in entry.items() if key not in keys}


def _sources(entry: Entry, sources: dict[str, Source]) -> list[Source]:
    return [sources[key] for key in entry.get("sources", [])]
