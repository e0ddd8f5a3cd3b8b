"""“Checked, still right”: a review of the live page by the person who is signed in."""

from datetime import date

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.utils import timezone

from conditions.differences import differences
from conditions.models import Review, ReviewScope
from conditions.shared_facts import SharedFacts
from conditions.signing import SIGN, lacks_name, signature

from .editions import Editions, article_url, draw, get_article
from .moments import DayField


class CheckedForm(forms.ModelForm):
    """What was checked, and when to check it again."""

    # The page that was read; another may have gone live in the meantime.
    number = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Review
        fields = ["scope", "next_on", "note"]
        field_classes = {"next_on": DayField}
        widgets = {
            "scope": forms.RadioSelect,
            "next_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def clean(self):
        """Ask for the day after a full review, and for words about a partial one."""
        super().clean()
        checked = self.cleaned_data
        if checked.get("scope") == ReviewScope.FULL and checked.get("next_on", "") is None:
            self.add_error("next_on", "Say by when the page is checked again.")
        if checked.get("scope") == ReviewScope.PARTIAL and not checked.get("note"):
            self.add_error("note", "Say which part you checked.")
        return checked

    def clean_next_on(self):
        """Refuse a day that is not later than the review."""
        next_on = self.cleaned_data["next_on"]
        if next_on is not None and next_on <= self.instance.reviewed_on:
            raise forms.ValidationError("The next review comes after today.")
        return next_on


def checked_view(model_admin, request, pk):
    """Ask what was checked, and record it: the page shows a full review at once."""
    article = get_article(model_admin, request, pk)
    if not request.user.has_perm(SIGN):
        raise PermissionDenied
    editions_url = article_url(model_admin, "editions", article)
    live = Editions(article, now=timezone.now()).live
    if live is None:
        words = "There is no page on the site to check."
        model_admin.message_user(request, words, messages.WARNING)
        return HttpResponseRedirect(editions_url)
    today = timezone.localdate()
    reviewer, nameless = signature(request.user), lacks_name(request.user)
    review = Review(revision=live, reviewer=reviewer, reviewed_on=today)
    initial = {"number": live.number, "next_on": _next_year(today)}
    form = CheckedForm(request.POST or None, instance=review, initial=initial)
    if request.method == "POST" and form.is_valid() and not nameless:
        if form.cleaned_data["number"] == live.number:
            form.save()
            done = f"Checked revision {live.number}: {review.get_scope_display().lower()}."
            model_admin.log_change(request, article, done)
            model_admin.message_user(request, done, messages.SUCCESS)
            return HttpResponseRedirect(editions_url)
        words = "Another revision went live meanwhile. Nothing was recorded: read the page again."
        model_admin.message_user(request, words, messages.ERROR)
        return HttpResponseRedirect(editions_url)
    as_now = SharedFacts.load().refresh(live.document, of=article)
    return draw(
        model_admin,
        request,
        article,
        "checked.html",
        title=f"“{article}”: checked, still right",
        form=form,
        live=live,
        outdated=differences(live.document, as_now),
        reviewer=reviewer,
        nameless=nameless,
        today=today,
    )


def _next_year(day: date) -> date:
    """Return the same day a year later; for February 29 the day before."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
