"""How the kinds of cases are spoken of in the targets of an agreement."""

from django.utils.translation import gettext_lazy as _

from service_requests.enums import Kind
from sla.scopes import Words, register_kind


def register() -> None:
    """Give `sla` the vocabulary; called from `AppConfig.ready()`."""
    register_kind(
        Kind.REQUEST,
        Words(
            label=Kind.REQUEST.label,
            many=_("requests"),
            of_department=_("requests to %(place)s"),
            of_service=_("requests for the service “%(place)s”"),
        ),
    )
    register_kind(
        Kind.COMPLAINT,
        Words(
            label=Kind.COMPLAINT.label,
            many=_("complaints"),
            of_department=_("complaints about %(place)s"),
            of_service=_("complaints about the service “%(place)s”"),
        ),
    )
    register_kind(
        Kind.SUGGESTION,
        Words(
            label=Kind.SUGGESTION.label,
            many=_("suggestions"),
            of_department=_("suggestions for %(place)s"),
            of_service=_("suggestions about the service “%(place)s”"),
        ),
    )
