"""The clinic app: the project's own pages, and the clinic's facts."""

from django.apps import AppConfig
from django.core.mail import mailers
from django.db.models.signals import post_migrate

from clinic.groups import create_groups


class ClinicConfig(AppConfig):
    """Who the clinic is, and what belongs to the whole site."""

    name = "clinic"
    verbose_name = "The clinic"

    def ready(self) -> None:
        """Register the checks, look at how mail leaves, and create the staff groups after each migration.

        post_migrate, because that is when Django itself creates the permissions the groups hold.
        """
        from clinic import checks  # noqa: F401 - importing it registers them
        from clinic.sign_in import receivers  # models have to be there first

        receivers.connect()

        # What a provider lacks stops the start, not the first mail.
        _ = mailers["default"]
        post_migrate.connect(create_groups, dispatch_uid="clinic.create_groups")
