"""Puts our own way in before Django's admin."""

from django.apps import apps
from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Django's admin, where `admin.site` is ours."""

    default_site = "clinic.sign_in.site.StaffSite"

    def ready(self) -> None:
        """Name accounts and groups as the first page does, above each of their pages too."""
        super().ready()
        # Not by a config of our own: tools look for Django's in the settings.
        apps.get_app_config("auth").verbose_name = "Staff accounts"
