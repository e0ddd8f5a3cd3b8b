"""Step 1: the red-flag questions. An emergency ends here and stores nothing about the person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking import actions
from booking.actors import PATIENT
from booking.forms import ScreeningForm
from booking.screening import PASS_COOKIE, PASS_LASTS, issue_pass
from booking.stops import count_stop
from conditions.models import CareLevel
from conditions.red_flags import Outcome, assess

from .journey import (
    HOLD_COOKIE,
    Journey,
    carried_details,
    delete_cookie,
    set_cookie,
    start_journey,
)

ANSWERS = {"flags", "none", "ruleset"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def safety(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the red flags; answer with the stop page, a word of caution, or a pass.

    Details that were typed before the questions had to be asked again travel through the pages as
    hidden fields, and nowhere else.
    """
    journey = start_journey(request, slug, now=timezone.now())
    if not journey.flag_set.flags:
        return render(request, "booking/screening_unavailable.html", journey.context())
    is_sent_here = "hold" in request.POST and not ANSWERS & request.POST.keys()
    if request.method != "POST" or is_sent_here:
        return _ask(request, journey, ScreeningForm(flag_set=journey.flag_set))
    form = ScreeningForm(request.POST, flag_set=journey.flag_set)
    is_valid = form.is_valid()
    outcome = assess(journey.flag_set, form.known_codes)
    # A sign of an emergency counts, whatever else the form says and why it must be asked again.
    if outcome.level == CareLevel.EMERGENCY:
        return _stop(request, journey, form)
    if not is_valid:
        return without_pass(_ask(request, journey, form))
    if outcome.level == CareLevel.URGENT and not form.cleaned_data["acknowledged"]:
        return without_pass(_advise(request, journey, form))
    return _pass_on(request, journey, outcome)


def _ask(request: HttpRequest, journey: Journey, form: ScreeningForm) -> HttpResponse:
    context = {**journey.context(), "form": form, "carried": carried_details(request)}
    return render(request, "booking/screening_form.html", context)


def _stop(request: HttpRequest, journey: Journey, form: ScreeningForm) -> HttpResponse:
    """Show the stop page, and take back the pass and the hold.

    The crisis line comes first for whoever ticked nothing else that needs an ambulance.
    """
    for hold in (journey.hold, journey.newest_hold):
        if hold is not None:
            actions.release(reference=hold.reference, now=journey.now, by=PATIENT)
    codes = form.known_codes
    emergencies = [f for f in journey.flag_set.flags if f.code in codes and f.is_emergency]
    context = {
        **journey.context(),
        "is_crisis_only": all(flag.is_crisis for flag in emergencies),
    }
    response = render(request, "booking/screening_emergency.html", context)
    delete_cookie(response, HOLD_COOKIE)
    count_stop(CareLevel.EMERGENCY, now=journey.now)
    return without_pass(response)


def without_pass(response: HttpResponse) -> HttpResponse:
    """Take back an earlier pass: new answers that do not pass count more than old ones that did."""
    delete_cookie(response, PASS_COOKIE)
    return response


def _advise(request: HttpRequest, journey: Journey, form: ScreeningForm) -> HttpResponse:
    codes = form.cleaned_data["flags"]
    flags = [flag for flag in journey.flag_set.flags if flag.code in codes]
    context = {
        **journey.context(),
        "flags": flags,
        "ruleset": journey.flag_set.ruleset,
        "carried": carried_details(request),
    }
    response = render(request, "booking/screening_urgent.html", context)
    count_stop(CareLevel.URGENT, now=journey.now)
    return response


def _pass_on(request: HttpRequest, journey: Journey, outcome: Outcome) -> HttpResponse:
    if "hold" in request.POST:
        # Whoever wanted another time goes on choosing one.
        step = "times" if "change" in request.POST else "details"
        response = redirect(journey.url(step), preserve_request=True)
    else:
        response = redirect(journey.url("times"))
    value = issue_pass(journey.flag_set, outcome, now=journey.now)
    set_cookie(response, PASS_COOKIE, value, lasts=PASS_LASTS)
    return response
