"""The round that tells subscribers: what the clock brings, what is due, what became of it."""

from collections.abc import Callable
from datetime import datetime

from notices import appearances
from notices.subscriptions import events, fan_out, following, outcomes


def work(*, at: datetime | None = None, stop: Callable[[], bool] = lambda: False) -> dict[str, int]:
    """One round; safe to repeat and to run beside another one. How many rows each step touched.

    A step that fails does not keep the others from their work; its error is raised at the end.
    """
    steps: dict[str, Callable[[], int]] = {
        "withdrawn": lambda: appearances.note_all(at=at),
        "events": lambda: events.record_due(at=at),
        "told": lambda: fan_out.hand_over_due(at=at, stop=stop),
        "settled": lambda: outcomes.settle(at=at),
        "released": lambda: following.release(at=at),
        "forgotten": lambda: sum(outcomes.forget_old(at=at).values()),
    }
    done: dict[str, int] = {}
    failed: Exception | None = None
    for name, step in steps.items():
        try:
            done[name] = step()
        except Exception as error:
            failed = failed or error
    if failed is not None:
        raise failed
    return done
