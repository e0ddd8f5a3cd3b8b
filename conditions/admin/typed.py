"""What somebody typed into a form, set against a record that changed meanwhile."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from conditions.differences import Change, body_text, compare_words

# What the form says of itself, not what was typed.
_OWN = re.compile(r"csrfmiddlewaretoken|opened|save_over|_.*|.*_FORMS|.*-id|.*__prefix__.*")


def typed_words(posted):
    """Return the names and texts of what was typed, in the order of the form."""
    return [(name, value) for name, value in posted.items() if value and not _OWN.fullmatch(name)]


def rows_kept(data, prefix, there, *, lost_parent="", dropped=frozenset()):
    """Return a formset's data in which rows that are gone are new ones, and which rows remain.

    `there` gives the key of each row that still exists by its text. `lost_parent` is the name of
    the field that points at the record, if that is gone too. The rows at the places in `dropped`
    are left out. What is not a formset's data comes back as it is.
    """
    try:
        total, initial = (int(data[f"{prefix}-{name}_FORMS"]) for name in ("TOTAL", "INITIAL"))
    except (KeyError, ValueError):
        return data, []
    keys = [data.get(f"{prefix}-{index}-id", "") for index in range(min(initial, total, 1000))]
    kept = [index for index, key in enumerate(keys) if key in there]
    posted = [there[keys[index]] for index in kept]
    if len(kept) == len(keys) and not lost_parent and not dropped:
        return data, posted
    new = [index for index in range(min(total, 2000)) if index not in kept]
    order = [*kept, *(index for index in new if index not in dropped)]
    places = {old: new for new, old in enumerate(order)}
    blank = {"id", lost_parent}
    moved = data.copy()
    row = re.compile(rf"{re.escape(prefix)}-(\d+)-(.+)")
    found = [(name, match) for name in data if (match := row.fullmatch(name))]
    for name, _ in found:
        del moved[name]
    for name, match in found:
        old = int(match[1])
        if old not in places:
            continue
        values = [""] if old not in kept and match[2] in blank else data.getlist(name)
        moved.setlist(f"{prefix}-{places[old]}-{match[2]}", values)
    moved[f"{prefix}-TOTAL_FORMS"] = str(len(order))
    moved[f"{prefix}-INITIAL_FORMS"] = str(len(kept))
    return moved, posted


def changes_over(places, form, formsets):
    """Return what saving the form would do to what somebody else changed otherwise meanwhile."""
    lists = {formset.prefix: formset for formset in formsets}
    rows = {
        f"{formset.prefix}.{row.instance.pk}": row
        for formset in formsets
        for row in formset.initial_forms
    }
    changes = []
    for place in sorted(places):
        at, _, name = place.rpartition(".")
        if at in rows:
            row = rows[at]
            about = f"{row.instance._meta.verbose_name.capitalize()} “{_title(row)}”"
            changes += _fields(row, [name], f"{about}: ")
        elif at in lists:
            label = str(lists[at].model._meta.verbose_name).capitalize()
            changes.append(Change(label, ("taken out; yours is below as a new one",)))
        elif not at:
            changes += _fields(form, [name], "")
    return changes


def names_of(places, form, formsets):
    """Return what people call these places of the form: Title, or Section “Why”: Body."""
    lists = {formset.prefix: formset for formset in formsets}
    names = []
    for place in places:
        prefix, *rest = place.split(".")
        if not rest:
            names.append(str(form[prefix].label))
            continue
        model = lists[prefix].model
        record = model.objects.filter(pk=rest[0]).first()
        label = str(model._meta.verbose_name)
        names.append(f"{label} “{record}”" if record else f"{label} (taken out)")
    return list(dict.fromkeys(names))


def _title(row):
    """Return a row's name before anything was typed into it."""
    return str(type(row.instance).objects.filter(pk=row.instance.pk).first() or row.instance)


def _fields(form, names, about):
    changes = []
    for name in names:
        bound = form[name]
        present, typed = (_words(bound.field, value) for value in (bound.initial, bound.data))
        if name == "body" and body_text(present) != body_text(typed):
            present, typed = body_text(present), body_text(typed)
        words = compare_words(present, typed)
        changes.append(Change(f"{about}{bound.label}", ("differs from yours",), words))
    return changes


def _words(field, value):
    """Return a field's value as a reader of the form sees it."""
    if isinstance(field, forms.BooleanField):
        return "yes" if value else "no"
    if isinstance(field, forms.ModelMultipleChoiceField | forms.ModelChoiceField):
        try:
            chosen = field.clean(value) if value else None
        except ValidationError:
            return str(value)
        many = isinstance(field, forms.ModelMultipleChoiceField)
        return "; ".join(map(str, chosen or [])) if many else str(chosen or "")
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return str(dict(choices).get(value, value)) if value else ""
    return "" if value is None else str(value).replace("\r\n", "\n")
