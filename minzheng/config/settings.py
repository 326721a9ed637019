"""Django's settings. Everything that differs between installations comes from the environment:

    MINZHENG_HOME     the data folder                    MINZHENG_ROLE    owner, engine or runtime (the web)
    MINZHENG_HOSTS    names the site answers to, by ","  MINZHENG_HTTPS   1: only over TLS
    MINZHENG_DEBUG    1: error pages for programmers     DATABASE_URL     another PostgreSQL server
    MINZHENG_DOCUMENTS  the folder of documents (else HOME/documents)
    MINZHENG_SHEETS     the folder of exports and imports (else HOME/sheets)
    MINZHENG_SMS        the class that hands text messages to a gateway (else files in HOME/sms)
    MINZHENG_FONTS      a folder of further fonts for letters

Importing this module touches no server and creates nothing.
"""

import os
import secrets
from pathlib import Path

from csp.constants import NONE, SELF

from minzheng.config.database import connection, home

SECRET_KEY_FILE = home.home() / "secrets" / "django.key"
try:
    SECRET_KEY = SECRET_KEY_FILE.read_text("ascii").strip()
except OSError:  # not set up yet: a key of this process only, which the start-up check does not let serve
    SECRET_KEY = secrets.token_urlsafe(48)

ROLE = os.environ.get("MINZHENG_ROLE", "runtime")
DEBUG = os.environ.get("MINZHENG_DEBUG") == "1"
HTTPS = os.environ.get("MINZHENG_HTTPS") == "1"
ALLOWED_HOSTS = os.environ.get("MINZHENG_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

DATABASES = {"default": connection.settings(ROLE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "csp",
    "minzheng.core.areas",
    "minzheng.core.access",
    "minzheng.core.audit",
    "minzheng.core.jobs",
    "minzheng.core.people",
    "minzheng.core.documents",
    "minzheng.core.notices",
    "minzheng.core.cases",
    "minzheng.core.benefits",
    "minzheng.core.ledger",
    "minzheng.core.sheets",
    "minzheng.core.indicators",
    "minzheng.domains.assistance",
    "minzheng.portal",
    "minzheng.config",
]

MIDDLEWARE = [
    "minzheng.portal.pages.health.HealthFirst",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "minzheng.core.access.plain.PlainMiddleware",
    "minzheng.core.access.middleware.ScopeMiddleware",
]

ROOT_URLCONF = "minzheng.config.urls"
WSGI_APPLICATION = "minzheng.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "minzheng.portal.frame.framed",
            ],
        },
    }
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "minzheng.core.access.passwords.UnlikeOneself"},
    {"NAME": "minzheng.core.access.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "minzheng.config.signin.ClosedAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
# Behind TLS there is one proxy (nginx), which says from where a request came; a socket has no address itself.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if HTTPS else 0
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
    "object": "5/h/ip",
}
MFA_ADAPTER = "minzheng.config.signin.FactorAdapter"
MFA_FORMS = {"authenticate": "minzheng.config.signin.CodeForm"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "民政业务协同平台"
MFA_TOTP_TOLERANCE = 1
#: Which pages answer where access alone cannot: a refusal, and a step that asks again who sits there.
ACCESS_PAGES = {
    "refused": "minzheng.portal.pages.rights.refused",
    "confirm": "minzheng.portal.pages.proof.interrupted",
}
#: Without a request for so long one is signed out; in so many places one may be signed in at once.
ACCESS_IDLE_SECONDS, ACCESS_SESSIONS = 30 * 60, 3

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
# What hands text messages to a gateway (core/notices/sms.py); the stand-in writes files.
SMS_PROVIDER = os.environ.get("MINZHENG_SMS", "minzheng.core.notices.sms.FileProvider")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
#: Documents lie outside the database and outside everything that is served.
SHEETS = Path(os.environ.get("MINZHENG_SHEETS") or home.home() / "sheets")
DOCUMENTS = Path(os.environ.get("MINZHENG_DOCUMENTS") or home.home() / "documents")
#: What is sent stays in memory: a photo is never put down unencrypted.
FILE_UPLOAD_MAX_MEMORY_SIZE = 24 * 1024 * 1024

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"discreet": {"()": "minzheng.config.logs.DiscreetFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "discreet"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # The statement log quotes parameters, which are personal; it stays off even for programmers.
        "django.db.backends": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        # What it says of a broken PDF quotes the PDF.
        "pypdf": {"handlers": ["stderr"], "level": "CRITICAL", "propagate": False},
    },
}
