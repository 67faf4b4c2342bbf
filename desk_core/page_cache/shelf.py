"""The copies of one process, bounded in number and bytes.

All copies of a shelf belong to one generation and die together at one moment, so that a hit costs
one comparison of clocks and one dictionary look-up.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

# (scheme, host, path, query): all as they came, so that a hit computes nothing.
Key = tuple[str, str, str, str]

# Lower-case name: (name, value), the form in which Django keeps an answer's headers.
Headers = dict[str, tuple[str, str]]

# Less than a second, so that with its own duration a look at the shared mark stays below one.
LOOK_EVERY = 0.8


@dataclass(slots=True)
class Copy:
    """One answer: its parts ready to be sent, and whether it was asked for since the last sweep.

    `modified` is its date of change in seconds of UTC, where it has one.
    """

    body: bytes
    packed: bytes | None
    headers: Headers
    packed_headers: Headers
    short_headers: Headers
    etag: str
    modified: int | None = None
    used: bool = False

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return len(self.body) + len(self.packed or b"") + 2000


@dataclass
class Shelf:
    """Copies by key, with what says how long they hold.

    `epoch` changes whenever the copies are dropped: an answer that was begun in one epoch is not
    put on the shelf in another.
    """

    most_copies: int = 2_000
    most_bytes: int = 32 * 1024 * 1024
    copies: dict[Key, Copy] = field(default_factory=dict)
    bytes: int = 0
    epoch: int = 0
    look_at: float = 0.0
    generation: str = ""
    dies_at: float = 0.0
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def look(self, generation: Callable[[], str]) -> None:
        """Compare with the shared mark and the clock, and drop the copies if they are not true.

        `generation` fetches the shared mark; when it fails, nothing is kept until it works again.
        Others wait for the one that looks.
        """
        with self._lock:
            started = time.monotonic()
            if started < self.look_at:
                return
            try:
                shared = generation()
            except Exception:
                self._drop()
                self.generation = ""
                self.look_at = started + LOOK_EVERY
                raise
            if shared != self.generation or (self.dies_at and time.time() >= self.dies_at):
                self._drop()
                self.generation = shared
            self.look_at = started + LOOK_EVERY
            if self.dies_at:
                self.look_at = min(self.look_at, started + max(0.0, self.dies_at - time.time()))

    def put(self, key: Key, copy: Copy, *, epoch: int, dies_at: float) -> bool:
        """Keep a copy whose making began in `epoch`; False when it is too late or too big."""
        with self._lock:
            now = time.time()
            if epoch != self.epoch or not self.generation or now >= dies_at:
                return False
            if copy.size > self.most_bytes // 8:
                return False
            self.dies_at = min(self.dies_at, dies_at) if self.dies_at else dies_at
            if now >= self.dies_at:
                return False
            self.look_at = min(self.look_at, time.monotonic() + self.dies_at - now)
            before = self.copies.pop(key, None)
            self.bytes += copy.size - (before.size if before else 0)
            self.copies[key] = copy
            self._make_room()
            return True

    def drop(self) -> None:
        """Drop everything, and look at the shared mark before the next copy is used."""
        with self._lock:
            self._drop()
            self.generation = ""
            self.look_at = 0.0

    def _drop(self) -> None:
        self.copies = {}
        self.bytes = 0
        self.epoch += 1
        self.dies_at = 0.0

    def _make_room(self) -> None:
        """Push out the oldest copies that were not asked for; those that were get a second turn."""
        while len(self.copies) > self.most_copies or self.bytes > self.most_bytes:
            key = next(iter(self.copies))
            copy = self.copies.pop(key)
            if copy.used:
                copy.used = False
                self.copies[key] = copy
            else:
                self.bytes -= copy.size


class Shelves:
    """Two shelves: one for plain addresses, a small one for addresses with a query.

    Whoever counts `?page=` up cannot push the pages that everybody reads out.
    """

    def __init__(self) -> None:
        self.plain = Shelf()
        self.queried = Shelf(most_copies=200, most_bytes=4 * 1024 * 1024)

    def drop(self) -> None:
        """Drop everything on both."""
        self.plain.drop()
        self.queried.drop()


shelf = Shelves()
