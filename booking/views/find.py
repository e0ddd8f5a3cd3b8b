"""Finding a booking again: the links go by mail, and the page tells nobody who has a visit."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from booking import limits, tasks
from booking.errors import BookingError
from booking.forms import FindForm

from .appointments import private_page


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Ask for an e-mail address; a POST mails it the links to its visits, if there are any.

    Whether there are is looked up by the worker alone: here, all addresses are alike.
    """
    now = timezone.now()
    form = FindForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "booking/find_form.html", {"form": form})
    email = form.cleaned_data["email"]
    try:
        with limits.spend("find", request, email=email, now=now):
            tasks.mail_links(email, now=now)
    except BookingError as error:
        form.add_error(None, error.message)
        return render(request, "booking/find_form.html", {"form": form}, status=error.status)
    return redirect("booking:find-sent")


@private_page
@require_safe
def find_sent(request: HttpRequest) -> HttpResponse:
    """Say what happens next, to whomever."""
    return render(request, "booking/find_sent.html")
