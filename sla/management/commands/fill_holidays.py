"""`manage.py fill_holidays 1405 1406`: the public holidays of Jalali years."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from desk_core.page_cache import purge
from persian.digits import localised, to_ascii
from sla.holidays import fill


class Command(BaseCommand):
    """Fill the calendar; lunar days stay provisional until staff confirm them."""

    help = "Add the public holidays of one or more Jalali years, lunar ones as provisional."

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the arguments."""
        parser.add_argument("years", nargs="+", metavar="YEAR", help="Jalali year, such as 1405")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill each year, or stop at the first that is none."""
        for text in options["years"]:
            plain = to_ascii(text)
            if not (plain.isascii() and plain.isdigit() and 1360 <= int(plain) <= 1480):
                raise CommandError(
                    _("“%(year)s” is not a Jalali year between 1360 and 1480.")
                    % {"year": text[:20]}
                )
            added, known = fill(year=int(plain))
            self.stdout.write(
                _("%(year)s: %(added)s holidays added, %(known)s known already.")
                % {
                    "year": localised(plain),
                    "added": localised(added),
                    "known": localised(known),
                }
            )
        purge()
