"""How staff publish: the gate's panel, the buttons, and what the public sees of an article."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import Fieldset
from django.contrib.admin.views.main import ChangeList
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from clinic.confirmation import ask_first, is_confirmed
from clinic.models import Clinic
from conditions.documents import ClinicWide, freeze, with_parts
from conditions.gate import failures
from conditions.models import Remedy, RemedyKind
from conditions.moments import in_words
from conditions.publishing import (
    NotPublishable,
    changed_since_published,
    publish,
    scheduled_editions,
    taken_back,
    unpublish,
)
from conditions.reading import easy_names, paragraphs_of, read
from conditions.signing import unsigned
from conditions.typed_numbers import typed_numbers

from .conflicts import GuardedAdmin
from .moments import MomentField
from .on_site import linking_pages


class ArticleForm(forms.ModelForm):
    """The draft, and what goes with publishing it."""

    publish_note = forms.CharField(
        label="What changed",
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        help_text="One line for readers. It goes with “Save and publish” and “Save and schedule”.",
    )
    publish_at = MomentField(
        label="Put on the site on",
        required=False,
        help_text=f"For “Save and schedule”. Time at the clinic ({settings.TIME_ZONE}).",
    )

    def clean(self):
        cleaned = super().clean()
        is_missing = "publish_at" not in self.errors and not self.cleaned_data["publish_at"]
        if "_schedule" in self.data and is_missing:
            self.add_error("publish_at", "Choose the day and time at which it appears.")
        return cleaned


class ArticleChangeList(ChangeList):
    """Loads what is clinic-wide once for all rows: each state compares it."""

    def get_results(self, request):
        super().get_results(request)
        clinic_wide = ClinicWide.load()
        for article in self.result_list:
            article.clinic_wide = clinic_wide


class PublishingAdmin(GuardedAdmin):
    """What conditions and treatments share: drafts, their state, publishing and taking off."""

    actions = ["publish_articles", "unpublish_articles"]
    form = ArticleForm

    def get_queryset(self, request):
        # The state compares each draft with its live page, so every part is needed: a few queries
        # for the whole list instead of a few for each row.
        return with_parts(self.model.objects.with_live_document(timezone.now()))

    def get_changelist(self, request, **kwargs):
        return ArticleChangeList

    def has_publish_permission(self, request):
        return request.user.has_perm(f"conditions.publish_{self.opts.model_name}")

    @admin.display(description="State")
    def state(self, obj):
        """Say in words what the public sees of the article."""
        obj = getattr(obj, "as_saved", obj)
        if obj.pk is None:
            return "Draft"
        if obj.live_document is None:
            if obj.next_publish_at:
                return f"Scheduled for {in_words(obj.next_publish_at)}"
            return "Off the site" if obj.live_publish_at else "Draft"
        words = "Live"
        if obj.next_publish_at:
            words = f"Live, a new revision is scheduled for {in_words(obj.next_publish_at)}"
        elif changed_since_published(obj, obj.live_document, getattr(obj, "clinic_wide", None)):
            words = "Live, changed since published"
        if obj.unpublish_at and obj.unpublish_at > timezone.now():
            words += f". Comes off the site on {in_words(obj.unpublish_at)}"
        return words

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        may_publish = self.has_publish_permission(request)
        context["may_publish"] = may_publish
        if may_publish and self.has_change_permission(request, obj):
            # In the template, beside the buttons that they go with.
            context["publishing"] = Fieldset(
                context["adminform"].form,
                name="Publishing",
                fields=["publish_note", "publish_at"],
                model_admin=self,
            )
        if change and obj is not None:
            if request.method == "POST":
                # A form that was refused has already put its values into `obj`.
                obj.as_saved = self.get_queryset(request).get(pk=obj.pk)
            context["before_publishing"] = self._before_publishing(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _before_publishing(self, request, obj):
        """Return what the panel says of the saved draft."""
        now = timezone.now()
        article = getattr(obj, "as_saved", obj)
        document = freeze(article)
        kinds = [RemedyKind.HERB, RemedyKind.NUTRIENT]
        names = Remedy.objects.filter(kind__in=kinds).values_list("name", flat=True)
        return {
            "failures": _failures_now(article, document, request, now),
            "typed_numbers": typed_numbers(document, Clinic.objects.current()),
            "reading": read(paragraphs_of(document), easy=[*easy_names(document), *names]),
            "scheduled": scheduled_editions(article, now=now),
            "may_publish": self.has_publish_permission(request),
        }

    def response_add(self, request, obj, post_url_continue=None):
        return self._publish_from_form(request, obj) or super().response_add(
            request, obj, post_url_continue
        )

    def response_change(self, request, obj):
        return self._publish_from_form(request, obj) or super().response_change(request, obj)

    def save_form(self, request, form, change):
        # The form is gone by the time of the response, which publishes what was saved.
        request.publishing = {
            "note": form.cleaned_data["publish_note"],
            "publish_at": form.cleaned_data["publish_at"] if "_schedule" in request.POST else None,
        }
        return super().save_form(request, form, change)

    def _publish_from_form(self, request, article):
        """Publish what was just saved and come back to its form, if that button was pressed."""
        if not {"_publish", "_schedule"} & request.POST.keys():
            return None
        if not self.has_publish_permission(request):
            return None
        merged = getattr(request, "merged", None)
        if merged and merged.theirs:
            words = "Saved, but not put on the site. Look at what they changed, then publish."
            self.message_user(request, words, messages.WARNING)
        else:
            self._publish(request, article, **request.publishing)
        url = f"admin:conditions_{self.opts.model_name}_change"
        # Without an anchor of its own, a browser goes back to the one that was last clicked in the
        # panel, and the answer above stays unseen.
        return HttpResponseRedirect(reverse(url, args=[article.pk], fragment="content-start"))

    # In the list alone: on the form, where something may be typed, the button saves it first.
    @admin.action(description="Publish the saved draft", permissions=["publish"])
    def publish_articles(self, request, queryset):
        for article in queryset:
            self._publish(request, article)

    def _publish(self, request, article, *, note="", publish_at=None):
        now = timezone.now()
        try:
            revision = publish(article, by=request.user, now=now, note=note, publish_at=publish_at)
        except NotPublishable as error:
            self._say_why_not(request, error, now)
            return
        if not revision.is_new:
            message = f"“{article.title}”: nothing has changed since revision {revision.number}."
            self.message_user(request, message)
        elif publish_at:
            words = f"Scheduled as revision {revision.number} for {in_words(publish_at)}."
            self.log_change(request, article, words)
            self.message_user(request, f"“{article.title}”: {words}", messages.SUCCESS)
        else:
            self.log_change(request, article, f"Published as revision {revision.number}.")
            words = "“{}” is live as revision {}. {}"
            link = format_html('<a href="{}">See the page.</a>', article.get_absolute_url())
            message = format_html(words, article.title, revision.number, link)
            self.message_user(request, message, messages.SUCCESS)
        self.warn_of_scheduled(request, article, revision, now=now)

    def warn_of_scheduled(self, request, article, revision, *, now):
        """Say which revisions are still going to replace the one that was just published."""
        for edition in scheduled_editions(article, now=now).exclude(pk=revision.pk):
            page = reverse(f"admin:conditions_{self.opts.model_name}_site", args=[article.pk])
            words = (
                "Revision {} of “{}” is still going to appear on {}. If it should not, "
                '<a href="{}">withdraw it</a>.'
            )
            when = in_words(edition.publish_at)
            message = format_html(words, edition.number, article.title, when, page)
            self.message_user(request, message, messages.WARNING)

    @admin.action(description="Take off the site", permissions=["publish"])
    def unpublish_articles(self, request, queryset):
        live = [article for article in queryset if article.live_document is not None]
        if live and not is_confirmed(request):
            title = "Take off the site?"
            template = "admin/conditions/take_off_confirmation.html"
            return ask_first(
                self,
                request,
                template,
                chosen=live,
                title=title,
                articles=live,
                linking=linking_pages(live, now=timezone.now()),
            )
        for article in queryset:
            if article.live_document is None:
                self.message_user(request, f"“{article.title}” is not on the site.")
                continue
            unpublish(article, by=request.user, now=timezone.now())
            self.message_user(request, f"“{article.title}” is off the site.", messages.SUCCESS)
        return None

    def _say_why_not(self, request, error, now):
        """Lead to the panel that lists the reasons; name those that it does not, as of a later day."""
        article = self.get_queryset(request).get(pk=error.article.pk)
        listed = _failures_now(article, freeze(article), request, now)
        form = reverse(f"admin:conditions_{self.opts.model_name}_change", args=[article.pk])
        reasons = [[_linked(failure, form)] for failure in error.failures if failure not in listed]
        if listed:
            place = f"{form}#before-publishing"
            reasons.append([format_html('<a href="{}">See what it needs.</a>', place)])
        words = "“{}” is saved, but it is not ready for the site. {}"
        message = format_html(words, article.title, format_html_join(" ", "{}", reasons))
        self.message_user(request, message, messages.ERROR)


def _failures_now(article, document, request, now):
    """Return all that keeps the saved draft off the site if the person publishes it now."""
    signed = unsigned(document, article.live_document, by=request.user)
    return [
        *failures(article, document, now),
        *signed,
        *taken_back(article, document, now),
    ]


def _linked(failure, form):
    """Return a reason as a link to where it is mended, from any page of the admin."""
    if not failure.field:
        return failure.text
    url = f"{form}{failure.field}" if failure.field.startswith("#") else failure.field
    return format_html('<a href="{}">{}</a>', url, failure.text)
