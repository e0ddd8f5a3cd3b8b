from django.contrib import admin
from django.utils.text import capfirst

from clinic.read_only import OnlyRead


class ReadOnlyInline(OnlyRead, admin.TabularInline):
    """A table that is only read."""

    template = "admin/booking/read_only_table.html"
    extra = 0
    can_delete = False


class PartOfVisitInline(ReadOnlyInline):
    """A table beside a visit: read by whoever may see the visit."""

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("booking.view_appointment") or request.user.has_perm(
            "booking.change_appointment"
        )


class ReadOnlyAdmin(OnlyRead, admin.ModelAdmin):
    """A list that is only read, and what stands in it written elsewhere."""

    actions = None

    class Media:
        css = {"all": ("css/staff.css",)}

    def changelist_view(self, request, extra_context=None):
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})
