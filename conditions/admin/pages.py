"""The pages that each article has in the admin besides its form."""

from functools import partial

from django.urls import path

from .checking import checked_view
from .editions import difference_view, editions_view, roll_back_view
from .on_site import address_view, site_view
from .preview import preview_draft, preview_edition

_PAGES = (
    ("address", "<int:pk>/address/", address_view),
    ("site", "<int:pk>/site/", site_view),
    ("preview", "<int:pk>/preview/", preview_draft),
    ("editions", "<int:pk>/editions/", editions_view),
    ("difference", "<int:pk>/editions/difference/", difference_view),
    ("checked", "<int:pk>/editions/checked/", checked_view),
    ("edition", "<int:pk>/editions/<int:number>/", preview_edition),
    ("roll_back", "<int:pk>/editions/<int:number>/roll-back/", roll_back_view),
)


def article_urls(model_admin):
    """Return the addresses of these pages; nobody opens one without signing in."""
    wrap = model_admin.admin_site.admin_view
    prefix = f"conditions_{model_admin.opts.model_name}"
    return [
        path(route, wrap(partial(view, model_admin)), name=f"{prefix}_{name}")
        for name, route, view in _PAGES
    ]
