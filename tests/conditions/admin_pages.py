"""How tests go about the admin of articles."""

from contextlib import contextmanager
from unittest.mock import patch

from django.template.response import TemplateResponse
from django.urls import reverse

from conditions.models import Remedy


def list_url(model):
    return reverse(f"admin:conditions_{model}_changelist")


def model_of(record):
    """Return the name of the model whose admin has the record's form."""
    return record.kind if isinstance(record, Remedy) else record._meta.model_name


def change_url(record):
    return reverse(f"admin:conditions_{model_of(record)}_change", args=[record.pk])


def run_on_list(client, action, *articles, follow=True):
    url = list_url(model_of(articles[0]))
    data = {"action": action, "_selected_action": [article.pk for article in articles]}
    return client.post(url, data, follow=follow)


def form_data(response, **changes):
    """Return what a browser would send back from a change form."""
    data = {}
    forms = [response.context_data["adminform"].form]
    for formset in response.context_data["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.initial_forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is True:
                value = "on"
            if value is not None and value is not False:
                data[bound.html_name] = value
    return data | changes


@contextmanager
def undrawn():
    """Answer with what a page is drawn from, and not with the page: that takes most of the time."""
    with patch.object(TemplateResponse, "rendered_content", ""):
        yield


def form_at(client, url, **changes):
    """Return what a browser would send back from the form at an address."""
    with undrawn():
        return form_data(client.get(url), **changes)


def errors_at(client, url, data):
    """Return what is wrong with a form that is sent to an address."""
    with undrawn():
        return client.post(url, data).context_data["adminform"].form.errors
