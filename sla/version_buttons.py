"""The deeds that a version's state allows, as buttons in the list of versions."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail_modeladmin.helpers import ButtonHelper

from sla.enums import State
from sla.models.agreements import AgreementVersion
from sla.permissions import (
    user_can_end_by_consent,
    user_can_record_signature,
    user_can_renew,
    user_can_terminate,
)
from sla.renewal import RENEWABLE
from sla.state import Facts, state_on, today
from sla.terminating import TERMINABLE


class VersionButtons(ButtonHelper):
    """To what the base offers, the ways to signature, successor and end for whoever may go them."""

    def get_buttons_for_obj(self, obj: Any, *args: Any, **kwargs: Any) -> list[dict[str, Any]]:
        """The buttons of one version."""
        classes = [*kwargs.get("classnames_add", ()), "button-secondary"]
        deeds = [
            {
                "url": reverse(f"sla_admin:{screen}", args=[obj.pk]),
                "label": label,
                "title": f"{label}: {obj.agreement} – {obj}",
                "classname": self.finalise_classname(classes),
            }
            for screen, label in _deeds(self.request.user, obj)
        ]
        return [*super().get_buttons_for_obj(obj, *args, **kwargs), *deeds]


def facts_in_list(version: AgreementVersion) -> Facts:
    """The facts of a version whose siblings the list has read."""
    return version.facts(siblings=list(version.agreement.versions.all()))


def _deeds(user: Any, version: AgreementVersion) -> Iterator[tuple[str, str]]:
    facts = facts_in_list(version)
    state = state_on(facts, today())
    if state == State.AWAITING and user_can_record_signature(user, version):
        yield "record_signature", _("Record a signature")
    if state in RENEWABLE and facts.replaced_from is None:
        if user_can_renew(user, version):
            yield "successor", _("Draft the successor")
        if version.g2g and facts.terminated_on is None and user_can_end_by_consent(user, version):
            yield "consent", _("End by mutual consent")
    ends = not version.g2g and state in TERMINABLE | {State.ENDING, State.TERMINATED}
    if ends and user_can_terminate(user, version):
        yield "termination", _("Termination")
