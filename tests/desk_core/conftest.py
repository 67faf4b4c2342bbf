"""A folder of message templates, a folder for mail, and a way to queue a message."""

from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

from desk_core.models import OutgoingMessage
from desk_core.outbox import Outgoing, queue_many
from desk_core.sealing import new_subject

# A busy machine is no failure: these tests judge results, not times.
hypothesis.settings.register_profile("desk", deadline=None)
hypothesis.settings.load_profile("desk")

TEMPLATES = {
    "test/hello.email.txt": "{% load i18n %}Case {{ code }} & co\n\n"
    "{% translate 'Yes' %} <{{ code }}>\n",
    "test/hello.sms.txt": "Case {{ code }} & co",
    "test/broken.sms.txt": "{{ code|add:1|slice:'x'|date }}{% include nothing %}",
}


@pytest.fixture
def mail(settings, tmp_path) -> Path:
    settings.DESK_MAIL_DIR = tmp_path / "mail"
    return settings.DESK_MAIL_DIR


@pytest.fixture
def message_templates(settings, tmp_path):
    for name, text in TEMPLATES.items():
        path = tmp_path / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    [first, *rest] = settings.TEMPLATES
    settings.TEMPLATES = [{**first, "DIRS": [*first["DIRS"], tmp_path / "templates"]}, *rest]


@pytest.fixture
def enqueue(db, message_templates) -> Callable[..., OutgoingMessage]:
    """Queue a message to somebody, by SMS unless told otherwise."""
    count = iter(range(100_000))

    def add(channel: str = "sms", recipient: str = "+989123456789", **more: object):
        subject = more.pop("subject", None) or new_subject()
        subject.save()
        values = {
            "template": "test/hello",
            "context": {"code": "120000000005"},
            "language": "fa",
            "dedupe": f"test:{next(count)}",
            **more,
        }
        queue_many([Outgoing(channel=channel, recipient=recipient, **values)], subject=subject)
        return OutgoingMessage.objects.get(dedupe=values["dedupe"])

    return add
