"""Calling libraries that start an event loop of their own, also where one is running already."""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def outside_of_loops(deed: Callable[[], Result]) -> Result:
    """Do it here, or in a thread when this one runs a loop; language and the like go along.

    Not for what uses the database: a thread has a connection of its own.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return deed()
    context = contextvars.copy_context()
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(context.run, deed).result()
