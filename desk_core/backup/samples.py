"""Who reads a sample of a restored site through the application, and says what does not open."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Sample:
    """What was tried: how many of each kind opened, and sentences about those that did not.

    `there` says how many records could have been opened. Problems name records by their ids or
    codes, never by what is in them.
    """

    there: int = 0
    opened: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def count(self, what: str) -> None:
        """One more of a kind opened."""
        self.opened[what] = self.opened.get(what, 0) + 1


Reader = Callable[[int], Sample]
_readers: list[Reader] = []


def register_sample(reader: Reader) -> None:
    """Register a function that reads up to so many records of its floor; in `ready()`."""
    if reader not in _readers:
        _readers.append(reader)


def read_all(size: int) -> Sample:
    """Let every registered reader read, in the database and storages of this process.

    Where something could have been opened and nothing was, that is a problem too.
    """
    whole = Sample()
    for reader in _readers:
        part = reader(size)
        whole.there += part.there
        whole.problems += part.problems
        if part.there and not part.opened and not part.problems:
            whole.problems.append(f"None of the {part.there} records that could be opened was.")
        for what, count in part.opened.items():
            whole.opened[what] = whole.opened.get(what, 0) + count
    return whole
