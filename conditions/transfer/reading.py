"""Entries from files become drafts and what they share."""

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, models, transaction

from conditions.images import original_name
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
    Illustration,
    Image,
    MedicineClass,
    RedFlag,
    RelatedTopic,
    Remedy,
    Section,
    SelfCareItem,
    Source,
    Treatment,
)
from conditions.rich_text import clean_html

from .files import PICTURE, BadContent, Content, Entry
from .pictures import read_file, store_on_commit
from .red_flags import acts_at_once, listed_names, too_weak
from .shapes import from_entry, refuse_unknown

_SHARED_PARTS = ("sources", "old_slugs", "replaced_by", "section", "illustration")


@dataclass
class Report:
    """What an import did: the records it added, those it wrote over, and those it left alone."""

    added: list[models.Model] = field(default_factory=list)
    updated: list[models.Model] = field(default_factory=list)
    left: list[models.Model] = field(default_factory=list)
    at_once: list[str] = field(default_factory=list)
    """One line for each red flag that patients meet in another way from now on."""
    kept: list[str] = field(default_factory=list)
    """One line for each thing that differs from the files, for the sake of patients."""


def import_content(
    content: Content, *, update: bool = False, weaken_red_flags: bool = False
) -> Report:
    """Add the entries as drafts and return what was done; all of it or nothing.

    What exists already is left alone, its parts included, or written over if `update` is set. No
    page on the site changes and no address stops working. Red flags alone act at once, so that
    those on the site become stricter at most, unless `weaken_red_flags` is set.
    Raises BadContent if an entry is wrong or names what is not there.
    """
    report = Report()
    with transaction.atomic():
        try:
            _Import(report, update=update, weaken_red_flags=weaken_red_flags).run(content)
        except (IntegrityError, DataError, UnicodeEncodeError) as error:
            raise BadContent(f"The database refuses it: {error}".splitlines()[0]) from error
    return report


