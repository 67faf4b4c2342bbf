"""Fill an empty development database with the demo, and say who can sign in."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation

from cms_pages.models import HomePage
from portal.demo import notices, opinions, pages, people, records
from portal.demo.request_form import build_request_form
from service_requests.models import Case


class Command(BaseCommand):
    """`manage.py demo`."""

    help = "Fill an empty development database with a Persian demo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """With `--if-empty` a filled database is left alone without a word of complaint."""
        parser.add_argument("--if-empty", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build what is missing: everything, or the cases of a first run that was cut short."""
        if not hasattr(settings, "DEMO_PASSWORD"):
            raise CommandError("The demo is for the development settings only.")
        if HomePage.objects.exists() and not options["if_empty"]:
            raise CommandError("There is content already; the demo would mix with it.")
        with translation.override("fa"):
            if not HomePage.objects.exists():
                self.stdout.write("Filling the demo ...")
                people_and_pages()
            if people.are_here() and not Case.objects.exists():
                for code, password in records.build_cases():
                    self.stdout.write(f"A case to follow: code {code}, password {password}")
        self._say_who()

    def _say_who(self) -> None:
        self.stdout.write("Staff sign in at /admin/ (development only):")
        for line in people.table():
            self.stdout.write(line)
        self.stdout.write(f"  password of all: {settings.DEMO_PASSWORD}")


@transaction.atomic
def people_and_pages() -> None:
    """Everything but the cases, whose passwords are hashed outside of transactions: all or none."""
    pages.build_facts()
    people.build_people()
    pages.build_site()
    build_request_form(HomePage.objects.get(locale__language_code="fa"))
    records.build_calendar()
    records.build_visiting_hours()
    records.build_agreement()
    notices.build_notices()
    opinions.build_opinions()
