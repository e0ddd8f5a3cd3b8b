"""How tests go about the admin of articles."""

from django.urls import reverse

from conditions.models import Remedy


def list_url(model):
    return reverse(f"admin:conditions_{model}_changelist")


def model_of(record):
    """Return the name of the model whose admin has the record's form."""
    return record.kind if isinstance(record, Remedy) else record._meta.model_name


def change_url(record):
    return reverse(f"admin:conditions_{model_of(record)}_change", args=[record.pk])


def run_on_list(client, action, *articles):
    url = list_url(model_of(articles[0]))
    data = {"action": action, "_selected_action": [article.pk for article in articles]}
    return client.post(url, data, follow=True)


def form_data(response, **changes):
    """Return what a browser would send back from a change form."""
    data = {}
    forms = [response.context["adminform"].form]
    for formset in response.context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.initial_forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is True:
                value = "on"
            if value is not None and value is not False:
                data[bound.html_name] = value
    return data | changes
