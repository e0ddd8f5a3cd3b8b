"""The order of the admin's lists, on its first page and beside every other: by daily use."""

from typing import Any

type Task = dict[str, Any]
"""As the admin's own list of an app: `name`, `app_label`, `app_url` and its `models`."""

# Name, app, and its models in this order. What is not named comes last in the app's last part.
TASKS = (
    (
        "Visits and patients",
        "booking",
        ("appointment", "patient", "waitlistentry", "moverequest", "message"),
    ),
    (
        "Hours and services",
        "booking",
        (
            "notavailabletime",
            "practitioner",
            "service",
            "location",
            "busycalendar",
            "messagewords",
            "mailoptout",
        ),
    ),
    # What there comes to be besides.
    ("Records", "booking", ("auditentry", "legalhold", "retentionrule", "retentionrun")),
    (
        "Articles",
        "conditions",
        ("condition", "treatment", "redflag", "feedback", "review", "revision"),
    ),
    (
        "What articles share",
        "conditions",
        (
            "image",
            "source",
            "glossaryterm",
            "herb",
            "food",
            "nutrient",
            "acupoint",
            "medicineclass",
        ),
    ),
    ("The clinic", "clinic", ("clinic", "signin")),
    ("Staff accounts", "auth", ("user", "group")),
)


def tasks_of(app_list: list[Task]) -> list[Task]:
    """Return the lists that somebody may see, in groups; apps that nobody thought of come last."""
    by_label = {app["app_label"]: app for app in app_list}
    tasks = []
    for position, (name, label, order) in enumerate(TASKS):
        app = by_label.get(label)
        if app is None:
            continue
        here = {_name_of(model): model for model in app["models"]}
        is_last = all(label != other for _, other, _ in TASKS[position + 1 :])
        named = {one for _, other, names in TASKS if other == label for one in names}
        rest = [one for one in here if one not in named] if is_last else []
        models = [here[one] for one in (*order, *rest) if one in here]
        if models:
            tasks.append({**app, "name": name, "models": models})
    known = {label for _, label, _ in TASKS}
    return tasks + [app for app in app_list if app["app_label"] not in known]


def _name_of(model: dict[str, Any]) -> str:
    return str(model["object_name"]).lower()
