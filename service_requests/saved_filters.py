"""Filters of the list of cases that somebody keeps under a name.

Kept are parameters that the list offers to this person, with values that it offers, and nothing
else: no search term, no page, nothing that somebody made up.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from persian.text import control_characters, normalise
from service_requests.models import SavedFilter

MOST = 20
NAME_MAX = 60
#: Of each parameter the values that are offered.
Offered = Mapping[str, Iterable[str]]


def keep(*, user: Any, name: str, parameters: Mapping[str, str], offered: Offered) -> SavedFilter:
    """Keep what the list is narrowed by under a name; the same name again takes its place.

    Raises ValidationError.
    """
    name = " ".join(normalise(name).split())
    if control_characters(name) or not 1 <= len(name) <= NAME_MAX:
        raise ValidationError({"name": [_("Give it a name of at most 60 characters.")]})
    query = urlencode(sorted(_known(parameters, offered).items()))
    if not query:
        raise ValidationError({"name": [_("Narrow the list first.")]})
    rows = SavedFilter.objects.filter(user=user)
    try:
        with transaction.atomic():
            found = rows.filter(name=name).first()
            if found is None and rows.count() >= MOST:
                raise ValidationError({"name": [_("Remove one of your saved filters first.")]})
            row = found or SavedFilter(user=user, name=name)
            row.query = query
            row.save()
    except IntegrityError:
        return rows.get(name=name)
    return row


def remove(*, user: Any, filter_id: int) -> bool:
    """Forget one of one's own; whether there was one."""
    return bool(SavedFilter.objects.filter(user=user, pk=filter_id).delete()[0])


def of_user(user: Any, offered_now: Callable[[], Offered]) -> list[tuple[SavedFilter, str]]:
    """One's own, each with its query as far as it is still offered; one query.

    What is offered is asked for only where there is one.
    """
    rows = list(SavedFilter.objects.filter(user=user).order_by("name", "id"))
    offered = offered_now() if rows else {}
    shown = [(row, _known(dict(parse_qsl(row.query)), offered)) for row in rows]
    return [(row, urlencode(sorted(known.items()))) for row, known in shown if known]


def _known(parameters: Mapping[str, str], offered: Offered) -> dict[str, str]:
    return {
        name: value
        for name, value in parameters.items()
        if name in offered and value in set(offered[name])
    }
