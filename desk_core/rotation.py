"""Re-wrapping data keys under the current key of the ring, while the site serves."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import BinaryField, Case, Value, When

from desk_core import keyring
from desk_core.locks import when_unlocked
from desk_core.models import SubjectKey
from desk_core.sealing import SealBroken, unwrap, wrap


class Progress(NamedTuple):
    """How many keys were re-wrapped so far, and the rows that could not be (by id, with why)."""

    done: int
    stuck: dict[str, str]


def left_by_key() -> dict[str, int]:
    """How many data keys each key that is not the current one still wraps."""
    current = keyring.ring().current
    kept = SubjectKey.objects.filter(wrapped__isnull=False).exclude(key_id=current)
    left: dict[str, int] = {}
    for key_id in kept.order_by("key_id").values_list("key_id", flat=True).distinct():
        left[key_id] = kept.filter(key_id=key_id).count()
    return left


def rotate(*, batch: int = 200) -> Iterator[Progress]:
    """Re-wrap every data key under the current key, batch by batch; progress after each.

    A batch is one short UPDATE. Readers see a row before it or after it, and each opens by the key
    whose id stands in it. A key erased in between stays erased: the UPDATE passes it over.
    """
    done, stuck = 0, {}
    for key_id in left_by_key():
        last = None
        while rows := _next(key_id, last, batch):
            last = rows[-1].pk
            wrapped = {}
            for row in rows:
                try:
                    wrapped[row.pk] = wrap(unwrap(row), row.pk)[1]
                except SealBroken as error:
                    stuck[str(row.pk)] = str(error)
            done += _write(wrapped) if wrapped else 0
            yield Progress(done, stuck)


def _next(key_id: str, last: object, batch: int) -> list[SubjectKey]:
    rows = SubjectKey.objects.filter(key_id=key_id, wrapped__isnull=False)
    if last is not None:
        rows = rows.filter(pk__gt=last)
    return list(rows.order_by("pk")[:batch])


def _write(wrapped: dict) -> int:
    cases = [When(pk=pk, then=Value(new)) for pk, new in wrapped.items()]
    current = keyring.ring().current
    still = SubjectKey.objects.filter(pk__in=wrapped, wrapped__isnull=False)
    return when_unlocked(
        lambda: still.update(wrapped=Case(*cases, output_field=BinaryField()), key_id=current)
    )
