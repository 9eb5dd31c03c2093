"""Django's settings, in one file, from the environment (see casework.environment)."""

from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

from casework import environment as env

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = env.one_of("CASETHREAD_MODE", ("demo", "production")) == "production"
DEBUG = False

SECRET_KEY = env.text("SECRET_KEY")
if PRODUCTION and (SECRET_KEY == env.DEMO_KEY or len(SECRET_KEY) < 50):
    raise env.BadSetting(
        "SECRET_KEY is the demo key or shorter than 50 characters. Set SECRET_KEY to a long random "
        "value, for example from: python -c 'import secrets; print(secrets.token_urlsafe(64))'"
    )
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
ORGANISATION = env.text("ORGANISATION")

INSTALLED_APPS = [
    "casework.accounts",
    "casework.ledger",
    "formdefs",
    "casetypes",
    "casework.people",
    "casework.cases",
    "casework.notices",
    "casework.web",
    "casework.demo",
    "casework.commands",
    "cms",
    "api",
    "wagtail.snippets",
    "wagtail.users",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "formtools",
    "simple_history",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Every page needs a sign-in unless its view says that it does not.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "casework.web.gate.keep_alive",
    "casework.web.gate.OwnPasswordFirst",
    "casework.web.gate.configurators_only",
    "casework.web.errors.Refusals",
]

ROOT_URLCONF = "casework.urls"
WSGI_APPLICATION = "casework.wsgi.application"

TEMPLATES = [
    {
        # First, and with its own folder only: what it does not hold is Django's, Wagtail's, allauth's.
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [ROOT / "platform/casework/web/templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "casework.web.jinja.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "casework.web.context.page",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "cms/templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

_database_url = env.text("DATABASE_URL")
if _database_url:
    DATABASES = {
        "default": dj_database_url.parse(_database_url, conn_max_age=600, conn_health_checks=True)
    }
    DATABASES["default"]["TEST"] = {"NAME": "test_" + env.text("CASETHREAD_TEST_DB")}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(ROOT / env.text("CASETHREAD_DB")),
            # Opening a file and, at the last close, writing back its log costs more than a request.
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # IMMEDIATE: with the deferred default most read-then-write transactions fail
                # under threads. FULL: an acknowledged save survives a power cut.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
            },
            "TEST": {"NAME": ROOT / "var" / (env.text("CASETHREAD_TEST_DB") + ".sqlite3")},
        }
    }
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    (ROOT / "var").mkdir(exist_ok=True)
# The ledger's seals, outside of the database: see docs/explanation/ledger.md.
_anchors = f"{DATABASES['default']['NAME']}.anchors.jsonl"  # a SQLite file's name is a whole path
LEDGER_ANCHOR_FILE = ROOT / (env.text("ANCHOR_FILE") or Path("var") / _anchors)
LEDGER_ANCHOR_EMAIL = env.text("ANCHOR_EMAIL")
LEDGER_ANCHOR_WEBHOOK = env.address("ANCHOR_WEBHOOK")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sign-in limits are counted here; the database is shared by all processes.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
}

# Accounts -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation." + name, "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "casework.web.sign_in.Adapter"
ACCOUNT_TEMPLATE_EXTENSION = "jinja"
ACCOUNT_FORMS = {
    "login": "casework.web.sign_in_forms.SignInForm",
    "change_password": "casework.web.sign_in_forms.PasswordForm",
    "reauthenticate": "casework.web.sign_in_forms.PasswordAgainForm",
}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Five wrong passwords lock a user name; the limits by address are wide, for an office has one address.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "60/m/ip,5/300s/key"}
ACCOUNT_LOGOUT_ON_GET = False
USERSESSIONS_TRACK_ACTIVITY = False
SESSION_COOKIE_AGE = env.whole_number("SESSION_MINUTES", low=5, high=720) * 60
SESSION_SAVE_EVERY_REQUEST = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "casework.web.errors.csrf_failure"

# The browser ----------------------------------------------------------------------------------
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
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
if PRODUCTION:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
if env.yes("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "build/collected"
STATICFILES_DIRS = [
    ("casework", ROOT / "build/css"),
    ("formdefs", ROOT / "formdefs/browser"),
    ("govuk", ROOT / "node_modules/govuk-frontend/dist/govuk"),
]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": ROOT / env.text("CASETHREAD_FILES"), "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = not PRODUCTION
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# Language and time ------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("cy", "Cymraeg")]
LOCALE_PATHS = [ROOT / "platform/casework/locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = PRODUCTION
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

# Wagtail ----------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Casethread configuration"
WAGTAILADMIN_BASE_URL = "http://localhost:8000"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_FINISH_WORKFLOW_ACTION = "cms.workflow.finish"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAILADMIN_LOGIN_URL = "/accounts/login/"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILADMIN_COMMENTS_ENABLED = True
TAGGIT_CASE_INSENSITIVE = True

# API --------------------------------------------------------------------------------------------
# Only what has no other place: Wagtail's admin uses REST framework too, so authentication,
# permissions, parsers and errors of /api/v1/ are set on its own base view (api.view).
REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Casethread API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DEFAULT_GENERATOR_CLASS": "api.openapi.Generator",  # ours only: Wagtail has an API too
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
}

SIMPLE_HISTORY_REVERT_DISABLED = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "django_tasks_db": {"level": "WARNING"},  # else it says each minute that it begins
        "wagtail": {
            "level": "WARNING"
        },  # else it tells of every draft; the admin keeps its own history
    },
    "root": {
        "handlers": ["stderr"],
        "level": env.one_of("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
}
PUBLIC_URL = env.text("PUBLIC_URL").rstrip("/")
MAIL_DOMAIN = PUBLIC_URL.partition("://")[2].partition(":")[0].partition("/")[0] or "localhost"
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM")
# Wagtail's own tasks stay immediate; notices are mailed by a job, from the database.
TASKS = {
    "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"},
    "notices": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]},
}
if env.text("EMAIL_URL") == "console":
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
else:
    from urllib.parse import unquote, urlsplit

    _mail = urlsplit(env.text("EMAIL_URL"))
    EMAIL_HOST, EMAIL_PORT = _mail.hostname or "", _mail.port or 587
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = (
        unquote(_mail.username or ""),
        unquote(_mail.password or ""),
    )
    EMAIL_USE_TLS = EMAIL_PORT == 587
