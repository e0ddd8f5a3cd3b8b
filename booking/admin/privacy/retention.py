"""For how long which data is kept: the rules, what each would do now, and what was done."""

from functools import partial
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking.actors import name_of
from booking.admin.read_only import ReadOnlyAdmin
from booking.admin.wording import when_label
from booking.models import RetentionRule, RetentionRun
from booking.privacy.retention import KINDS, apply, due, older_than

LIST = "admin:booking_retentionrule_changelist"


class RuleForm(forms.ModelForm):
    """For how long. Empty means for good."""

    class Meta:
        model = RetentionRule
        fields = ("keep_months",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if field := self.fields.get("keep_months"):
            bounds = self.instance.bounds
            field.validators += [
                MinValueValidator(bounds.lowest, f"{bounds.lowest} months at least."),
                MaxValueValidator(bounds.highest, f"{bounds.highest} months at most."),
            ]
            field.help_text = (
                f"Empty: kept for good. From {bounds.lowest} to {bounds.highest} months. "
                f"A sample, no advice: {bounds.sample} ({length(bounds.sample)}). "
                "Your state’s law says how long you must keep what: ask before you type a number."
            )


@admin.register(RetentionRule)
class RetentionRuleAdmin(admin.ModelAdmin):
    """Every kind, whether or not a rule is on. None is added or deleted."""

    purpose = "For how long each kind of data is kept, and what each rule would let go of now."
    when_empty = "The rules come by themselves. All are off until you say for how long."
    form = RuleForm
    fields = ("keep_months",)
    actions = None

    class Media:
        css = {"all": ("css/staff.css",)}

    def get_urls(self):
        run = self.admin_site.admin_view(partial(run_view, model_admin=self))
        return [
            path("<str:kind>/run/", run, name="booking_retentionrule_run"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_object(self, request, object_id, from_field=None):
        """Return the rule; of a kind that has none, one that is off and not stored."""
        if object_id not in KINDS:
            raise Http404
        return super().get_object(request, object_id) or RetentionRule(kind=object_id)

    def save_model(self, request, obj, form, change):
        obj.changed_at, obj.changed_by_name = timezone.now(), name_of(request.user)
        super().save_model(request, obj, form, change=False)

    def response_change(self, request, obj):
        """Show at once what the rule would do tonight."""
        if obj.keep_months is None:
            words = f"{obj}: kept for good."
            self.message_user(request, words, messages.SUCCESS)
            return redirect(LIST)
        words = f"{obj}: kept for {length(obj.keep_months)}. From tonight on the rule is applied."
        self.message_user(request, words, messages.SUCCESS)
        return redirect("admin:booking_retentionrule_run", obj.pk)

    def changelist_view(self, request, extra_context=None):
        """List every kind, for how long it is kept, and what the rule would do now."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        now, rules = timezone.now(), RetentionRule.objects.in_bulk()
        rows = []
        for kind in KINDS:
            rule = rules.get(kind) or RetentionRule(kind=kind)
            rows.append(
                {
                    "rule": rule,
                    "url": reverse("admin:booking_retentionrule_change", args=[kind]),
                    "kept": length(rule.keep_months) if rule.keep_months else "",
                    "found": due(rule, now=now),
                    "done": KINDS[kind].done,
                }
            )
        context = {
            **self.admin_site.each_context(request),
            "title": "How long data is kept",
            "opts": self.opts,
            "rows": rows,
            "may_change": self.has_change_permission(request),
        }
        template = "admin/booking/retentionrule/change_list.html"
        return TemplateResponse(request, template, context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def run_view(request, kind, *, model_admin):
    """Show what one rule would do now; a POST does it."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    rule = model_admin.get_object(request, kind)
    now = timezone.now()
    before = older_than(rule, now=now)
    is_wanted = request.method == "POST" and rule.keep_months is not None
    # Somebody may have made it shorter since it was shown.
    is_as_shown = request.POST.get("keep_months") == str(rule.keep_months)
    run = apply(rule, user=request.user, now=now) if is_wanted and is_as_shown else None
    if run is not None:
        words = f"{rule}: {run.count} {KINDS[kind].done}."
        model_admin.message_user(request, words, messages.SUCCESS)
        return redirect("admin:booking_retentionrun_changelist")
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": f"{rule}: what the rule would do now",
        "rule": rule,
        "done": KINDS[kind].done,
        "found": due(rule, now=now),
        "before": when_label(before, ZoneInfo(settings.TIME_ZONE)) if before else "",
        "is_changed": is_wanted,
    }
    template = "admin/booking/retentionrule/run.html"
    return TemplateResponse(request, template, context, status=409 if is_wanted else 200)


@admin.register(RetentionRun)
class RetentionRunAdmin(ReadOnlyAdmin):
    """What the rules did, the latest first."""

    purpose = "What the retention rules let go of, when, and who told them to."
    when_empty = "No rule has let go of anything yet."
    list_display = ("rule", "at", "kept", "older_than", "count", "by_name")
    list_display_links = None
    list_filter = ("rule",)
    list_select_related = ("rule",)
    fields = list_display

    @admin.display(description="kept for")
    def kept(self, run):
        return length(run.keep_months)


def length(months):
    """Return "7 years", "18 months" or "1 month"."""
    count, unit = (months // 12, "year") if months % 12 == 0 else (months, "month")
    return f"{count} {unit}{'' if count == 1 else 's'}"
