"""The permission groups for staff. Every permission a group has is listed here."""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as global_apps
from django.contrib.auth.management import create_permissions

GROUPS: dict[str, dict[str, dict[str, str]]] = {
    # name -> app -> model ("*" for all of the app's) -> actions
    "Content": {
        "conditions": {
            "*": "add change view",
            # The parts of an article can be taken out of the draft; what is live stays as it is.
            "caution": "delete",
            "claim": "delete",
            "conditionname": "delete",
            "conditionredflag": "delete",
            "illustration": "delete",
            "image": "delete",
            "section": "delete",
            "selfcareitem": "delete",
        },
        "clinic": {"clinic": "view"},
    },
    "Front desk": {
        "booking": {
            "appointment": "view change",
            "patient": "view change",
            "notavailabletime": "add change delete view",
            "availabletime": "view",
            "service": "view",
            "location": "view",
            "practitioner": "view",
            "message": "view",
        },
        "clinic": {"clinic": "view"},
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
    pairs = [
        (model, actions)
        for key, actions in models.items()
        for model in (all_models if key == "*" else [key])
    ]
    return [f"{action}_{model}" for model, actions in pairs for action in actions.split()]
