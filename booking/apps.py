from django.apps import AppConfig
from django.conf import settings


class BookingConfig(AppConfig):
    name = "booking"
    verbose_name = "Visits and patients"

    def ready(self) -> None:
        """Tell the articles, which do not know this app, the addresses that they may link to."""
        # There are no models before the app is ready.
        from conditions.inside_links import answers_for

        from .models import Practitioner, Service

        answers_for("booking:practitioner", Practitioner.objects.filter(is_active=True))
        for step in ("safety", "times", "details"):
            answers_for(f"booking:{step}", Service.objects.bookable())
        if settings.EMAIL_WEBHOOK_SECRET:
            from anymail.signals import tracking

            from .bounces import note_report

            tracking.connect(note_report)
