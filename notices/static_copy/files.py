"""One file of the copy."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CopiedFile:
    """What is at an address of the site: `path`, decoded and with its first slash."""

    path: str
    body: bytes
    content_type: str

    @property
    def name(self) -> str:
        """Where it lies in the copy, by the folders of its address."""
        return name_of(self.path)

    @property
    def is_page(self) -> bool:
        """Whether it is HTML."""
        return self.content_type.startswith("text/html")


def name_of(path: str) -> str:
    """`status/index.html` for "/status/"."""
    return f"{path.strip('/')}/index.html".lstrip("/") if path.endswith("/") else path.lstrip("/")
