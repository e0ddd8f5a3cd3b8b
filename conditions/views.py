"""The public pages of articles. They read live revisions alone, in a fixed number of queries."""

from datetime import date
from typing import Any

from django.db.models import IntegerField, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import DetailView, ListView

from clinic.models import Clinic

from .addresses import absolute, lead_on
from .caching import fresh
from .empty_searches import count_empty_search, is_asked_by_a_person
from .linked_data import condition_data, treatment_data
from .listing import areas, kinds, letters
from .models import Condition, Treatment
from .pages import condition_page, treatment_page
from .red_flags import clinic_wide_emergencies, flags_named_in
from .rendering import drawn_once
from .search import clean_query, search, search_terms
from .site_pages import asks_for_help

MAX_STORY = 2000


def condition_context(condition: Condition, *, today: date) -> dict[str, Any]:
    """Return what the template of an article draws; the preview for staff draws the same.

    `condition` carries what `ArticleQuerySet.with_live` adds.
    """
    page = condition_page(
        condition.live,
        live_treatments=condition.live_treatments,
        live_conditions=condition.live_conditions,
        review=condition.live_review,
        today=today,
    )
    # `condition` is what every link to a booking carries.
    return {"page": page, "condition": condition.slug}


def treatment_context(treatment: Treatment, *, today: date) -> dict[str, Any]:
    """Return what the template of a treatment draws; see `condition_context`."""
    page = treatment_page(treatment.live, review=treatment.live_review, today=today)
    return {"page": page}


@method_decorator(fresh, name="dispatch")
class ConditionListView(ListView):  # type: ignore[type-arg]  # has arguments for mypy only
    """All conditions, A to Z and by body area; `?q=` searches them."""

    def get_queryset(self) -> QuerySet[Condition]:
        """Return the live articles by title."""
        return Condition.objects.published(timezone.now()).order_by("live_title", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the index and, if something was searched for, the answer and what it may mean."""
        typed = self.request.GET.get("q", "")
        query = clean_query(typed)
        conditions = list(self.object_list)
        # Some tell a whole story, and the warning sign may stand at its end.
        asks_for_any = asks_for_help(query)
        named = flags_named_in(typed[:MAX_STORY]) if query and not asks_for_any else ()
        flags = clinic_wide_emergencies() if asks_for_any else named
        emergencies = [flag for flag in flags if flag.is_emergency]
        # Who names no sign sees all of them on one card, as in an article.
        crises = [flag for flag in emergencies if flag.is_crisis and not asks_for_any]
        clinic = Clinic.objects.current()
        # For the template, which needs it too.
        self.request.clinic = clinic  # type: ignore[attr-defined]  # as `drawn_once` does
        answer = search(
            query, now=timezone.now(), is_danger=bool(flags), about=clinic.practitioner_line
        )
        if not answer.results and not flags and is_asked_by_a_person(self.request):
            count_empty_search(query, on=timezone.localdate())
        return super().get_context_data(
            query=query,
            answer=answer,
            terms=search_terms(answer.shown_for or query),
            crisis_flags=crises,
            emergency_flags=[flag for flag in emergencies if flag not in crises],
            today_flags=[flag for flag in flags if not flag.is_emergency],
            letters=letters(conditions),
            areas=areas(conditions),
            kinds=kinds(conditions),
            **kwargs,
        )


@method_decorator(drawn_once, name="dispatch")
class ConditionDetailView(DetailView):  # type: ignore[type-arg]  # has arguments for mypy only
    """One article about a symptom or condition."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it; an address that is no live article's may lead on to another page."""
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            return lead_on(request, Condition, kwargs["slug"], now=timezone.now())

    def get_queryset(self) -> QuerySet[Condition]:
        """Return the live articles with all that a page needs."""
        return Condition.objects.with_live(timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the page as the live revision says it."""
        page = condition_context(self.object, today=timezone.localdate())
        linked_data = condition_data(self.object, root=absolute(""))
        return super().get_context_data(linked_data=linked_data, **page, **kwargs)


@method_decorator(drawn_once, name="dispatch")
class TreatmentListView(ListView):  # type: ignore[type-arg]  # has arguments for mypy only
    """The treatments that the clinic offers."""

    def get_queryset(self) -> QuerySet[Treatment]:
        """Return the live treatments in the clinic's order, as each was published in it."""
        # Editions of before lack it.
        published = Cast(KeyTextTransform("position", "revisions__document"), IntegerField())
        place = Coalesce(published, "position")
        return Treatment.objects.published(timezone.now()).order_by(place, "live_title", "pk")


@method_decorator(drawn_once, name="dispatch")
class TreatmentDetailView(DetailView):  # type: ignore[type-arg]  # has arguments for mypy only
    """One treatment; acupuncture with the drawing of the points on the back."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it; an address that is no live article's may lead on to another page."""
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            return lead_on(request, Treatment, kwargs["slug"], now=timezone.now())

    def get_queryset(self) -> QuerySet[Treatment]:
        """Return the live treatments with all that a page needs."""
        return Treatment.objects.with_live(timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the page as the live revision says it, and the drawing if there are points."""
        page = treatment_context(self.object, today=timezone.localdate())
        linked_data = treatment_data(self.object, root=absolute(""))
        return super().get_context_data(linked_data=linked_data, **page, **kwargs)
