"""What a Wagtail site needs in its settings to run the whole desk; `portal` uses it too.

    from service_requests import deployment
    deployment.complete(globals())          # last line of the settings

Nothing that the site has set itself is changed: apps, middleware and context processors that are
missing are put where they belong, settings that are missing get their default.
"""

from typing import Any

Settings = dict[str, Any]

# Ours come before Wagtail's, so that their templates and texts are found first.
APPS = (
    "service_requests",
    "notices",
    "sla",
    "cms_pages",
    "desk_core",
    "persian",
)
COMPANIONS = (
    "wagtail_modeladmin",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.contrib.typed_table_block",
    "wagtail.api.v2",
    "wagtail.locales",
    "rest_framework",
    "ninja",
    "captcha",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.sitemaps",
    "django.contrib.postgres",
)
# Each with the middleware that it stands before ("" means first of all).
MIDDLEWARE = (
    ("desk_core.page_cache.PageCacheMiddleware", ""),
    (
        "desk_core.headers.SecurityHeadersMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
    ),
    ("django.middleware.locale.LocaleMiddleware", "django.middleware.common.CommonMiddleware"),
    (
        "cms_pages.admin_digits.AdminDigitsMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ),
)
CONTEXT_PROCESSORS = (
    "django.template.context_processors.i18n",
    "cms_pages.context_processors.frame",
)

_POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "worker-src": ["'self'"],
    "style-src": ["'self'"],
    "font-src": ["'self'"],
    "img-src": ["'self'"],
    "media-src": ["'self'"],
    "connect-src": ["'self'"],
    "manifest-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'self'"],
}

DEFAULTS: Settings = {
    "CSRF_FAILURE_VIEW": "cms_pages.error_views.csrf_failure",
    "DEFAULT_EXCEPTION_REPORTER_FILTER": "desk_core.quiet.NothingPersonal",
    "LANGUAGES": [("fa", "فارسی"), ("en", "English")],
    "WAGTAIL_CONTENT_LANGUAGES": [("fa", "فارسی"), ("en", "English")],
    "WAGTAIL_I18N_ENABLED": True,
    # A very long text gets a message at its field; Django's own limit would refuse the request.
    "DATA_UPLOAD_MAX_MEMORY_SIZE": 16 * 1024 * 1024,
    # Small uploads stay in memory; larger ones are sealed as they arrive. None lies plain on disk.
    "FILE_UPLOAD_HANDLERS": [
        "django.core.files.uploadhandler.MemoryFileUploadHandler",
        "desk_core.uploads.SealedUploadHandler",
    ],
    "TASKS": {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}},
    # In django-csp's form. Citizens' pages hold no inline code or style; Wagtail's admin needs
    # style attributes, drawn pictures and its own previews in frames.
    "CONTENT_SECURITY_POLICY": {"DIRECTIVES": _POLICY},
    "DESK_ADMIN_CONTENT_SECURITY_POLICY": {
        "DIRECTIVES": {
            **_POLICY,
            "style-src": ["'self'", "'unsafe-inline'"],
            "img-src": ["'self'", "data:", "blob:"],
            "frame-src": ["'self'"],
        }
    },
    "SECURE_REFERRER_POLICY": "same-origin",
    "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
    "X_FRAME_OPTIONS": "SAMEORIGIN",
    "CAPTCHA_CHALLENGE_FUNCT": "desk_core.human_check.picture.challenge",
    # Wagtail: nothing is fetched from, or told to, a foreign host.
    "WAGTAIL_ENABLE_UPDATE_CHECK": False,
    "WAGTAIL_ENABLE_WHATS_NEW_BANNER": False,
    "WAGTAIL_GRAVATAR_PROVIDER_URL": None,
    "WAGTAILEMBEDS_FINDERS": [],
    # The desk speaks of times by the clock of Tehran alone: a choice would only mislead.
    "WAGTAIL_USER_TIME_ZONES": ["Asia/Tehran"],
    "WAGTAILADMIN_USER_LOGIN_FORM": "cms_pages.sign_in.SignInForm",
    "WAGTAILADMIN_PERMITTED_LANGUAGES": [("fa", "فارسی"), ("en", "English")],
    "WAGTAILAPI_RICH_TEXT_FORMAT": "html",
    "WAGTAILSEARCH_BACKENDS": {
        "default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "simple"}
    },
    "DESK_CHANNELS": {
        "email": "desk_core.channels.files.FileChannel",
        "sms": "desk_core.channels.files.FileChannel",
    },
    # The actions in the head of every page, as names of views.
    "DESK_ACTIONS": {"register": "service_requests:submit", "track": "service_requests:track"},
}


def complete(settings: Settings) -> None:
    """Add to a settings module (its `globals()`) what the desk needs and the site has not set.

    `DESK_VAR`, a folder, must be set: mail waiting in files and sealed attachments lie below it.
    The keys `DESK_KEYRING`, `DESK_INDEX_KEY` and `DESK_PEPPER` are never given by default.
    """
    apps = [app for app in settings["INSTALLED_APPS"] if app not in APPS]
    settings["INSTALLED_APPS"] = [*APPS, *apps, *(app for app in COMPANIONS if app not in apps)]
    settings["MIDDLEWARE"] = _middleware(list(settings["MIDDLEWARE"]))
    for engine in settings["TEMPLATES"]:
        processors = engine.setdefault("OPTIONS", {}).setdefault("context_processors", [])
        processors += [each for each in CONTEXT_PROCESSORS if each not in processors]
    for name, value in DEFAULTS.items():
        settings.setdefault(name, value)
    settings.setdefault("DESK_MAIL_DIR", settings["DESK_VAR"] / "mail")
    settings.setdefault("DESK_ERASURE_LEDGER", settings["DESK_VAR"] / "erasures.ledger")
    stored = settings.setdefault("STORAGES", {})
    stored.setdefault("private", private_storage(settings["DESK_VAR"]))
    stored.setdefault("backups", backups_storage(settings["DESK_VAR"] / "backups"))
    _guard(settings)


def _guard(settings: Settings) -> None:
    """Where the cache is a table, keep limits and used human checks in one that never drops them.

    A site whose cache is Redis, and one that names `DESK_GUARD_CACHE` itself, is left as it is.
    """
    caches = settings.get("CACHES", {})
    backend = caches.get("default", {}).get("BACKEND", "")
    if "DESK_GUARD_CACHE" in settings or not backend.endswith(".DatabaseCache"):
        return
    caches.setdefault(
        "guard",
        {"BACKEND": "desk_core.guard_cache.GuardCache", "LOCATION": "desk_guard"},
    )
    settings["DESK_GUARD_CACHE"] = "guard"


def private_storage(folder: Any) -> Settings:
    """Sealed attachments: a folder that no address serves."""
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": folder / "private",
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }


def backups_storage(folder: Any) -> Settings:
    """Backups: a folder, which should be mounted from another machine."""
    return {
        "BACKEND": "desk_core.backup.folder.BackupFolder",
        "OPTIONS": {
            "location": folder,
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }


def _middleware(present: list[str]) -> list[str]:
    for wanted, before in MIDDLEWARE:
        if wanted in present:
            continue
        present.insert(present.index(before) if before in present else 0, wanted)
    return present