class _Import:
    """One run: what is known by its key so far, and what was done."""

    def __init__(self, report: Report, *, update: bool, weaken_red_flags: bool) -> None:
        self.report = report
        self.update = update
        self.weaken_red_flags = weaken_red_flags
        self.sources = {source.key: source for source in Source.objects.all()}
        self.terms = {term.term: term for term in GlossaryTerm.objects.all()}
        self.medicines = {kind.slug: kind for kind in MedicineClass.objects.all()}
        # Locked, so that nobody makes one stricter between the comparison and the save.
        flags = RedFlag.objects.select_for_update(no_key=True)
        self.red_flags = {flag.code: flag for flag in flags}
        self.treatments = {treatment.slug: treatment for treatment in Treatment.objects.all()}
        self.remedies = {remedy.slug: remedy for remedy in Remedy.objects.all()}
        self.conditions = {condition.slug: condition for condition in Condition.objects.all()}
        self.images = {image.name: image for image in Image.objects.all()}

    def run(self, content: Content) -> None:
        """Read every entry, in an order in which what is named exists before it is needed."""
        self._each(content.sources, Source, "key", self.sources)
        self._images(content)
        self._each(content.glossary, GlossaryTerm, "term", self.terms)
        kinds = self._each(content.medicines, MedicineClass, "slug", self.medicines, ("part_of",))
        for entry, kind in kinds:
            self._part_of(entry, kind)
        self._each(content.red_flags, RedFlag, "code", self.red_flags, ("sources",), self._red_flag)
        treatments = self._each(
            content.treatments,
            Treatment,
            "slug",
            self.treatments,
            (*_SHARED_PARTS, "red_flags", "may_help", "caution"),
            self._treatment,
        )
        self._each(
            content.remedies,
            Remedy,
            "slug",
            self.remedies,
            ("treatment", "amount", "caution"),
            self._remedy,
        )
        parts = ("names", "found_by", *_SHARED_PARTS, "red_flag", "related", "self_care", "claim")
        conditions = self._each(
            content.conditions, Condition, "slug", self.conditions, parts, self._condition
        )
        for entry, treatment in treatments:
            self._replaced_by(entry, treatment, self.treatments)
        for entry, condition in conditions:
            self._related_topics(entry, condition)
            self._replaced_by(entry, condition, self.conditions)

    def _each(
        self,
        entries: Iterable[Entry],
        model: type[models.Model],
        key: str,
        known: dict[str, Any],
        parts: tuple[str, ...] = (),
        add_parts: Callable[[Entry, Any, str], None] | None = None,
    ) -> list[tuple[Entry, Any]]:
        """Add or update one record an entry; return those that were, each with its entry."""
        touched = []
        for position, entry in enumerate(entries):
            where = f"{model._meta.verbose_name} “{entry.get(key, position + 1)}”".capitalize()
            refuse_unknown(model, entry, parts, where=where)
            values = from_entry(model, entry, where=where)
            record = known.get(values[key])
            if record is not None and not self.update:
                self.report.left.append(record)
                continue
            if model in (RedFlag, Remedy):
                values["position"] = position
            if model is Remedy:
                values["treatment"] = self._named(self.treatments, entry.get("treatment"), where)
            before = copy(record)
            if isinstance(before, RedFlag):
                values |= self._too_weak(before, values)
            (self.report.updated if record else self.report.added).append(
                record := _saved(record or model(), values)
            )
            known[values[key]] = record
            if isinstance(record, RedFlag) and (words := acts_at_once(before, record)):
                self.report.at_once.append(f"{record.code}: {words}")
            if add_parts is not None:
                add_parts(entry, record, where)
            touched.append((entry, record))
        return touched

    def _too_weak(self, flag: RedFlag, values: Entry) -> Entry:
        kept = {} if self.weaken_red_flags else too_weak(flag, values)
        if kept:
            self.report.kept.append(f"Red flag {flag.code}: {listed_names(list(kept))}")
        return kept

    def _images(self, content: Content) -> None:
        """Add the images that are missing; the picture of one that is here is the same for ever."""
        for entry in content.images:
            where = f"Image “{entry.get('title', '')}”"
            refuse_unknown(Image, entry, (PICTURE,), where=where)
            values = from_entry(Image, entry, where=where)
            name = values["name"]
            if name in self.images:
                if self.update:
                    self.report.updated.append(_saved(self.images[name], values))
                else:
                    self.report.left.append(self.images[name])
                continue
            if name not in content.pictures:
                raise BadContent(f"{where}: there is no file pictures/{name}.")
            expected = entry.get(PICTURE, name)
            picture, file = read_file(content.pictures[name], name, expected, where)
            size = {"width": picture.width, "height": picture.height}
            image = Image(**values, **size, file=original_name(picture))
            image.save()
            store_on_commit(picture, file)
            self.images[name] = image
            self.report.added.append(image)

    def _red_flag(self, entry: Entry, flag: RedFlag, where: str) -> None:
        self._link(RedFlag.sources, [(flag, self._sources(entry, where))])

    def _treatment(self, entry: Entry, treatment: Treatment, where: str) -> None:
        self._shared_parts(entry, treatment, where, treatment=treatment)
        codes = _texts(entry, "red_flags", where)
        treatment.red_flags.set([self._named(self.red_flags, code, where) for code in codes])
        self._cautions(entry, where, treatment=treatment)
        treatment.claims.filter(condition=None).delete()
        rows = self._rows(entry, "may_help", Claim, where, ("sources",))
        for _item, claim in rows:
            claim.treatment = treatment
        self._add_claims(rows, where)

    def _remedy(self, entry: Entry, remedy: Remedy, where: str) -> None:
        self._cautions(entry, where, remedy=remedy)
        remedy.amount_rows.all().delete()
        rows = []
        for item, row in self._rows(entry, "amount", Amount, where, ("source",)):
            row.remedy, row.source = remedy, self._named(self.sources, item.get("source"), where)
            rows.append(row)
        Amount.objects.bulk_create(rows)

    def _condition(self, entry: Entry, condition: Condition, where: str) -> None:
        self._shared_parts(entry, condition, where, condition=condition)
        condition.names.all().delete()
        names = [(name, True) for name in _texts(entry, "names", where)]
        names += [(name, False) for name in _texts(entry, "found_by", where)]
        ConditionName.objects.bulk_create(
            ConditionName(condition=condition, name=name, is_synonym=is_same, position=position)
            for position, (name, is_same) in enumerate(names)
        )
        condition.red_flag_links.all().delete()
        links = []
        for item, link in self._rows(entry, "red_flag", ConditionRedFlag, where, ("code",)):
            link.condition = condition
            link.red_flag = self._named(self.red_flags, item.get("code"), where)
            links.append(link)
        ConditionRedFlag.objects.bulk_create(links)
        condition.self_care_items.all().delete()
        items = [item for _entry, item in self._rows(entry, "self_care", SelfCareItem, where)]
        for item in items:
            item.condition = condition
        SelfCareItem.objects.bulk_create(items)
        condition.claims.all().delete()
        claims = self._rows(entry, "claim", Claim, where, ("treatment", "remedy", "sources"))
        for item, claim in claims:
            claim.condition = condition
            claim.treatment = self._named(self.treatments, item.get("treatment"), where)
            if "remedy" in item:
                claim.remedy = self._named(self.remedies, item["remedy"], where)
        self._add_claims(claims, where)

    def _shared_parts(self, entry: Entry, article: Any, where: str, **owner: Article) -> None:
        self._link(type(article).sources, [(article, self._sources(entry, where))])
        article.sections.all().delete()
        sections = [section for _item, section in self._rows(entry, "section", Section, where)]
        for section in sections:
            # bulk_create does not call `save`, which cleans.
            section.body = clean_html(section.body.strip())
            section.condition, section.treatment = owner.get("condition"), owner.get("treatment")
            _check(section, f"{where}, section “{section.aspect}”")
        Section.objects.bulk_create(sections)
        article.illustrations.all().delete()
        shown = self._rows(entry, "illustration", Illustration, where, ("image",))
        for item, illustration in shown:
            illustration.image = self._named(self.images, item.get("image"), where)
            for name, record in owner.items():
                setattr(illustration, name, record)
        Illustration.objects.bulk_create(illustration for _item, illustration in shown)
        _check(article, f"{where}, “{article.slug}”", "slug")
        self._old_slugs(entry, article, where, owner)

    def _old_slugs(self, entry: Entry, article: Any, where: str, owner: dict[str, Article]) -> None:
        """Add the old addresses that lead nowhere yet; every other one leads on to where it does."""
        articles = type(article).objects
        for slug in dict.fromkeys(_texts(entry, "old_slugs", where)):
            _check(FormerSlug(slug=slug), f"{where}, “{slug}”", "slug")
            leads_to = articles.filter(models.Q(slug=slug) | models.Q(former_slugs__slug=slug))
            if not leads_to:
                FormerSlug.objects.create(slug=slug, **owner)
            elif leads_to.exclude(pk=article.pk):
                self.report.kept.append(f"{where}: the old address “{slug}” is another page's")

    def _cautions(self, entry: Entry, where: str, **owner: models.Model) -> None:
        Caution.objects.filter(**owner).delete()
        rows = self._rows(entry, "caution", Caution, where, ("medicine_classes", "sources"))
        for _item, caution in rows:
            caution.remedy, caution.treatment = owner.get("remedy"), owner.get("treatment")
        Caution.objects.bulk_create(caution for _item, caution in rows)
        self._link(
            Caution.sources, [(caution, self._sources(item, where)) for item, caution in rows]
        )
        kinds = [
            (caution, [self._named(self.medicines, slug, where) for slug in slugs])
            for item, caution in rows
            if (slugs := _texts(item, "medicine_classes", where))
        ]
        self._link(Caution.medicine_classes, kinds)

    def _add_claims(self, rows: list[tuple[Entry, Claim]], where: str) -> None:
        Claim.objects.bulk_create(claim for _item, claim in rows)
        self._link(Claim.sources, [(claim, self._sources(item, where)) for item, claim in rows])

    def _link(self, many: Any, pairs: list[tuple[Any, list[Any]]]) -> None:
        """Make each record point at just the given ones, in two queries for all of them."""
        through, here, there = (
            many.through,
            many.field.m2m_field_name(),
            many.field.m2m_reverse_field_name(),
        )
        through.objects.filter(**{f"{here}__in": [record for record, _others in pairs]}).delete()
        through.objects.bulk_create(
            through(**{here: record, there: other})
            for record, others in pairs
            for other in dict.fromkeys(others)
        )

    def _related_topics(self, entry: Entry, condition: Condition) -> None:
        where = f"Condition “{condition.slug}”"
        condition.related_topics.all().delete()
        for item, topic in self._rows(entry, "related", RelatedTopic, where, ("slug",)):
            topic.condition = condition
            topic.other = self._named(self.conditions, item.get("slug"), where)
            topic.save()

    def _part_of(self, entry: Entry, kind: MedicineClass) -> None:
        where = f"Kind of medicine “{kind.slug}”"
        slug = entry.get("part_of")
        kind.part_of = self._named(self.medicines, slug, where) if slug else None
        _check(kind, where)
        kind.save(update_fields=["part_of"])

    def _replaced_by(self, entry: Entry, article: Any, known: dict[str, Any]) -> None:
        slug = entry.get("replaced_by")
        where = f"“{article.slug}”"
        if slug == article.slug:
            raise BadContent(f"{where} cannot be replaced by itself.")
        successor = self._named(known, slug, where) if slug else None
        if article.replaced_by == successor:
            return
        if article.revisions.exists():
            self.report.kept.append(f"{where}: what replaces it, since it has been published")
            return
        article.replaced_by = successor
        article.save(update_fields=["replaced_by"])

    def _rows(
        self,
        entry: Entry,
        name: str,
        model: Any,
        where: str,
        parts: tuple[str, ...] = (),
    ) -> list[tuple[Entry, Any]]:
        """Return the unsaved rows of one kind of part, each with its entry."""
        items = entry.get(name, [])
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise BadContent(f"{where}: “{name}” must be a list of entries.")
        rows = []
        for position, item in enumerate(items):
            place = f"{where}, {name} {position + 1}"
            refuse_unknown(model, item, parts, where=place)
            rows.append((item, model(position=position, **from_entry(model, item, where=place))))
        return rows

    def _sources(self, entry: Entry, where: str) -> list[Source]:
        return [self._named(self.sources, key, where) for key in _texts(entry, "sources", where)]

    def _named(self, known: dict[str, Any], key: Any, where: str) -> Any:
        """Return the record of that key. Raises BadContent if there is none."""
        if not isinstance(key, str) or key not in known:
            raise BadContent(f"{where} names “{key}”, which is not among the files or on the site.")
        return known[key]


def _check(record: Any, where: str, *fields: str) -> None:
    """Raise BadContent if these fields, or the record as a whole, are not what its model takes."""
    try:
        record.clean_fields(exclude={field.name for field in record._meta.fields} - {*fields})
        record.clean()
    except ValidationError as error:
        raise BadContent(f"{where}: {' '.join(error.messages)}") from error


def _saved(record: Any, values: dict[str, Any]) -> Any:
    """Save the record with these values, and leave the rest of its row to whoever writes it now."""
    for name, value in values.items():
        setattr(record, name, value)
    stamp = ["updated_at"] if isinstance(record, Article) else []
    record.save(update_fields=None if record._state.adding else [*values, *stamp])
    return record


def _texts(entry: Entry, name: str, where: str) -> list[str]:
    texts = entry.get(name, [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise BadContent(f"{where}: “{name}” must be a list of texts.")
    return texts
