"""All revisions of an article: what each changed, and the way back to one."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from conditions.differences import differences
from conditions.documents import ClinicWide, freeze, with_parts
from conditions.models import Revision
from conditions.moments import in_words
from conditions.publishing import (
    NotPublishable,
    changed_since_published,
    roll_back,
    rolled_back,
    scheduled_editions,
)
from conditions.signing import SIGN
from conditions.updates import ChangedMeanwhile, Update, digest_of

DRAFT = "draft"


class Editions:
    """The revisions of one article at one time, newest first, and what the public sees of each."""

    def __init__(self, article, *, now):
        self.now = now
        self.all = list(article.revisions.select_related("created_by").prefetch_related("reviews"))
        live = type(article).objects.published(now).filter(pk=article.pk)
        live_pk = live.values_list("live_revision_id", flat=True).first()
        self.live = next((revision for revision in self.all if revision.pk == live_pk), None)
        self.newest_due = next((revision for revision in self.all if self.is_due(revision)), None)

    def state_of(self, revision):
        """Say in words what the public sees of the revision."""
        if revision == self.live:
            return "live now"
        if revision.withdrawn_at:
            return "withdrawn"
        if revision.publish_at > self.now:
            return f"scheduled for {in_words(revision.publish_at)}"
        if not self.live and revision == self.newest_due:
            return "taken off the site"
        return "older"

    def state_of_draft(self, article):
        """Say in words where the public sees the draft as it stands, now or later."""
        same = self.same_as(article)
        if same is None:
            return "not on the site"
        if same == self.live:
            return "the same as the live page"
        return f"the same as revision {same.number}, {self.state_of(same)}"

    def same_as(self, article):
        """Return the revision, live or scheduled, that says what the draft says; None if none."""
        to_come = [
            revision
            for revision in self.all
            if revision.publish_at > self.now and not revision.withdrawn_at
        ]
        clinic_wide = ClinicWide.load()
        shown = filter(None, [self.live, *to_come])
        same = (
            revision
            for revision in shown
            if not changed_since_published(article, revision.document, clinic_wide)
        )
        return next(same, None)

    def can_return_to(self, revision):
        """Return whether the revision was on the site and no longer is."""
        return self.is_due(revision) and revision != self.live

    def is_due(self, revision):
        """Return whether the revision is or was on the site."""
        return revision.publish_at <= self.now and not revision.withdrawn_at


def article_url(model_admin, page, article, *args):
    """Return the address of one of an article's pages in the admin."""
    name = f"admin:conditions_{model_admin.opts.model_name}_{page}"
    return reverse(name, args=[article.pk, *args])


def get_article(model_admin, request, pk):
    """Return the article with all that `freeze` reads; raise 404 or 403."""
    article = get_object_or_404(with_parts(model_admin.model.objects.all()), pk=pk)
    if not model_admin.has_view_or_change_permission(request, article):
        raise PermissionDenied
    return article


def draw(model_admin, request, article, template, **context):
    """Return one of the article's pages in the admin."""
    page = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "article": article,
        "change_url": article_url(model_admin, "change", article),
        "editions_url": article_url(model_admin, "editions", article),
    }
    return TemplateResponse(request, f"admin/conditions/{template}", page | context)


def editions_view(model_admin, request, pk):
    """List the revisions, with their reviews, and let two of them be compared."""
    article = get_article(model_admin, request, pk)
    editions = Editions(article, now=timezone.now())
    rows = [
        {
            "revision": revision,
            "state": editions.state_of(revision),
            "shown_from": revision.publish_at if editions.is_due(revision) else None,
            "can_return": editions.can_return_to(revision),
        }
        for revision in editions.all
    ]
    return draw(
        model_admin,
        request,
        article,
        "editions.html",
        title=f"Revisions of “{article}”",
        rows=rows,
        live=editions.live,
        draft_state=editions.state_of_draft(article),
        may_publish=model_admin.has_publish_permission(request),
        may_sign=request.user.has_perm(SIGN),
    )


