"""Puts our own way in before Django's admin."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Django's admin, where `admin.site` is ours."""

    default_site = "clinic.sign_in.site.StaffSite"
