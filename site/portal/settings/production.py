"""Production: every secret from the environment, and no start without it."""

from portal.settings import reading
from portal.settings.base import *

reading.refuse_debug()
reading.is_there("DESK_VAR", DESK_VAR)
reading.is_there("DESK_ERASURE_LEDGER", DESK_ERASURE_LEDGER.parent)

# Static files with far-future names, served by the application itself where no proxy does.
MIDDLEWARE.insert(1, "whitenoise.middleware.WhiteNoiseMiddleware")

SECRET_KEY = reading.secret("SECRET_KEY")
ALLOWED_HOSTS = reading.hosts("DESK_HOSTS")
WAGTAILADMIN_BASE_URL = reading.https_address("DESK_BASE_URL", hosts=ALLOWED_HOSTS)
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

DESK_KEYRING = reading.keyring("DESK_KEYRING")
DESK_INDEX_KEY = reading.key("DESK_INDEX_KEY")
DESK_PEPPER = reading.peppers("DESK_PEPPER")

# Everything over TLS; the proxy in front says so in this header (docs/operators-guide.md).
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.yes("DESK_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.yes("DESK_HSTS_SUBDOMAINS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-staff"
CSRF_COOKIE_NAME = "__Host-csrf"
DESK_TRACKING_COOKIE_PREFIX = "__Host-"

vars().update(env.mail("EMAIL_URL", default="smtp://localhost:25"))
EMAIL_TIMEOUT = 15

_SMS = {
    "kavenegar": "desk_core.channels.kavenegar.KavenegarChannel",
    "smsir": "desk_core.channels.smsir.SmsIrChannel",
    # Letters stay in files, with the number in clear: for a trial, never for citizens.
    "files": "desk_core.channels.files.FileChannel",
}
_SMS_CHOICE = reading.one_of("DESK_SMS", _SMS, value=reading.required("DESK_SMS"))
DESK_CHANNELS = {
    "email": "desk_core.channels.email.EmailChannel",
    "sms": _SMS[_SMS_CHOICE],
}

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_LEVEL = reading.one_of(
    "DESK_LOG_LEVEL",
    _LEVELS,
    value=(env.str("DESK_LOG_LEVEL", default="").strip() or "INFO").upper(),
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": _LEVEL},
}
