"""The permission groups for staff. Every permission a group has is listed here."""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as global_apps
from django.contrib.auth.management import create_permissions

_PARTS = [
    "amount",
    "caution",
    "claim",
    "conditionname",
    "conditionredflag",
    "illustration",
    "relatedtopic",
    "section",
    "selfcareitem",
]
# The parts of an article can be taken out of the draft; what is live stays as it is.
_DRAFTS = {
    "*": "view",
    "condition": "add change view",
    "treatment": "add change view",
    "image": "add change view",
    "source": "add change view",
    **dict.fromkeys(_PARTS, "add change delete view"),
}
_CONTENT = {
    **_DRAFTS,
    "*": "add change view",
    "condition": "add change view publish",
    "treatment": "add change view publish",
    "image": "add change delete view",
    # Taken off the list of what is to do.
    "emptysearch": "add change delete view",
    # Signs and reviews are signed by a clinical reviewer, so nobody else writes them.
    "redflag": "view",
    "review": "view",
}

GROUPS: dict[str, dict[str, dict[str, str]]] = {
    # name -> app -> model ("*" for all that are not named) -> actions
    "Author": {"conditions": _DRAFTS, "clinic": {"clinic": "view"}},
    "Content": {"conditions": _CONTENT, "clinic": {"clinic": "view", "export": "add"}},
    "Clinical reviewer": {
        "conditions": {
            **_CONTENT,
            "redflag": "add change view",
            "review": "add change view",
            # Not a model: the permission sign_clinical.
            "clinical": "sign",
        },
        "clinic": {"clinic": "view", "export": "add"},
    },
    "Front desk": {
        "booking": {
            "appointment": "view change",
            # Not a model: the permission see_every_diary.
            "every_diary": "see",
            "patient": "view change",
            "notavailabletime": "add change delete view",
            "availabletime": "view",
            "busycalendar": "view",
            "service": "view",
            "location": "view",
            "practitioner": "view",
            "message": "view",
            "messagewords": "view change",
            "waitlistentry": "view change",
            "waitlistoffer": "view",
            "mailoptout": "add delete view",
        },
        "clinic": {"clinic": "view"},
    },
    # Sees their own diary, and the people in it.
    "Practitioner": {
        "booking": {
            "appointment": "view change",
            "patient": "view",
            "notavailabletime": "view",
            "availabletime": "view",
            "service": "view",
            "location": "view",
            "practitioner": "view",
            "message": "view",
        },
        "conditions": {"condition": "view", "treatment": "view", "remedy": "view"},
        "clinic": {"clinic": "view"},
    },
    "Owner": {
        "booking": {
            "*": "add change delete view",
            "every_diary": "see",
            "patient": "add change delete view erase export",
        },
        "conditions": {
            "*": "add change delete view",
            "condition": "add change delete view publish",
            "treatment": "add change delete view publish",
        },
        "clinic": {"*": "add change delete view", "numbers": "see", "signin": "view"},
        "auth": {"user": "add change delete view", "group": "view"},
    },
}


def create_groups(sender: AppConfig, using: str, apps: Any = global_apps, **kwargs: Any) -> None:
    """Give the groups their permissions on the models of `sender`, the app just migrated.

    Only adds: what an administrator gave a group besides stays. Runs once for each app, and may be
    called before contrib.auth's own receiver, so it has the app's permissions created first.
    """
    wanted = {
        name: by_app[sender.label] for name, by_app in GROUPS.items() if sender.label in by_app
    }
    if not wanted or not sender.models_module:
        return
    try:
        group_model = apps.get_model("auth", "Group")
        permission_model = apps.get_model("auth", "Permission")
    except LookupError:  # migrated back to before auth had tables
        return
    create_permissions(sender, verbosity=0, using=using, apps=apps)
    permissions = permission_model.objects.using(using).filter(content_type__app_label=sender.label)
    by_codename = {permission.codename: permission for permission in permissions}
    for name, models in wanted.items():
        group, _created = group_model.objects.using(using).get_or_create(name=name)
        codenames = _codenames(models, [model.__name__.lower() for model in sender.get_models()])
        group.permissions.add(*(by_codename[c] for c in codenames if c in by_codename))


def _codenames(models: dict[str, str], all_models: list[str]) -> list[str]:
    """Return the codenames, such as `change_appointment`, that `models` stands for."""
    others = models.get("*", "")
    by_model = dict.fromkeys(all_models, others) | {
        model: actions for model, actions in models.items() if model != "*"
    }
    return [
        f"{action}_{model}" for model, actions in by_model.items() for action in actions.split()
    ]
