"""`manage.py import_agreement FILE`: a Markdown agreement becomes a draft page."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cms_pages.models import Department
from persian.digits import localised
from persian.jalali import format_date
from sla.importing import Imported, import_agreement
from sla.reader import MAX_BYTES, ReadError


class Command(BaseCommand):
    """Read a Markdown agreement into a draft; say what still has to be done with it."""

    help = "Read a Markdown service level agreement into a draft page."

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the arguments."""
        parser.add_argument("file", type=Path, metavar="FILE", help="Markdown text in UTF-8")
        parser.add_argument(
            "--agreement", default="service-desk", metavar="KEY", help="key of the agreement"
        )
        parser.add_argument(
            "--department", default="", metavar="KEY", help="department it is limited to"
        )
        parser.add_argument(
            "--language", default="fa", choices=["fa", "en"], help="language of the text"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, or stop with one clear error and nothing changed."""
        department = None
        if options["department"]:
            department = Department.objects.filter(key=options["department"]).first()
            if department is None:
                raise CommandError(
                    _("There is no department “%(key)s”.") % {"key": options["department"]}
                )
        data = self._read(options["file"])
        try:
            imported = import_agreement(
                data=data,
                key=options["agreement"],
                department=department,
                language=options["language"],
            )
        except ReadError as error:
            raise CommandError(str(error)) from None
        except ValidationError as error:
            raise CommandError(
                _("“%(key)s” cannot be the key of an agreement: %(reason)s")
                % {"key": options["agreement"][:80], "reason": " ".join(error.messages)}
            ) from None
        for line in report(imported):
            self.stdout.write(line)

    def _read(self, path: Path) -> bytes:
        try:
            if path.is_dir():
                raise CommandError(_("%(file)s is a folder, not a file.") % {"file": path})
            with path.open("rb") as file:
                return file.read(MAX_BYTES + 1)
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be read: %(reason)s") % {"file": path, "reason": error.strerror}
            ) from None


def report(imported: Imported) -> list[str]:
    """What was found in the file, and what still has to be done, line by line."""
    page, read = imported.page, imported.read
    values = {
        "title": page.title,
        "version": page.version,
        "count": localised(len(read.clauses)),
        "end": format_date(read.valid_to),
    }
    if not imported.created:
        return [_("This file is already imported: “%(title)s”, %(version)s.") % values]
    lines = [
        _("Imported as a draft: “%(title)s”, %(version)s, %(count)s clauses.") % values,
        _("Valid until %(end)s.") % values,
    ]
    for found in read.blanks:
        place = {
            "blank": found.blank.text,
            "clause": found.clause,
            "line": localised(found.blank.line),
        }
        lines.append(_("Unfilled blank %(blank)s in clause “%(clause)s”, line %(line)s.") % place)
    lines += [
        _(
            "Clause “%(clause)s” speaks of services between organisations (G2G). If this agreement "
            "is between two organisations, mark it so and name both."
        )
        % {"clause": clause.title}
        for clause in read.g2g_clauses
    ]
    if read.blanks:
        lines.append(_("Fill the blanks; until then the page cannot be published."))
    lines.append(_("Check the parties, publish the page, then record the signature."))
    return lines
