"""django-appointment as its README sets it up in a new project, on the benchmark's PostgreSQL."""

import os

BENCH_DATABASE = os.environ["BENCH_DATABASE"]

SECRET_KEY = "bench"  # noqa: S105 (for a benchmark's minutes, on this machine alone)
DEBUG = False
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "phonenumber_field",
    "appointment",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "bench.django_appointment_site.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": BENCH_DATABASE,
        "HOST": os.environ["BENCH_DATABASE_HOST"],
        "USER": os.environ["BENCH_DATABASE_USER"],
        "CONN_MAX_AGE": 60,
    }
}
STATIC_URL = "/static/"
LANGUAGE_CODE = "en-us"
TIME_ZONE = os.environ["BENCH_TIME_ZONE"]
USE_TZ = True
# Into files, as this project's mails while it is measured; no server is waited for.
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = os.environ["BENCH_MAIL"]
APPOINTMENT_WEBSITE_NAME = "bench"
