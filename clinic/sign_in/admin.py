"""Accounts and the sign-in history in the admin. Devices and failures are not in it: they are secrets."""

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from booking.admin.whose import lacks_diary
from clinic.models import SignIn
from clinic.read_only import OnlyRead
from clinic.sign_in import two_step
from clinic.sign_in.owners import LAST_OWNER, OWNER, SUPERUSER, others_stay, rank

HELP = {
    "username": "What they type to sign in, such as mina.desk. No spaces.",
    "groups": "What they do here. Each group may do just what its work needs. Who is only in "
    "“Practitioner” sees no visits until this account is chosen under Practitioners, at their name, "
    "as “Staff account”.",
    "is_active": "Untick it when somebody leaves: they cannot sign in, and their name stays under what they did.",
    "is_staff": "They may sign in here.",
    "is_superuser": "May do everything, with no group. For whoever runs the site.",
}
LACKS_DIARY = (
    "This account sees no visits and no patients yet: open their name under {}, and choose the "
    "account there as “Staff account”."
)
OWN_ACCOUNT = (
    "Nobody resets their own two-step sign-in: a session left open at a desk would be enough for "
    "anybody to do it. If your phone and your codes are lost, ask another owner."
)
RESET = (
    "The authenticator app and the recovery codes of this account are gone, and it is signed out "
    "everywhere. Whoever signs in next with its password sets up a new app."
)
NOTHING_SET_UP = "There is nothing to reset: this account has neither an app nor recovery codes."

admin.site.unregister([User, StaticDevice, TOTPDevice])


class AccountForm(UserChangeForm):
    """An account, which stays an owner's if it is the last."""

    def clean(self):
        """Refuse what would leave nobody who can give others access."""
        super().clean()
        data, user = self.cleaned_data, self.instance
        after = {
            name: data.get(name, getattr(user, name))
            for name in ("is_active", "is_staff", "is_superuser")
        }
        groups = data.get("groups", user.groups.all())
        in_charge = after["is_superuser"] or any(group.name == OWNER for group in groups)
        stays = after["is_active"] and after["is_staff"] and in_charge
        if not stays and not others_stay([user.pk]):
            raise ValidationError(LAST_OWNER, code="last_owner")
        return data


class PasswordForm(AdminPasswordChangeForm):
    """A new password for an account, or none any more."""

    def clean(self):
        """Refuse to leave the last owner without one."""
        data = super().clean()
        if not self.cleaned_data["set_usable_password"] and not others_stay([self.user.pk]):
            self.add_error("usable_password", ValidationError(LAST_OWNER, code="last_owner"))
        return data


