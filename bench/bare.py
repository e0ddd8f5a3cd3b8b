"""The least that Django can do: one view without middleware answers the HTML that a file holds."""

import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

HTML = Path(os.environ["BENCH_HTML"]).read_text(encoding="utf-8")

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.urandom(40).hex(),
    MIDDLEWARE=[],
)


def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer the page."""
    response = HttpResponse(HTML)
    response.headers["Content-Length"] = str(len(response.content))
    return response


urlpatterns = [path("conditions/<slug:slug>/", page)]
application = get_wsgi_application()
