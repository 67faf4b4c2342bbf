"""Reading a sample of cases the way their applicants do, to prove that a backup comes back."""

from desk_core import passwords
from desk_core.backup import Sample, says_nothing_of_the_backup
from service_requests import reading
from service_requests.models import Case, Credential, TrackingSession


def read_sample(size: int) -> Sample:
    """Open up to `size` cases: content, messages, every file to its last byte, the credential.

    It marks messages as read, so it belongs into a restored copy and not into the live site.
    """
    kept = Case.objects.filter(subject_key__wrapped__isnull=False)
    sample = Sample(there=kept.count())
    for case in kept.select_related("subject_key", "department", "service").order_by("?")[:size]:
        try:
            _read_case(case, sample)
        except Exception as error:
            if says_nothing_of_the_backup(error):
                raise
            # Whatever it is: the case does not open. Its code says nothing about the person.
            sample.problems.append(f"The case {case.code} does not open: {type(error).__name__}.")
    return sample


def _read_case(case: Case, sample: Sample) -> None:
    credential = Credential.objects.filter(case=case).order_by("-issued_at").first()
    if credential is not None:
        if not passwords.is_checkable(credential.secret_hash):
            sample.problems.append(f"The password of the case {case.code} cannot be checked.")
        sample.count("credentials")
    session = TrackingSession(credential=credential or Credential(case=case))
    session.credential.case = case
    view = reading.for_applicant(session)
    sample.count("cases")
    for _message in view.messages:
        sample.count("messages")
    for file in (*view.files, *(each for message in view.messages for each in message.files)):
        # What waits for the scanner, or was destroyed after it, opens for nobody.
        if file.ready:
            _read_file(session, file, sample)


def _read_file(session: TrackingSession, file: reading.ReadFile, sample: Sample) -> None:
    opened = reading.file_for_applicant(session=session, attachment_id=file.id)
    # Every frame is verified as it comes.
    size = sum(len(chunk) for chunk in opened.chunks)
    if size != file.size:
        sample.problems.append(f"The file {file.id} has {size} bytes instead of {file.size}.")
    sample.count("attachments")
