"""Who may import whom: docs/architecture.md, section 2."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("booking", "clinic", "conditions")
# Inside booking, a layer may import those before it.
BOOKING_LAYERS = [
    {"errors", "actors", "slots", "zones", "templatetags", "validators", "weeks", "busy_times"}
    | {"day_grid"},
    {"models"},
    {"audit", "catalogue", "search"},
    {"diaries", "patients"},
    {"availability", "interruption", "limits", "offer_hours", "screening", "starter", "waits"},
    {"reasons", "stops"},
    {"agenda", "calendars", "follow_ups", "numbers", "words"},
    {"messages", "outbox", "reminders"},
    {"sending"},
    {"bounces", "tasks"},
    {"actions"},
    {"time_off", "waitlist", "busy_jobs", "merging"},
    {"privacy"},
    {"forms", "waitlist_forms"},
    {"views", "practitioner_views", "admin", "api"},
    {"urls", "apps", "management"},
]


def imports_of(path):
    """Return the dotted names that the file imports, also those inside functions."""
    package = path.relative_to(ROOT).parent.parts
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *filter(None, [node.module])])
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def files_of(app):
    return sorted(path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


def layer_of(dotted):
    parts = dotted.split(".")
    if parts[0] != "booking" or len(parts) < 2:
        return None
    return next((n for n, names in enumerate(BOOKING_LAYERS) if parts[1] in names), None)


def dotted_name(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def test_conditions_does_not_know_booking():
    guilty = {
        dotted_name(path): name
        for path in files_of("conditions")
        for name in imports_of(path)
        if name.split(".")[0] == "booking"
    }

    assert guilty == {}


@pytest.mark.parametrize(
    "module",
    [
        "models/__init__",
        "models/clinic",
        "models/sealing",
        "sealing",
        "sealed_field",
        "models/sign_in",
        "models/first_day",
        "help",
        "read_only",
        "mail_test",
        "staff_menu",
        "models/export",
        "exports/cells",
        "forms",
        "confirmation",
        "environment",
        "logs",
        "mail",
        "providers",
        "sms",
        "twilio",
        "bounces",
        "first_query",
        "outbound",
        "deadline",
        "embedded_postgres",
        "list_filters",
        "form_values",
    ],
)
def test_the_clinics_own_facts_know_neither_app(module):
    names = {name.split(".")[0] for name in imports_of(ROOT / "clinic" / f"{module}.py")}

    assert names & {"conditions", "booking"} == set()


@pytest.mark.parametrize("app", ["conditions", "booking"])
def test_apps_know_of_the_clinic_only_its_facts_and_form_pieces(app):
    names = ("models", "forms", "confirmation", "first_query", "outbound", "mail", "bounces", "sms")
    names += ("sealing", "sealed_field", "exports.cells", "help")
    names += ("read_only",)
    allowed = tuple(f"clinic.{name}" for name in names)
    guilty = {
        dotted_name(path): name
        for path in files_of(app)
        for name in imports_of(path)
        if name.startswith("clinic.") and not name.startswith(allowed)
    }

    assert guilty == {}


def test_every_module_of_booking_has_its_layer():
    modules = {path.relative_to(ROOT / "booking").parts[0] for path in files_of("booking")}

    named = {name.removesuffix(".py") for name in modules} - {"__init__"}
    assert named <= set().union(*BOOKING_LAYERS)


def test_booking_imports_from_left_to_right():
    guilty = {
        (dotted_name(path), name)
        for path in files_of("booking")
        for name in imports_of(path)
        if layer_of(dotted_name(path)) is not None
        and layer_of(name) is not None
        and layer_of(name) > layer_of(dotted_name(path))
    }

    assert guilty == set()


@pytest.mark.parametrize("module", ["slots", "day_grid"])
def test_slots_are_arithmetic(module):
    names = imports_of(ROOT / "booking" / f"{module}.py")
    foreign = {name.split(".")[0] for name in names if not name.startswith("booking.slots")}

    assert foreign & {"django", "booking", "clinic", "conditions", "time"} == set()


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "services", "core"])
def test_no_module_is_named_after_nothing(name):
    found = [path for app in APPS for path in (ROOT / app).rglob(f"{name}*")]

    assert [path for path in found if path.stem == name] == []


def test_actions_alone_write_appointments():
    writes = re.compile(
        r"Appointment\(|Appointment\.objects[\w.()]*\.(create|bulk_create|update|delete)\("
    )
    guilty = {
        path.relative_to(ROOT).as_posix()
        for app in APPS
        for path in files_of(app)
        if writes.search(path.read_text())
    }

    # Bulk data for measuring goes around them.
    expected = {"booking/actions/taking.py", "booking/management/commands/seed_load.py"}
    assert guilty - {"booking/models/appointment.py"} == expected