class AnswerFilter(admin.BooleanFieldListFilter):
    """Yes or no, asked in plain words."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = {
            "is_active": "still works here",
            "is_staff": "may sign in here",
            "is_superuser": "may do everything",
        }[self.field_path]


class GroupFilter(admin.RelatedFieldListFilter):
    """What they do here, or in no group yet."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = "group"
        self.empty_value_display = SafeString("In no group")


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Nobody changes an account that may do more than their own, or gives more than they have."""

    form = AccountForm
    change_password_form = PasswordForm
    list_display = ("username", "first_name", "last_name", "is_active", "is_staff", "two_step")
    list_filter = (
        ("groups", GroupFilter),
        ("is_active", AnswerFilter),
        ("is_staff", AnswerFilter),
        ("is_superuser", AnswerFilter),
    )
    add_form_template = None
    filter_horizontal = ("user_permissions",)
    readonly_fields = ("last_login",)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Who it is", {"fields": ("first_name", "last_name", "email")}),
        (
            "What they may do",
            {"fields": ("groups", "is_active", "is_staff", "is_superuser", "user_permissions")},
        ),
        ("Last seen", {"fields": ("last_login",)}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "email", "groups")}),
        (
            "First password",
            {
                "fields": ("password1", "password2"),
                "description": "Tell it to nobody but them. They change it under “Password and sign-in”.",
            },
        ),
    )

    def get_fieldsets(self, request, obj=None):
        """Leave out what only a superuser can change."""
        fieldsets = super().get_fieldsets(request, obj)
        if rank(request.user) == SUPERUSER:
            return fieldsets
        left_out = {"is_superuser", "user_permissions"}
        return [
            (title, options | {"fields": [one for one in options["fields"] if one not in left_out]})
            for title, options in fieldsets
        ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "groups":
            kwargs["widget"] = forms.CheckboxSelectMultiple()
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in HELP:
            field.help_text = HELP[db_field.name]
        return field

    def save_model(self, request, obj, form, change):
        if not change:
            # An account is good for nothing else.
            obj.is_staff = True
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        """Say what is left to do for an account that would find every page empty."""
        super().save_related(request, form, formsets, change)
        # Anew, as the groups are others now.
        if lacks_diary(User.objects.get(pk=form.instance.pk)):
            url = reverse("admin:booking_practitioner_changelist")
            link = format_html('<a href="{}">Practitioners</a>', url)
            self.message_user(request, format_html(LACKS_DIARY, link), messages.WARNING)

    def response_add(self, request, obj, post_url_continue=None):
        """Go on to the list. Django would go on to a second form, where nothing is left to do."""
        return super(UserAdmin, self).response_add(request, obj, post_url_continue)

    def get_queryset(self, request):
        apps = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        return super().get_queryset(request).annotate(has_app=Exists(apps))

    @method_decorator(sensitive_post_parameters())
    @transaction.atomic
    def user_change_password(self, request, id, form_url=""):
        # So that the owners stay locked until the password is gone.
        return super().user_change_password(request, id, form_url)

    def get_urls(self):
        view = self.admin_site.admin_view(self.reset_two_step)
        return [
            path("<int:pk>/reset-two-step/", view, name="auth_user_reset_two_step"),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["has_two_step"] = obj is not None and two_step.has_any(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    @method_decorator(never_cache)
    @transaction.atomic
    def reset_two_step(self, request, pk):
        """Say what happens if app and recovery codes go; a POST does it."""
        account = self.get_object(request, str(pk))
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        if account is None:
            raise Http404
        is_own, is_sent = account == request.user, request.method == "POST"
        if is_sent and not is_own and two_step.reset(account, now=timezone.now(), request=request):
            self.log_change(request, account, "Reset two-step sign-in.")
            self.message_user(request, RESET, messages.SUCCESS)
            return redirect("admin:auth_user_change", account.pk)
        nothing_to_do = "" if two_step.has_any(account) else NOTHING_SET_UP
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Reset two-step sign-in: {account.get_username()}",
            "account": account,
            "is_own": is_own,
            "refusal": OWN_ACCOUNT if is_own else nothing_to_do,
        }
        template = "admin/auth/user/reset_two_step.html"
        return TemplateResponse(request, template, context, status=409 if is_sent else 200)

    @admin.display(description="two-step sign-in", boolean=True)
    def two_step(self, user):
        return user.has_app

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        mine = rank(request.user)
        if mine < SUPERUSER:
            fields = (*fields, "is_superuser", "user_permissions")
        return (*fields, "groups") if mine == 0 else fields

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and _may(request.user, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and _may(request.user, obj)

    def get_deleted_objects(self, objs, request):
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        if not others_stay([user.pk for user in objs]):
            protected = [*protected, LAST_OWNER]
        return deleted, counts, lacking, protected

    def delete_model(self, request, obj):
        self.delete_queryset(request, User.objects.filter(pk=obj.pk))

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        # Shown before; here for two owners who delete each other at the same time.
        if not others_stay([user.pk for user in queryset]):
            raise PermissionDenied
        super().delete_queryset(request, queryset)


@admin.register(SignIn)
class SignInAdmin(OnlyRead, admin.ModelAdmin):
    """Read alone: PostgreSQL refuses any change too."""

    purpose = "Who signed in to an account, or tried to, when and from where."
    when_empty = "Nobody has signed in yet."
    list_display = ("at", "username", "outcome", "address", "browser")
    list_filter = ("outcome", "at")
    search_fields = ("username",)
    fields = list_display
    actions = None


def _may(user, account):
    return account is None or rank(account) <= rank(user)
