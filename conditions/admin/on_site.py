"""Pages about an article that is on the site: its address, taking it off, what is scheduled."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from conditions.gate import address_problem
from conditions.inside_links import linking_to
from conditions.moments import in_words
from conditions.publishing import (
    AddressTaken,
    TooLate,
    move,
    scheduled_editions,
    stay,
    unpublish,
    withdraw,
)

from .editions import article_url, is_number
from .moments import MomentField
from .parts import SLUG_ERRORS


class AddressForm(forms.Form):
    """The new last part of an article's address."""

    slug = forms.SlugField(
        label="New address",
        max_length=80,
        error_messages=SLUG_ERRORS,
        help_text="Small letters, digits and hyphens, such as leg-cramps.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def __init__(self, *args, article, **kwargs):
        super().__init__(*args, **kwargs)
        self.article = article

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        problem = address_problem(self.article, slug)
        if problem:
            raise forms.ValidationError(problem)
        if slug == self.article.slug:
            raise forms.ValidationError("That is its address already.")
        return slug


class TakeOffForm(forms.Form):
    """When an article comes off the site."""

    at = MomentField(
        label="On",
        required=False,
        help_text="Time at the clinic. Empty: now.",
    )


def address_view(model_admin, request, pk):
    """Change an article's address: first the new one, then a question, then it moves."""
    article = _article(model_admin, request, pk)
    form = AddressForm(request.POST or None, initial={"slug": article.slug}, article=article)
    is_asked = False
    if request.method == "POST" and form.is_valid():
        if "confirmed" in request.POST:
            try:
                move(article, slug=form.cleaned_data["slug"], by=request.user, now=timezone.now())
            except AddressTaken as error:
                form.add_error("slug", str(error))
            else:
                words = f"The address changed from {article.slug} to {form.cleaned_data['slug']}."
                model_admin.message_user(request, words, messages.SUCCESS)
                return HttpResponseRedirect(article_url(model_admin, "change", article))
        else:
            is_asked = True
    context = {
        "title": f"Change the address of “{article.title}”",
        "form": form,
        "is_asked": is_asked,
    }
    return _page(model_admin, request, article, "address", context)


def site_view(model_admin, request, pk):
    """Show what is on the site and what is going to be; take the page off, or withdraw an edition."""
    article = _article(model_admin, request, pk)
    now = timezone.now()
    form = TakeOffForm(request.POST if "_take_off" in request.POST else None)
    if request.method == "POST":
        words = _act(request, article, form, now=now)
        if words:
            model_admin.message_user(request, words, messages.SUCCESS)
            return HttpResponseRedirect(article_url(model_admin, "site", article))
    context = {
        "title": f"“{article.title}” on the site",
        "form": form,
        "state": model_admin.state(article),
        "comes_off_at": article.unpublish_at
        if article.unpublish_at and article.unpublish_at > now
        else None,
        "scheduled": scheduled_editions(article, now=now),
        "linking": linking_pages([article], now=now) if article.live_document else [],
    }
    return _page(model_admin, request, article, "site", context)


def linking_pages(chosen, *, now):
    """Return the live pages that link to articles: the title and the form of each."""
    return [
        (
            page.live_title,
            reverse(f"admin:conditions_{page._meta.model_name}_change", args=[page.pk]),
        )
        for page in linking_to(chosen, now=now)
    ]


def _act(request, article, form, *, now):
    """Do what the pressed button says; return it in words, or "" if the form needs mending."""
    by = request.user
    if "_withdraw" in request.POST:
        number = request.POST["_withdraw"]
        scheduled = article.revisions.filter(number=number if is_number(number) else None)
        edition = get_object_or_404(scheduled)
        try:
            withdraw(edition, by=by, now=now)
        except TooLate:
            return f"Revision {edition.number} is not scheduled any more."
        return f"Revision {edition.number} is withdrawn and will not appear."
    if "_stay" in request.POST:
        stay(article, by=by, now=now)
        return "The page stays on the site."
    if not form.is_valid():
        return ""
    at = form.cleaned_data["at"]
    unpublish(article, by=by, now=now, at=at)
    return f"The page comes off the site on {in_words(at)}." if at else "The page is off the site."


def _article(model_admin, request, pk):
    article = get_object_or_404(model_admin.get_queryset(request), pk=pk)
    if not (
        model_admin.has_publish_permission(request)
        and model_admin.has_change_permission(request, article)
    ):
        raise PermissionDenied
    return article


def _page(model_admin, request, article, name, context):
    page = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "article": article,
        "form_url": article_url(model_admin, "change", article),
    }
    return TemplateResponse(request, f"admin/conditions/{name}.html", page | context)