def difference_view(model_admin, request, pk):
    """Show what differs between two revisions, or between one and the draft."""
    article = get_article(model_admin, request, pk)
    chosen = [_chosen(article, request.GET.get(name, "")) for name in ("old", "new")]
    if None in chosen:
        words = "Choose two versions to compare."
        model_admin.message_user(request, words, messages.WARNING)
        return HttpResponseRedirect(article_url(model_admin, "editions", article))
    (old_name, old), (new_name, new) = chosen
    return draw(
        model_admin,
        request,
        article,
        "difference.html",
        title=f"“{article}”: from {old_name} to {new_name}",
        old_name=old_name,
        new_name=new_name,
        is_same=old == new,
        changes=differences(old, new),
    )


def _chosen(article, name):
    """Return a version's name in words and its document, or None if there is no such version."""
    if name == DRAFT:
        return "the draft", freeze(article)
    revision = article.revisions.filter(number=name).first() if is_number(name) else None
    return (f"revision {revision.number}", revision.document) if revision else None


def is_number(text):
    """Return whether it can be the number of a revision."""
    return text.isascii() and text.isdigit() and len(text) < 10


class NoteForm(forms.Form):
    """What readers of the page are told of going back."""

    note = Revision._meta.get_field("note").formfield(
        widget=forms.TextInput(attrs={"class": "vLargeTextField"})
    )


@transaction.atomic
def roll_back_view(model_admin, request, pk, number):
    """Ask, then publish an older revision again, if that still does what the question showed."""
    if request.method == "POST":
        # Whoever publishes at this moment goes first, and what is read below is as of after that.
        get_object_or_404(model_admin.model.objects.select_for_update(no_key=True), pk=pk)
    article = get_article(model_admin, request, pk)
    if not model_admin.has_publish_permission(request):
        raise PermissionDenied
    now = timezone.now()
    revision = get_object_or_404(article.revisions, number=number)
    editions = Editions(article, now=now)
    if not editions.can_return_to(revision):
        words = f"Revision {number} is {editions.state_of(revision)}: there is no way back to it."
        model_admin.message_user(request, words, messages.WARNING)
        return HttpResponseRedirect(article_url(model_admin, "editions", article))
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            _roll_back(
                model_admin, request, article, revision, live=editions.live, form=form, now=now
            )
        except ChangedMeanwhile:
            words = (
                "Nothing was changed: the live page, or what articles share, is not what it was "
                "when you opened this page. See below what visitors lose and get now."
            )
            model_admin.message_user(request, words, messages.ERROR)
        else:
            return HttpResponseRedirect(article_url(model_admin, "editions", article))
    document = rolled_back(article, revision)
    return draw(
        model_admin,
        request,
        article,
        "roll_back.html",
        title=f"Go back to revision {number}?",
        revision=revision,
        form=form,
        live=editions.live,
        changes=differences(editions.live.document, document) if editions.live else [],
        digest=digest_of([Update(article, editions.live, document)]),
        scheduled=scheduled_editions(article, now=now),
    )


def _roll_back(model_admin, request, article, revision, *, live, form, now):
    """Do it and say so, or say why not. Raises ChangedMeanwhile if it is not what was shown."""
    note = form.cleaned_data["note"]
    try:
        with transaction.atomic():
            new = roll_back(article, to=revision, by=request.user, now=now, note=note)
            # Compared afterwards, because no lock holds all that articles share.
            if digest_of([Update(article, live, new.document)]) != request.POST.get("shown"):
                raise ChangedMeanwhile
    except NotPublishable as error:
        reasons = error.reasons
    else:
        done = f"Went back to revision {revision.number}, as revision {new.number}."
        model_admin.log_change(request, article, done)
        words = f"{done} The draft stays as it was."
        model_admin.message_user(request, words, messages.SUCCESS)
        model_admin.warn_of_scheduled(request, article, new, now=now)
        return
    words = f"Nothing was changed. Revision {revision.number} can't go back on the site:"
    model_admin.message_user(request, " ".join([words, *reasons]), messages.ERROR)
