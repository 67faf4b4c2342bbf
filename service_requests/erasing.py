"""What has to go when a person's data key is gone."""

import uuid
from collections.abc import Sequence

from django.db import transaction

from desk_core import vault
from service_requests.models import (
    Attachment,
    Draft,
    IdentifierIndex,
    OneTimeCode,
    VerifiedContact,
    WordIndex,
)


def forget_subjects(subjects: Sequence[uuid.UUID]) -> None:
    """Delete look-up rows and drafts of these data keys, in the caller's transaction.

    The cases stay as operational facts that nobody can be found by. Safe to repeat.
    """
    IdentifierIndex.objects.filter(case__subject_key__in=subjects).delete()
    WordIndex.objects.filter(case__subject_key__in=subjects).delete()
    VerifiedContact.objects.filter(case__subject_key__in=subjects).delete()
    OneTimeCode.objects.filter(case__subject_key__in=subjects).delete()
    files = Attachment.objects.filter(draft__subject_key__in=subjects)
    for path in list(files.values_list("path", flat=True)):
        transaction.on_commit(lambda path=path: vault.delete(path))  # type: ignore[misc]
    Draft.objects.filter(subject_key__in=subjects).delete()
