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


def rows_kept(data, prefix, there, *, lost_parent=""):
    """Return a formset's data in which rows that are gone are new ones, and which rows remain.

    `there` gives the key of each row that still exists by its text. `lost_parent` is the name of
    the field that points at the record, if that is gone too. What is not a formset's data comes
    back as it is.
    """
    try:
        total, initial = (int(data[f"{prefix}-{name}_FORMS"]) for name in ("TOTAL", "INITIAL"))
    except (KeyError, ValueError):
        return data, []
    keys = [data.get(f"{prefix}-{index}-id", "") for index in range(min(initial, total, 1000))]
    kept = [index for index, key in enumerate(keys) if key in there]
    posted = [there[keys[index]] for index in kept]
    if len(kept) == len(keys) and not lost_parent:
        return data, posted
    gone = [index for index in range(len(keys)) if index not in kept]
    blank = {"id", lost_parent}
    places = {old: new for new, old in enumerate([*kept, *gone])}
    moved = data.copy()
    row = re.compile(rf"{re.escape(prefix)}-(\d+)-(.+)")
    found = [(name, match) for name in data if (match := row.fullmatch(name))]
    for name, _ in found:
        del moved[name]
    for name, match in found:
        old = int(match[1])
        place = places.get(old, old)
        values = [""] if old not in kept and match[2] in blank else data.getlist(name)
        moved.setlist(f"{prefix}-{place}-{match[2]}", values)
    moved[f"{prefix}-INITIAL_FORMS"] = str(len(kept))
    return moved, posted


def changes_over(parts, form, formsets):
    """Return what saving the form would do to the parts that somebody else changed meanwhile."""
    rows = {
        f"{formset.model._meta.model_name}.{row.instance.pk}": row
        for formset in formsets
        for row in formset.initial_forms
    }
    models = {formset.model._meta.model_name: formset.model for formset in formsets}
    changes = []
    for name in parts:
        model_name, _, pk = name.partition(".")
        if name in rows:
            row = rows[name]
            about = f"{row.instance._meta.verbose_name.capitalize()} “{_title(row)}”"
            changes += _fields(row, row.changed_data, f"{about}: ")
        elif model_name in models:
            changes.append(_row_elsewhere(models[model_name], pk))
        elif name in form.changed_data:
            changes += _fields(form, [name], "")
    return changes


def _title(row):
    """Return a row's name before anything was typed into it."""
    return str(type(row.instance).objects.filter(pk=row.instance.pk).first() or row.instance)


def _row_elsewhere(model, pk):
    """Say of a row that the form does not have whether it came or went."""
    record = model.objects.filter(pk=pk).first()
    label = str(model._meta.verbose_name).capitalize()
    if record is None:
        return Change(label, ("taken out; yours is below as a new one",))
    return Change(f"{label} “{record}”", ("added; it stays",))


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
