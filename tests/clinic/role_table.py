"""Who may open which page of the admin. One letter a role, see `test_roles.py`; S is a superuser."""

CONTENT = "ACROS"
DESK = "FOS"
EVERYBODY = "NACRFPOS"
OWNER = "OS"
READERS = "ACRPOS"
SIGNING = "RS"
WRITING = "CROS"
NOBODY = ""

# For each model: who sees its list, a record and its history; who adds one; who deletes one.
# What is in another practitioner's diary is not there for P.
MODELS = {
    "auth/group": (OWNER, "S", "S"),
    "auth/user": (OWNER, OWNER, OWNER),
    "booking/appointment": (DESK, "FPOS", NOBODY),
    "booking/auditentry": (OWNER, NOBODY, NOBODY),
    "booking/busycalendar": (DESK, OWNER, OWNER),
    "booking/legalhold": (OWNER, NOBODY, NOBODY),
    "booking/location": ("FPOS", OWNER, OWNER),
    "booking/mailoptout": (DESK, DESK, DESK),
    "booking/message": (DESK, NOBODY, NOBODY),
    "booking/messagewords": (DESK, NOBODY, NOBODY),
    "booking/moverequest": (DESK, NOBODY, NOBODY),
    "booking/notavailabletime": ("FPOS", DESK, DESK),
    "booking/patient": (DESK, NOBODY, NOBODY),
    "booking/practitioner": ("FPOS", OWNER, OWNER),
    "booking/retentionrule": (OWNER, NOBODY, NOBODY),
    "booking/retentionrun": (OWNER, NOBODY, NOBODY),
    "booking/service": ("FPOS", OWNER, OWNER),
    "booking/waitlistentry": (DESK, NOBODY, NOBODY),
    "clinic/clinic": ("ACRFPOS", NOBODY, NOBODY),
    "clinic/signin": (OWNER, NOBODY, NOBODY),
    "conditions/acupoint": (CONTENT, WRITING, OWNER),
    "conditions/condition": (READERS, CONTENT, NOBODY),
    "conditions/emptysearch": (CONTENT, NOBODY, WRITING),
    "conditions/feedback": (CONTENT, NOBODY, OWNER),
    "conditions/food": (CONTENT, WRITING, OWNER),
    "conditions/glossaryterm": (CONTENT, WRITING, OWNER),
    "conditions/herb": (CONTENT, WRITING, OWNER),
    "conditions/image": (CONTENT, CONTENT, WRITING),
    "conditions/linkcheck": (CONTENT, NOBODY, NOBODY),
    "conditions/medicineclass": (CONTENT, WRITING, OWNER),
    "conditions/nutrient": (CONTENT, WRITING, OWNER),
    "conditions/redflag": (CONTENT, SIGNING, OWNER),
    "conditions/remedy": (READERS, NOBODY, NOBODY),
    "conditions/review": (CONTENT, SIGNING, OWNER),
    "conditions/revision": (CONTENT, NOBODY, NOBODY),
    "conditions/source": (CONTENT, CONTENT, OWNER),
    "conditions/treatment": (READERS, CONTENT, NOBODY),
}
# Lists that open for practitioners, though the record of the test is not theirs.
OWN_DIARY = ("booking/appointment", "booking/message", "booking/moverequest", "booking/patient")

_ARTICLE = {
    "address/": WRITING,
    "site/": WRITING,
    "preview/": READERS,
    "editions/": READERS,
    "editions/difference/": READERS,
    "editions/checked/": SIGNING,
    "editions/<int:number>/": READERS,
    "editions/<int:number>/roll-back/": WRITING,
}
_SHARED = ("source", "glossaryterm", "medicineclass", "redflag", "herb", "food", "nutrient")
OTHERS = {
    "": EVERYBODY,
    "password_change/": EVERYBODY,
    "password_change/done/": EVERYBODY,
    # Each field asks for the right to see what it offers.
    "autocomplete/": NOBODY,
    "auth/user/<id>/password/": OWNER,
    "auth/user/<int:pk>/reset-two-step/": OWNER,
    "password-and-sign-in/": EVERYBODY,
    # Leads on whoever has no app, or has shown its code.
    "two-step/": NOBODY,
    "two-step/set-up/": EVERYBODY,
    "two-step/recovery-codes/": EVERYBODY,
    "first-day/": OWNER,
    "first-day/confirm/": OWNER,
    "first-day/mail/": OWNER,
    "numbers/": OWNER,
    "numbers/<slug:key>.svg": OWNER,
    "numbers/<slug:key>.csv": OWNER,
    # Of the list of visits. The right to export is that of owners and of who writes articles.
    "export/<str:app_label>/<str:model_name>/": OWNER,
    "exports/": WRITING,
    # Each is its owner's alone.
    "exports/<int:pk>/": NOBODY,
    "exports/<int:pk>/stop/": NOBODY,
    "exports/<int:pk>/again/": NOBODY,
    "exports/<int:pk>/file/": NOBODY,
    "content-today/": READERS,
    "content-today/check-links/": CONTENT,
    "conditions/condition/pages-to-update/": READERS,
    **{f"conditions/condition/<int:pk>/{page}": roles for page, roles in _ARTICLE.items()},
    **{f"conditions/treatment/<int:pk>/{page}": roles for page, roles in _ARTICLE.items()},
    **{f"conditions/{name}/<int:pk>/uses/": CONTENT for name in (*_SHARED, "acupoint")},
    # Leads on to the herb, food, nutrient or point, which says who may see it.
    "conditions/remedy/<path:object_id>/change/": EVERYBODY,
    "booking/appointment/agenda/": "FPOS",
    "booking/appointment/agenda/state/": "FPOS",
    "booking/appointment/agenda/print/": "FPOS",
    "booking/patient/<int:pk>/merge/": DESK,
    "booking/patient/<int:pk>/everything/": OWNER,
    "booking/patient/<int:pk>/erase/": OWNER,
    "booking/patient/<int:pk>/hold/": OWNER,
    "booking/retentionrule/<str:kind>/run/": OWNER,
    "booking/appointment/<int:pk>/move/": DESK,
    "booking/appointment/<int:pk>/articles/": DESK,
    "booking/appointment/<int:pk>/calendar/": DESK,
    "booking/messagewords/<str:key>/preview/": DESK,
    "booking/service/why-not-offered/": "FPOS",
}
