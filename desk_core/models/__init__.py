"""What `desk_core` stores: data keys, outgoing messages, the audit trail, known backups."""

from desk_core.models.append_only import AppendOnlyModel
from desk_core.models.audit_entries import AuditEntry
from desk_core.models.audit_seals import AuditSeal
from desk_core.models.backups import Backup
from desk_core.models.outgoing_messages import OutgoingMessage
from desk_core.models.subject_keys import SubjectKey

__all__ = [
    "AppendOnlyModel",
    "AuditEntry",
    "AuditSeal",
    "Backup",
    "OutgoingMessage",
    "SubjectKey",
]
