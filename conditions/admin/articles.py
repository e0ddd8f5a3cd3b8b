"""Articles: staff edit the draft, and publish it when it is ready."""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from clinic.confirmation import ask_first, is_confirmed
from conditions.documents import with_parts
from conditions.models import Condition, Treatment
from conditions.publishing import (
    NotPublishable,
    changed_since_published,
    publish,
    unpublish,
)

from .conflicts import GuardedAdmin
from .pages import article_urls
from .parts import (
    PARAGRAPHS,
    ConditionClaimInline,
    ConditionIllustrationInline,
    ConditionSectionInline,
    MayHelpInline,
    NameInline,
    RedFlagInline,
    SelfCareInline,
    TreatmentCautionInline,
    TreatmentIllustrationInline,
    TreatmentSectionInline,
)


class ArticleAdmin(GuardedAdmin):
    """What conditions and treatments share: drafts, their state, Publish and Unpublish."""

    actions = ["publish_articles", "unpublish_articles"]
    autocomplete_fields = ["sources"]
    prepopulated_fields = {"slug": ["title"]}
    readonly_fields = ["state", "updated_at"]
    search_fields = ["title", "slug", "summary"]
    save_on_top = True
    formfield_overrides = PARAGRAPHS

    def get_urls(self):
        return [*article_urls(self), *super().get_urls()]

    def get_queryset(self, request):
        # The state compares each draft with its live page, so every part is needed: a few queries
        # for the whole list instead of a few for each row.
        return with_parts(self.model.objects.with_live_document(timezone.now()))

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "slug"] if obj and obj.revisions.exists() else fields

    def get_prepopulated_fields(self, request, obj=None):
        return {} if "slug" in self.get_readonly_fields(request, obj) else self.prepopulated_fields

    def has_delete_permission(self, request, obj=None):
        never_published = obj is None or not obj.revisions.exists()
        return never_published and super().has_delete_permission(request, obj)

    def view_on_site(self, obj):
        return obj.get_absolute_url()

    @admin.display(description="State")
    def state(self, obj):
        """Say in words what the public sees of the article."""
        if obj.pk is None or obj.live_document is None:
            return "Draft, not on the site"
        if changed_since_published(obj, obj.live_document):
            return "Live, changed since published"
        return "Live"

    def response_add(self, request, obj, post_url_continue=None):
        if "_publish" in request.POST:
            return self._publish_and_stay(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        if "_publish" in request.POST:
            return self._publish_and_stay(request, obj)
        return super().response_change(request, obj)

    def _publish_and_stay(self, request, article):
        """Publish what was just saved, and come back to its form."""
        self._publish(request, article)
        url = f"admin:conditions_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(url, args=[article.pk]))

    # In the list alone: on the form, where something may be typed, the button saves it first.
    @admin.action(description="Publish the saved draft", permissions=["change"])
    def publish_articles(self, request, queryset):
        for article in queryset:
            self._publish(request, article)

    def _publish(self, request, article):
        now = timezone.now()
        try:
            revision = publish(article, by=request.user, now=now)
        except NotPublishable as error:
            self._say_why_not(request, error)
            return
        if revision.created_at != now:
            message = f"“{article.title}”: nothing has changed since revision {revision.number}."
            self.message_user(request, message)
            return
        self.log_change(request, article, f"Published as revision {revision.number}.")
        words = "“{}” is live as revision {}. {}"
        link = format_html('<a href="{}">See the page.</a>', article.get_absolute_url())
        message = format_html(words, article.title, revision.number, link)
        self.message_user(request, message, messages.SUCCESS)

    @admin.action(description="Take off the site", permissions=["change"])
    def unpublish_articles(self, request, queryset):
        live = [article for article in queryset if article.live_document is not None]
        if live and not is_confirmed(request):
            title = "Take off the site?"
            template = "admin/conditions/take_off_confirmation.html"
            return ask_first(self, request, template, chosen=live, title=title, articles=live)
        for article in queryset:
            if article.live_document is None:
                self.message_user(request, f"“{article.title}” is not on the site.")
                continue
            unpublish(article, by=request.user, now=timezone.now())
            self.log_change(request, article, "Taken off the site.")
            self.message_user(request, f"“{article.title}” is off the site.", messages.SUCCESS)
        return None

    def _say_why_not(self, request, error):
        reasons = format_html_join("", "<li>{}</li>", ([reason] for reason in error.reasons))
        words = "“{}” is saved, but it is not ready for the site:<ul>{}</ul>"
        message = format_html(words, error.article.title, reasons)
        self.message_user(request, message, messages.ERROR)


@admin.register(Condition)
class ConditionAdmin(ArticleAdmin):
    list_display = ["title", "state", "kind", "body_area", "updated_at"]
    list_filter = ["kind", "body_area"]
    fields = [
        "state",
        "title",
        "slug",
        "kind",
        "body_area",
        "summary",
        "lede",
        "sources",
        "updated_at",
    ]
    inlines = [
        NameInline,
        RedFlagInline,
        ConditionSectionInline,
        ConditionIllustrationInline,
        SelfCareInline,
        ConditionClaimInline,
    ]


@admin.register(Treatment)
class TreatmentAdmin(ArticleAdmin):
    list_display = ["title", "state", "position", "updated_at"]
    fields = ["state", "title", "slug", "position", "summary", "lede", "sources", "updated_at"]
    inlines = [
        TreatmentSectionInline,
        TreatmentIllustrationInline,
        MayHelpInline,
        TreatmentCautionInline,
    ]
