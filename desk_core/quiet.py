"""What logs and error reports may say: where something went wrong, never what people wrote.

Django's template logger adds the whole context of a page to a variable that is missing, and its
error reports (mailed to ADMINS, or printed) repeat the form that was sent and the values of every
frame. Neither leaves this house.
"""

import logging
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class WithoutContext(logging.Filter):
    """Takes the exception away that quotes the context; the line with the variable's name stays."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line pass, shortened."""
        record.exc_info, record.exc_text = None, None
        return True


class NothingPersonal(SafeExceptionReporterFilter):
    """Error reports without the values of forms, cookies and frames; names and places remain."""

    def get_post_parameters(self, request: HttpRequest | None) -> Any:
        """The names of what was sent."""
        found = super().get_post_parameters(request)
        return self._hidden(found) if self.is_active(request) else found

    def get_safe_cookies(self, request: HttpRequest | None) -> dict[str, Any]:
        """The names of the cookies: one of them opens a case."""
        found: dict[str, Any] = super().get_safe_cookies(request)  # type: ignore[arg-type]
        return self._hidden(found) if self.is_active(request) else found

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> Any:
        """The names of the variables."""
        found = super().get_traceback_frame_variables(request, tb_frame)
        if not self.is_active(request):
            return found
        return [(name, self.cleansed_substitute) for name, _value in found]

    def _hidden(self, values: Any) -> dict[str, Any]:
        return dict.fromkeys(values, self.cleansed_substitute)


def quieten() -> None:
    """Put the filter on Django's template logger, once."""
    logger = logging.getLogger("django.template")
    if not any(isinstance(each, WithoutContext) for each in logger.filters):
        logger.addFilter(WithoutContext())
