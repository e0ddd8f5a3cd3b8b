"""Where all the pages of the admin are: found by their addresses, so that a new one joins by itself."""

from django.contrib import admin
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

# Of no list: the admin's own, and those of the site's addresses below /admin/.
LOOSE = "others"


def all_lists():
    """Return the name of every list in the admin, and one for the pages that belong to none."""
    return [model._meta.label_lower for model in admin.site._registry] + [LOOSE]


def addresses(name, client):
    """Return the pages of a list, or the loose ones, that this client is shown as HTML."""
    found = _loose() if name == LOOSE else _of_list(name)
    return [url for url in dict.fromkeys(found) if _is_page(client, url)]


def _of_list(name):
    model_admin = next(one for one in admin.site._registry.values() if one.opts.label_lower == name)
    record = model_admin.model._default_manager.order_by("pk").last()
    for pattern in _patterns(model_admin.get_urls()):
        known = {"number": 1, "key": "reminder"}
        if record is not None:
            known |= {"pk": record.pk, "object_id": record.pk}
        kwargs = {name: known.get(name) for name in pattern.pattern.converters}
        if pattern.name and None not in kwargs.values():
            yield reverse(f"admin:{pattern.name}", kwargs=kwargs)


def _loose():
    own = [one for one in get_resolver().url_patterns if isinstance(one, URLPattern)]
    names = [one.name for one in own if str(one.pattern).startswith("admin/")]
    names += [f"admin:{one.name}" for one in _patterns(admin.site.urls[0]) if one.name]
    for name in names:
        try:
            yield reverse(name)
        except NoReverseMatch:
            continue  # it needs a record
    yield from (reverse("admin:app_list", args=[app]) for app in ("booking", "conditions"))


def _patterns(patterns):
    return [one for one in patterns if isinstance(one, URLPattern)]


def _is_page(client, url):
    if url.endswith(("/logout/", "/login/", "/jsi18n/")):
        return False
    answer = client.get(url)
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
