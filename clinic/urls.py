"""The site's addresses. Each app has its own; docs/architecture.md lists them all."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from booking.admin import first_day_view as first_day
from clinic import health, views
from conditions.admin import today

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("conditions.urls")),
    path("", include("booking.urls")),
    path("contact/", views.contact, name="contact"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("admin/content-today/", today.content_today_view, name="content-today"),
    path("admin/content-today/check-links/", today.check_links_view, name="check-links"),
    path("admin/", include("clinic.sign_in.urls")),
    path("admin/numbers/", include("booking.admin.numbers")),
    path("admin/first-day/", first_day.first_day_view, name="first-day"),
    path("admin/first-day/confirm/", first_day.confirm_view, name="first-day-confirm"),
    path("admin/first-day/mail/", first_day.mail_test_view, name="first-day-mail"),
    path("admin/", include("clinic.exports.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("favicon.ico", views.favicon),
    path("robots.txt", health.robots, name="robots"),
    path("sitemap.xml", health.sitemap, name="sitemap"),
    path(".well-known/security.txt", health.security_txt, name="security-txt"),
]
if settings.EMAIL_WEBHOOK_SECRET:
    from clinic.providers import report_urls

    own = settings.MAILERS["default"]["OPTIONS"]["provider"]
    urlpatterns.append(path("anymail/", include(report_urls(own))))
handler500 = views.server_error
