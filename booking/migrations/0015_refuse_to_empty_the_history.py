"""The history of the visits is never emptied either, by itself or with the visits."""

from django.db import migrations

# Tests empty all tables: theirs is the one database where this trigger is off (tests/conftest.py).
REFUSE = """
CREATE TRIGGER booking_appointmentevent_is_never_emptied
    BEFORE TRUNCATE ON booking_appointmentevent
    FOR EACH STATEMENT EXECUTE FUNCTION booking_refuse_event_change();
"""
ALLOW = "DROP TRIGGER booking_appointmentevent_is_never_emptied ON booking_appointmentevent;"


class Migration(migrations.Migration):
    dependencies = [("booking", "0014_attempts_need_no_log")]

    operations = [migrations.RunSQL(REFUSE, reverse_sql=ALLOW)]
