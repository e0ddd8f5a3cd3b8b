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
    "booking/busycalendar": (DESK, OWNER, OWNER),
    "booking/location": ("FPOS", OWNER, OWNER),
    "booking/mailoptout": (DESK, DESK, DESK),
    "booking/message": (DESK, NOBODY, NOBODY),
    "booking/messagewords": (DESK, NOBODY, NOBODY),
    "booking/moverequest": (DESK, NOBODY, NOBODY),
    "booking/notavailabletime": ("FPOS", DESK, DESK),
    "booking/patient": (DESK, NOBODY, NOBODY),
    "booking/practitioner": ("FPOS", OWNER, OWNER),
    "booking/service": ("FPOS", OWNER, OWNER),
    "booking/waitlistentry": (DESK, NOBODY, NOBODY),
    "clinic/clinic": ("ACRFPOS", NOBODY, NOBODY),
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
    "content-today/": READERS,
    "content-today/check-links/": CONTENT,
    "conditions/condition/pages-to-update/": READERS,
    **{f"conditions/condition/<int:pk>/{page}": roles for page, roles in _ARTICLE.items()},
    **{f"conditions/treatment/<int:pk>/{page}": roles for page, roles in _ARTICLE.items()},
    **{f"conditions/{name}/<int:pk>/uses/": CONTENT for name in (*_SHARED, "acupoint")},
    # Leads on to the herb, food, nutrient or point, which says who may see it.
    "conditions/remedy/<path:object_id>/change/": EVERYBODY,
    "booking/appointment/<int:pk>/move/": DESK,
    "booking/appointment/<int:pk>/articles/": DESK,
    "booking/appointment/<int:pk>/calendar/": DESK,
    "booking/messagewords/<str:key>/preview/": DESK,
    "booking/service/why-not-offered/": "FPOS",
}
