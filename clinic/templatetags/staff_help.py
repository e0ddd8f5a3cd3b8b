"""For the admin's pages: what each is for, and what an empty list says."""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django import template
from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.template import Context

from clinic.help import (
    cannot_delete_words,
    deleting_words,
    first_step_of,
    help_of,
    purpose_of_page,
)
from clinic.staff_menu import Task, tasks_of

register = template.Library()
SHOWN = 20


@register.simple_tag(takes_context=True)
def page_purpose(context: Context) -> str:
    """Return the sentence under the page's headline; "" where the page has one of its own."""
    opts, model_admin = context.get("opts"), None
    if opts is not None:
        with suppress(NotRegistered):
            model_admin = admin.site.get_model_admin(opts.model)
    # A question of ours says so itself; the other is Django's own, before many rows go.
    is_question = context.get("is_question", False) or "deletable_objects" in context
    return purpose_of_page(context["request"], model_admin, is_question=is_question)


@register.inclusion_tag("admin/empty_list.html", takes_context=True)
def empty_list(context: Context) -> dict[str, Any]:
    """Say why a list shows nothing: it is empty, nothing is like what was looked for, or a filter."""
    changes, request = context["cl"], context["request"]
    _purpose, when_empty = help_of(changes.model_admin)
    return {
        "name": changes.opts.verbose_name_plural,
        "is_empty": not changes.full_result_count,
        "query": changes.query,
        "when_empty": when_empty,
        "first_step": first_step_of(changes.model_admin, request),
        "is_popup": changes.is_popup,
    }


@register.filter
def by_task(app_list: list[dict[str, Any]]) -> list[Task]:
    """Return the admin's lists grouped and named by what staff do with them."""
    return tasks_of(app_list)


@register.simple_tag(takes_context=True)
def deletion(context: Context) -> dict[str, Any]:
    """Return what deleting would do, in words and counts, or why it cannot be."""
    opts = context["opts"]
    model_admin = admin.site.get_model_admin(opts.model)
    chosen = list(context["queryset"]) if "queryset" in context else [context["object"]]
    protected = [str(line) for line in context["protected"]]
    own = {opts.verbose_name_plural, *_many_to_many(context["model_count"])}
    return {
        "chosen": chosen[:SHOWN],
        "more": max(len(chosen) - SHOWN, 0),
        "words": deleting_words(model_admin, chosen),
        "with_it": [(name, count) for name, count in context["model_count"] if name not in own],
        "instead": cannot_delete_words(model_admin),
        # An admin may give a sentence as the reason, such as that of the last owner.
        "reasons": [line for line in protected if line.endswith(".")],
        "in_the_way": _by_kind(opts, [line for line in protected if not line.endswith(".")]),
    }


def _by_kind(opts: Any, protected: Iterable[str]) -> list[tuple[str, int]]:
    """Count what is in the way by its kind, as Django's lines begin. A visit's names nobody here."""
    plurals = {
        str(relation.related_model._meta.verbose_name).lower(): str(
            relation.related_model._meta.verbose_name_plural
        )
        for relation in opts.get_fields(include_hidden=True)
        if relation.is_relation and relation.auto_created
    }
    kinds = Counter(str(line).partition(":")[0].lower() for line in protected)
    return [(plurals.get(kind, kind), count) for kind, count in kinds.items()]


def _many_to_many(counts: Iterable[tuple[str, int]]) -> set[str]:
    """Return the names that Django gives to tables of pairs, which nobody has heard of."""
    return {str(name) for name, _ in counts if str(name).endswith(" relationships")}
