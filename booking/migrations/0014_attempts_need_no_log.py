"""What is counted against the limits need not survive a crash of PostgreSQL.

So nobody who books waits until it is on the disk.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("booking", "0013_catalogue_state_with_red_flags")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE booking_attempt SET UNLOGGED",
            reverse_sql="ALTER TABLE booking_attempt SET LOGGED",
        ),
    ]
