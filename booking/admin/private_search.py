"""A search in an admin's list whose words stay out of the address: they may name a patient.

The form is posted, what was typed is kept in the session under a random key, and the list's
address, with its filters and pages, has that key.
"""

import secrets

from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR, ChangeList
from django.http import HttpResponseRedirect
from django.urls import reverse

from booking.privacy.erasing import SEARCHES

from .search import NEAR_WORDS, clean_term

FOUND_VAR = "found"
SEARCH_BUTTON = "search_for"
KEPT = 20
# What an address with the words themselves leads to, like one whose words are not kept any more.
OVER = "over"


class PrivateChangeList(ChangeList):
    """A list that knows what is looked for without its address."""

    is_private = True

    def get_filters_params(self, params=None):
        params = super().get_filters_params(params)
        params.pop(FOUND_VAR, None)
        return params

    def get_queryset(self, request, exclude_parameters=None):
        self.query = kept_term(request)
        self.is_over = not self.query and FOUND_VAR in request.GET
        return super().get_queryset(request, exclude_parameters)

    @property
    def search_action(self):
        """Where the form is posted to: the list with its filters, from the first page."""
        return self.get_query_string(remove=[FOUND_VAR])


class PrivateSearch(admin.ModelAdmin):
    """A list that is searched by POST. What it finds: `get_search_results`, as everywhere."""

    def get_changelist(self, request, **kwargs):
        return PrivateChangeList

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST" and SEARCH_BUTTON in request.POST:
            return _go_to(request, keep_term(request, request.POST.get(SEARCH_VAR, "")))
        if SEARCH_VAR in request.GET:
            return _go_to(request, OVER)
        return super().changelist_view(request, extra_context)

    def get_search_fields(self, request):
        # No field of a form offers these, so nobody asks by an address that has the words in it.
        is_of_a_field = request.path == reverse("admin:autocomplete")
        return () if is_of_a_field else super().get_search_fields(request)

    def get_list_display(self, request):
        first, *others = super().get_list_display(request)
        if not self.marks_near or not kept_term(request):
            return (first, *others)
        # Beside the name: a phone shows no more without scrolling.
        return (first, "likeness_words", *others)

    # Whether rows have a `likeness`.
    marks_near = False

    @admin.display(description="found by")
    def likeness_words(self, row):
        return NEAR_WORDS if getattr(row, "likeness", 0) else "What you typed"


def keep_term(request, term):
    """Keep a typed term in the session, and return the key to it; "" for no term."""
    term = clean_term(term)
    if not term:
        return ""
    kept = request.session.get(SEARCHES, {})
    others = [(key, value) for key, value in kept.items() if value != term]
    key = secrets.token_urlsafe(6)
    request.session[SEARCHES] = {**dict(others[-KEPT + 1 :]), key: term}
    return key


def kept_term(request):
    """Return what is looked for in this list, or "" if nothing is, or it is not kept any more."""
    return request.session.get(SEARCHES, {}).get(request.GET.get(FOUND_VAR, ""), "")


def _go_to(request, key):
    """Lead to the list with its filters, and with the key instead of any words."""
    params = request.GET.copy()
    for name in (SEARCH_VAR, FOUND_VAR, PAGE_VAR):
        params.pop(name, None)
    if key:
        params[FOUND_VAR] = key
    query = f"?{params.urlencode()}" if params else ""
    return HttpResponseRedirect(f"{request.path}{query}")
