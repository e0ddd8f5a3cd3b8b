"""What machines ask of the site: is it alive, is it ready, what may be crawled, who to warn."""

from datetime import timedelta

from django.conf import settings
from django.contrib.sitemaps import views as sitemap_views
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinic.models import Clinic, SealingCheck
from clinic.sitemaps import site_sections
from conditions.caching import fresh

SECURITY_CONTACT_LASTS = timedelta(days=180)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Say that the process answers. Touches no database, so its trouble restarts nothing."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether the site can serve: database reachable and migrated, keys there. Otherwise 503."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return _not_ready("The database cannot be reached.")
    if pending:
        return _not_ready("The database waits for migrations.")
    try:
        SealingCheck.objects.check_keys()
    except ImproperlyConfigured:
        return _not_ready("A key with which texts are sealed is missing.")
    return JsonResponse({"status": "ok"})


def _not_ready(reason: str) -> JsonResponse:
    return JsonResponse({"status": "unavailable", "reason": reason}, status=503)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Keep crawlers on the reading pages, and name the list of them."""
    closed = ("/admin/", "/book/", "/appointments/", "/calendars/", "/messages/", "/waitlist/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    lines += ["", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}"]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@require_safe
@fresh
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the pages that are live, for search engines."""
    return sitemap_views.sitemap(request, sitemaps=site_sections(timezone.now()))


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Say whom to tell about a weakness of the site. Source: RFC 9116."""
    expires_at = (timezone.now() + SECURITY_CONTACT_LASTS).replace(microsecond=0)
    lines = [
        f"Contact: mailto:{Clinic.objects.current().email}",
        f"Expires: {expires_at:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}{reverse('security-txt')}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
