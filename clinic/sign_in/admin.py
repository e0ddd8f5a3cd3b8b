"""The sign-in history in the admin. Devices and failures are not in it: they are secrets."""

from django.contrib import admin
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from clinic.models import SignIn

admin.site.unregister([StaticDevice, TOTPDevice])


@admin.register(SignIn)
class SignInAdmin(admin.ModelAdmin):
    """Read alone: PostgreSQL refuses any change too."""

    list_display = ("at", "username", "outcome", "address", "browser")
    list_filter = ("outcome", "at")
    search_fields = ("username",)
    search_help_text = "User name"
    fields = list_display
    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
