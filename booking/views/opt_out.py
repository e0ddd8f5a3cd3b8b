"""Where the mail after a visit leads whoever wants no more of them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from booking.follow_ups import has_opted_out, opt_out_of
from booking.messages import read_opt_out

from .appointments import private_page


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def opt_out(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether to stop the mails after visits; a POST stops them for the address."""
    email = read_opt_out(token)
    if email is None:
        raise Http404("No such mail.")
    if request.method == "POST":
        opt_out_of(email)
        return redirect(request.path)
    return render(request, "booking/opt_out.html", {"is_done": has_opted_out(email)})
