"""Shapes of the doors of drafts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema
from pydantic import ConfigDict

from service_requests.api.schemas import HumanAnswer, Particulars

_ANSWERS = "By the schema of GET /forms/{key}; files are sent to /draft/files"


class DraftFields(Particulars):
    """What a draft holds beside the answers."""

    # Ninja's own schema would take any text for one without fields.
    model_config = ConfigDict(from_attributes=False)


class SaveIn(Schema):
    """What is added or changed; neither need be complete or right before it is sent."""

    fields: DraftFields = DraftFields()
    answers: dict[str, Any] = Field({}, description=_ANSWERS)


class BeginIn(SaveIn):
    """The form to be answered, and perhaps the first answers."""

    form: str = Field(description="Key of a form of GET /forms")
    form_version: str = Field("", description="The version that was asked; empty: that of today")


class DraftFileOut(Schema):
    """A file that answers a question."""

    id: UUID
    question: str
    name: str
    size: int


class DraftOut(Schema):
    """A draft as it is now."""

    form: str
    form_version: int
    moved: bool = Field(description="Answered for an earlier version, which is taken no more")
    dropped: list[str] = Field(description="Fields whose choice this version does not offer")
    fields: DraftFields
    answers: dict[str, Any] = Field(description="As they were sent, not yet judged")
    files: list[DraftFileOut]
    errors: dict[str, list[str]] = Field(
        description="What would be refused if it were sent now; /answers/QUESTION for answers"
    )
    expires_at: datetime


class BegunOut(DraftOut):
    """The same with the bearer token by which it is found."""

    token: str


class LeftOut(Schema):
    """What the citizen writes down, to go on from any device."""

    code: str
    password: str
    until: datetime


class SendIn(Schema):
    """Consent, and the answer to POST /human-check."""

    consent: bool = False
    human: HumanAnswer | None = None
