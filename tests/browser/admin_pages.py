"""Where all the pages of the admin are: found by their addresses, so that a new one joins by itself."""

from django.contrib import admin
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse
from playwright.sync_api import Error

# Of no list: the admin's own, and those of the site's addresses below /admin/.
LOOSE = "others"


def all_apps():
    """Return the name of every app with lists in the admin, and one for the pages of no list."""
    return [*dict.fromkeys(model._meta.app_label for model in admin.site._registry), LOOSE]


def lists_of(app):
    """Return the names of the lists of an app."""
    if app == LOOSE:
        return [LOOSE]
    models = [model._meta for model in admin.site._registry]
    return [meta.label_lower for meta in models if meta.app_label == app]


def opened(name, page):
    """Open the pages of a list, or the loose ones; return the address of each that comes as HTML."""
    for url in _addresses(name):
        try:
            answer = page.goto(url)
        except Error as error:  # a file to keep, or no content: no page, unless it says so
            if "ERR_HTTP_RESPONSE_CODE_FAILURE" in error.message:
                # The browser's own page about that must not come in between later.
                page.wait_for_url("chrome-error://**", wait_until="commit")
                page.goto("about:blank")
            answer = page.request.get(url, max_redirects=0)
            assert not _is_page(answer.status, answer.headers["content-type"]), url
            continue
        assert answer.status < 500, url
        is_asked_for = answer.request.redirected_from is None
        if is_asked_for and _is_page(answer.status, answer.headers["content-type"]):
            yield url


def shown(name, client):
    """Return the addresses that this client is shown as HTML, as a browser would be."""
    answers = [(url, client.get(url)) for url in _addresses(name)]
    return [url for url, one in answers if _is_page(one.status_code, one.headers["Content-Type"])]


def _addresses(name):
    found = _loose() if name == LOOSE else _of_list(name)
    no_pages = ("/logout/", "/login/", "/jsi18n/")
    return [url for url in dict.fromkeys(found) if not url.endswith(no_pages)]


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


def _is_page(status, content_type):
    return status == 200 and content_type.startswith("text/html")
