"""Background work: writing the files of long lists, and deleting them a day later."""

from datetime import datetime

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from clinic.exports.writing import note_failed, write
from clinic.models import Export, ExportState
from clinic.models.export import UNFINISHED, folder
from conditions.tasks import AFTER_MAIL

SECONDS_OF_AN_AID = 60 * 60
DIED = "The program that wrote it has ended in the middle."


@app.task(name="clinic.write_export", priority=AFTER_MAIL, pass_context=True)
def write_export(context: JobContext, *, pk: int) -> None:
    """Write the file of an export, as its owner may see the list now. Safe to run again."""
    export = Export.objects.select_related("by").filter(pk=pk).first()
    if export is not None:
        write(export, is_ending=context.should_abort)


@app.periodic(cron="* * * * *")
@app.task(name="clinic.tidy_exports", queueing_lock="clinic.tidy_exports")
def tidy_exports(timestamp: int) -> None:
    """Note which exports their worker left, and delete what is a day old."""
    tidy(now=timezone.now())


def tidy(*, now: datetime) -> None:
    """Delete old exports and their files, and files that no export knows of any more."""
    note_failed(Export.objects.silent(now), DIED, now=now)
    Export.objects.old(now).delete()
    wanted = Export.objects.filter(state__in=(*UNFINISHED, ExportState.DONE))
    known = set(wanted.values_list("file_name", flat=True))
    for path in folder().iterdir():
        # XlsxWriter has files of its own beside the one that it writes.
        is_new = path.exists() and now.timestamp() - path.stat().st_mtime < SECONDS_OF_AN_AID
        if path.name not in known and not is_new:
            path.unlink(missing_ok=True)
