"""Hands out the data of one person or one organisation, for those who work at the server."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pyrage
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from desk_core.backup import age
from service_requests.enums import ExportReason, IdentifierField, IdentityDocument
from service_requests.errors import CaseError, by_field
from service_requests.subject_export import finding, handing_out


class Command(BaseCommand):
    """`export_subject --by national_id --user NAME [--to FILE …]`; the number is asked for.

    A number given as an argument would stay in the history of the shell and in the list of
    processes. Without `--to` it says what would be handed out.
    """

    help = "Hand out the data of one person or organisation; its number is read from the input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose, by whom, why, where to."""
        parser.add_argument(
            "--by",
            action="append",
            required=True,
            choices=IdentifierField.values,
            help="Which number will be given; repeated, one line of input for each.",
        )
        parser.add_argument("--user", required=True, help="User name of whoever hands it out.")
        parser.add_argument("--to", type=Path, help="The file to write; it must not exist yet.")
        parser.add_argument("--reason", default="", choices=ExportReason.values)
        parser.add_argument("--document", default="", choices=IdentityDocument.values)
        parser.add_argument("--reference", default="", help="Number of the registered request.")
        parser.add_argument(
            "--identity-checked", action="store_true", help="Their identity was checked."
        )
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, choices=list(dict(settings.LANGUAGES))
        )
        parser.add_argument("--with", dest="added", action="append", default=[], metavar="CODE")
        parser.add_argument("--without", action="append", default=[], metavar="CODE")
        parser.add_argument("--recipient", help="Public key of age to encrypt for.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find, and write the file."""
        user = get_user_model()._default_manager.filter(username=options["user"]).first()
        if user is None:
            raise CommandError("There is no such user.")
        recipient = _recipient(options["recipient"])
        try:
            identifiers = finding.clean(self._asked(options["by"]))
            if options["to"] is None:
                self._tell(handing_out.find(user=user, identifiers=identifiers))
                return
            with _new_file(options["to"]) as file:
                export = handing_out.for_staff(
                    user=user,
                    identifiers=identifiers,
                    added=options["added"],
                    left_out=options["without"],
                    **{name: options[name] for name in _WHY},
                )
                with closing(export):
                    _write(export, file, recipient)
        except ValidationError as error:
            raise CommandError(_lines(error)) from None
        except CaseError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{export.cases} cases handed out: {options['to']}.")

    def _asked(self, fields: Iterable[str]) -> dict[str, str]:
        """One line of input for each; the question only where a person sits."""
        given = {}
        for name in fields:
            if sys.stdin.isatty():
                self.stderr.write(f"{IdentifierField(name).label}: ", ending="")
            given[name] = sys.stdin.readline().strip()
        return given

    def _tell(self, found: finding.Found) -> None:
        for heading, rows in (("theirs", found.theirs), ("perhaps (--with CODE)", found.perhaps)):
            self.stdout.write(f"{heading}: {len(rows)}")
            for row in rows:
                day = row.registered_at.date().isoformat()
                self.stdout.write(f"  {row.code}  {row.kind}  {row.state}  {day}")
        self.stdout.write(f"of other identity numbers: {found.elsewhere}")


_WHY = ("reason", "document", "reference", "identity_checked", "language")


def _recipient(text: str | None) -> Any:
    if text is None:
        return None
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise CommandError("--recipient is no age public key (age1…).") from None


def _write(export: Iterable[bytes], file: BinaryIO, recipient: Any) -> None:
    if recipient is not None:
        age.encrypt(export, file, [recipient])
        return
    for chunk in export:
        file.write(chunk)


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """A file of its own, for its owner alone; what fails half-way is taken away again."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _lines(error: ValidationError) -> str:
    return "\n".join(
        f"{name}: {text}" if name else text
        for name, texts in by_field(error).items()
        for text in texts
    )
