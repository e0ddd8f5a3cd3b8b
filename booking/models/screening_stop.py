from django.db import models
from django.db.models import Q

from conditions.models import CareLevel

# At these levels the questions keep somebody from booking, or make them stop and read.
STOPPING = (CareLevel.EMERGENCY, CareLevel.URGENT)


class ScreeningStop(models.Model):
    """How often the red-flag questions stopped a booking on one day, by level, and nothing else.

    Not who it was, at what hour, on the way to which visit, or what was ticked.
    """

    on = models.DateField("on", help_text="The day on the clinic’s clock.")
    level = models.CharField(max_length=20, choices=CareLevel)
    count = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        ordering = ("on", "level")
        constraints = [
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_once",
                fields=("on", "level"),
                violation_error_code="once",
                violation_error_message="This day is counted already.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_level_stops",
                condition=Q(level__in=STOPPING),
                violation_error_code="level_stops",
                violation_error_message="Such a sign stops nobody.",
            ),
        ]

    def __str__(self) -> str:
        # Without the count: few may not be told from one.
        return f"{self.get_level_display()}, {self.on:%Y-%m-%d}"
