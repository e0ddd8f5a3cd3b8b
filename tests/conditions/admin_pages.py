"""How tests go about the admin of articles."""

from django.urls import reverse


def list_url(model):
    return reverse(f"admin:conditions_{model}_changelist")


def change_url(record):
    return reverse(f"admin:conditions_{record._meta.model_name}_change", args=[record.pk])


def run_on_list(client, action, *articles):
    url = list_url(articles[0]._meta.model_name)
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
