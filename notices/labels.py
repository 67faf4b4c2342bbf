"""The conditions of a monitor's rules: `job=portal, severity=crit*`; pure."""

from collections.abc import Mapping
from fnmatch import fnmatchcase


def parse_labels(text: str) -> dict[str, str]:
    """Label → pattern. ValueError for a text that holds none, or something else."""
    found = {}
    for part in text.split(","):
        name, sign, pattern = part.partition("=")
        if not sign or not name.strip() or not pattern.strip():
            raise ValueError(part)
        found[name.strip()] = pattern.strip()
    return found


def labels_fit(text: str, labels: Mapping[str, str]) -> bool:
    """Whether every condition fits; a label that is not there fits nothing."""
    return all(
        name in labels and fnmatchcase(labels[name], _only_stars(pattern))
        for name, pattern in parse_labels(text).items()
    )


def _only_stars(pattern: str) -> str:
    """Of the wildcards of file names only the star is one here."""
    return pattern.replace("[", "[[]").replace("?", "[?]")
