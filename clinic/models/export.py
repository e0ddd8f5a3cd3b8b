"""A list of the admin, written to a file."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import F, Q

KEPT = timedelta(hours=24)
# Whoever writes a file says so every few seconds. Longer than any statement may take.
SILENT = timedelta(minutes=2)


class ExportFormat(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel"


class ExportState(models.TextChoices):
    WAITING = "waiting", "Waiting for its turn"
    WORKING = "working", "Being written"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    STOPPED = "stopped", "Stopped"


UNFINISHED = (ExportState.WAITING, ExportState.WORKING)
# A list of these names persons: that it was taken out is noted in the audit.
OF_PERSONS = {
    "booking.appointment",
    "booking.auditentry",
    "booking.legalhold",
    "booking.mailoptout",
    "booking.message",
    "booking.moverequest",
    "booking.patient",
    "booking.waitlistentry",
}


def folder() -> Path:
    """Return where the files lie, readable by nobody else on this machine."""
    path = Path(settings.DATA_DIR) / "exports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


class ExportQuerySet(models.QuerySet["Export"]):
    """Exports as the pages and jobs look for them."""

    def unfinished(self) -> "ExportQuerySet":
        """Return those that wait or are being written."""
        return self.filter(state__in=UNFINISHED)

    def silent(self, now: datetime) -> "ExportQuerySet":
        """Return those whose writer has not been heard of: its process died."""
        return self.filter(state=ExportState.WORKING, heard_at__lt=now - SILENT)

    def old(self, now: datetime) -> "ExportQuerySet":
        """Return those whose time is over."""
        return self.filter(made_at__lt=now - KEPT)

    def drop_lists_of_persons(self, now: datetime) -> None:
        """Delete lists that name persons, and stop those that are being written.

        Not within the transaction that changes who is named: a list begun meanwhile has them all.
        """
        lists = self.filter(model__in=OF_PERSONS)
        # Whoever writes one sees so, and leaves nothing behind.
        lists.unfinished().update(state=ExportState.STOPPED, finished_at=now)
        names = [name for name in lists.values_list("file_name", flat=True) if name]
        lists.filter(state=ExportState.DONE).delete()
        for name in names:
            (folder() / name).unlink(missing_ok=True)


class Export(models.Model):
    """Who wants which list as a file, how far it is, and where the file lies for a day."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports"
    )
    model = models.CharField(max_length=100, help_text="Which list: booking.appointment.")
    parameters = models.TextField(blank=True, help_text="The filters, as in the list's address.")
    # A search may be for a person: what it found is kept instead of what was typed.
    found = models.JSONField(null=True, blank=True)
    format = models.CharField(max_length=10, choices=ExportFormat)
    state = models.CharField(max_length=20, choices=ExportState, default=ExportState.WAITING)
    problem = models.CharField(max_length=200, blank=True)
    rows_done = models.PositiveIntegerField(default=0)
    rows_all = models.PositiveIntegerField(default=0)
    file_name = models.CharField(max_length=100, blank=True)
    # What the user might do when it was written: whoever lost any of it may not have the file.
    rights = models.JSONField(default=list, blank=True)
    made_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-pk")
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_state_known",
                condition=Q(state__in=ExportState.values),
                violation_error_code="state_known",
                violation_error_message="This state is not known.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_format_known",
                condition=Q(format__in=ExportFormat.values),
                violation_error_code="format_known",
                violation_error_message="This format is not known.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_done_has_file",
                condition=~Q(state=ExportState.DONE)
                | (~Q(file_name="") & Q(finished_at__isnull=False)),
                violation_error_code="done_has_file",
                violation_error_message="An export that is done has a file.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_rows",
                condition=Q(rows_done__lte=F("rows_all")),
                violation_error_code="rows",
                violation_error_message="No more rows are done than there are.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model}, {self.get_format_display()}: {self.get_state_display().lower()}"

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    def is_silent(self, now: datetime) -> bool:
        """Say whether whoever writes it has not been heard of for too long."""
        heard_at = self.heard_at
        return self.state == ExportState.WORKING and (heard_at is None or heard_at < now - SILENT)

    @property
    def expires_at(self) -> datetime:
        """When the file is deleted."""
        return self.made_at + KEPT
