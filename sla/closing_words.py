"""What a closed time does on the floors above, said where one is entered: a registry.

`sla` knows no visits. Whoever acts by itself once a day is closed registers a
sentence in `ready()`.
"""

from typing import Any

from wagtail.admin.panels import HelpPanel

_sentences: list[Any] = []


def register(sentence: Any) -> None:
    """Have a (lazily translated) sentence shown to whoever closes a day; in `AppConfig.ready()`."""
    if sentence not in _sentences:
        _sentences.append(sentence)


def words() -> str:
    """All of them, in the reader's language; "" where nothing follows by itself."""
    return " ".join(str(sentence) for sentence in _sentences)


class ClosingWordsPanel(HelpPanel):
    """They, above the fields of a form; nothing where there are none."""

    class BoundPanel(HelpPanel.BoundPanel):
        """The panel in one form."""

        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.content = words()

        def is_shown(self) -> bool:
            """Whether there is anything to say."""
            return bool(self.content)
