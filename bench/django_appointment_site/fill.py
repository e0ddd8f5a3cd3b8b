"""Make the tables, a service, its staff, appointments, and a client for every fourth.

`python -m bench.django_appointment_site.fill` reads the appointments from its standard input, one a
line: with which staff member, from 0, and the start on the wall clock, as `0 2026-12-08 09:00`.
"""

import os
import sys
from datetime import time, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.django_appointment_site.settings")
django.setup()

# The package's models may be imported once Django is set up.
from appointment.models import DAYS_OF_WEEK, Service, StaffMember, WorkingHours  # noqa: E402 (after the settings)
from django.contrib.auth.models import User  # noqa: E402 (after the settings)
from django.core.management import call_command  # noqa: E402 (after the settings)
from django.db import connection  # noqa: E402 (after the settings)

DURATION = timedelta(minutes=45)
STEP_MINUTES = 15
VISITS_A_CLIENT = 4
REQUESTS = """
    INSERT INTO appointment_appointmentrequest (date, start_time, end_time, service_id,
        staff_member_id, payment_type, id_request, reschedule_attempts, created_at, updated_at)
    SELECT start::date, start::time, (start + %s)::time, %s, staff, 'full', 'load-' || start, 0,
        now(), now()
    FROM unnest(%s::bigint[], %s::timestamp[]) AS made(staff, start)
"""
CLIENTS = """
    INSERT INTO auth_user (username, email, first_name, last_name, password, is_superuser,
        is_staff, is_active, date_joined)
    SELECT 'from-' || number, 'from-' || number || '@load.example.org', 'Load', 'Patient', '!',
        false, false, true, now()
    FROM generate_series(1, %s) AS number
"""
APPOINTMENTS = """
    INSERT INTO appointment_appointment (client_id, appointment_request_id, phone, address,
        want_reminder, paid, amount_to_pay, id_request, created_at, updated_at)
    SELECT %s - id %% %s, id, '+12025550100', '', false, false, 0, id_request, created_at, updated_at
    FROM appointment_appointmentrequest
"""


def make_staff_member(number: int, service: Service) -> StaffMember:
    name = f"doctor-{number}"
    user = User.objects.create_user(name, f"{name}@load.example.org", first_name="Load")
    staff = StaffMember.objects.create(user=user, slot_duration=STEP_MINUTES)
    staff.services_offered.add(service)
    for day, _ in DAYS_OF_WEEK:
        WorkingHours.objects.create(
            staff_member=staff, day_of_week=day, start_time=time(9), end_time=time(17)
        )
    return staff


def main() -> None:
    # The package comes without migrations: its README has everybody make them.
    call_command("makemigrations", "appointment", verbosity=0)
    call_command("migrate", verbosity=0, interactive=False)
    service = Service.objects.create(name="Load visit", duration=DURATION, price=0)
    taken = [line.split(" ", 1) for line in sys.stdin.read().splitlines()]
    staff = [
        make_staff_member(number, service) for number in range(1 + max(int(n) for n, _ in taken))
    ]
    people, starts = [staff[int(number)].pk for number, _ in taken], [start for _, start in taken]
    clients = len(starts) // VISITS_A_CLIENT
    with connection.cursor() as cursor:
        cursor.execute(CLIENTS, [clients])
        cursor.execute(REQUESTS, [DURATION, service.pk, people, starts])
        cursor.execute(APPOINTMENTS, [User.objects.latest("pk").pk, clients])


main()
