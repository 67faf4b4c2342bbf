"""What the audit trail writes down about cases, in words for those who read it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from service_requests.enums import EventKind, ExportReason, ReadReason, ReissueReason
from service_requests.transitions import TABLE

ACTIONS: dict[str, Any] = {
    # A step is called what it makes happen.
    **{f"case.{step}": transition.event.label for step, transition in TABLE.items()},
    "case.prioritised": EventKind.PRIORITY_SET.label,
    "case.rejection_proposed": EventKind.REJECTION_PROPOSED.label,
    "case.rejection_refused": EventKind.REJECTION_REFUSED.label,
    "case.answer_copied": _("Answer given in a joined case too"),
    "case.third_asked": EventKind.THIRD_ASKED.label,
    "case.third_revoked": EventKind.THIRD_REVOKED.label,
    "case.third_opened": _("Question opened by a third party"),
    "case.assigned": EventKind.ASSIGNED.label,
    "case.registered": EventKind.REGISTERED.label,
    "case.message": EventKind.STAFF_WROTE.label,
    "case.note": EventKind.NOTE_ADDED.label,
    "case.read": _("Content of a case read"),
    "case.read_person": _("Personal details read"),
    "case.read_file": _("File of a case opened"),
    "case.seen": _("Facts of a case seen"),
    "case.exported": _("Data of a case handed out"),
    "case.search": _("Cases searched"),
    "case.hold_set": EventKind.HOLD_SET.label,
    "case.hold_lifted": EventKind.HOLD_LIFTED.label,
    "case.anonymised": EventKind.ANONYMISED.label,
    "file.infected": _("File with a virus removed"),
    "letter.registered": _("Letter registered"),
    "letter.voided": _("Letter number voided"),
    "letter.printed": _("Letter printed"),
    "credential.reissued": EventKind.CREDENTIAL_REISSUED.label,
    "credential.ended": EventKind.CREDENTIAL_ENDED.label,
    "credential.slip_printed": _("Sealed slip printed"),
    "credential.recovery_asked": _("One-time code for a lost password asked for"),
    "credential.recovered": _("New password issued by a one-time code"),
    "contact.verified": _("Contact verified by a one-time code"),
    "subject.searched": _("Cases of a person or an organisation searched"),
    "subject.exported": _("Data of a person or an organisation handed out"),
    "tracking.opened": _("Case opened with its password"),
    "tracking.refused": _("Wrong code or password"),
    "visit.day_sheet": _("Day sheet of the visits seen"),
    "case.handed_over": EventKind.HANDED_OVER.label,
    "case.notice_linked": EventKind.NOTICE_LINKED.label,
    "case.notice_unlinked": EventKind.NOTICE_UNLINKED.label,
    "case.group_answer": _("One answer given in many cases"),
    "deputy.entered": _("Deputy entered"),
    "deputy.ended": _("Deputy ended early"),
    "token.allowed": _("API token allowed"),
    "token.issued": _("Secret of an API token made"),
    "token.revoked": _("API token revoked"),
    "token.used": _("API token used that day"),
    "survey.read": _("Comments of the survey read"),
    "report.made": _("Report about cases made"),
    "report.asked": _("Report about cases asked for"),
    "report.fetched": _("Report about cases downloaded"),
}
REASONS: dict[str, Any] = dict((*ReadReason.choices, *ExportReason.choices, *ReissueReason.choices))
