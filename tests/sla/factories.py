"""Agreements, pages, signatures and calendars for the tests."""

from datetime import date
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from wagtail.models import Locale, Site

from cms_pages.models import HomePage
from sla.enums import PartyRole
from sla.models import AgreementIndexPage, AgreementPage, AgreementVersion, Signature
from sla.signing import record_paper_signature
from sla.versions import create_agreement, create_version
from tests.replayed import replayed

PROVIDER = {
    "role": PartyRole.PROVIDER.value,
    "name": "ادارهٔ نمونه",
    "signs": True,
    "signatory_name": "بهار نمونه",
    "signatory_post": "مدیر اداره",
}
USERS = {
    "role": PartyRole.RECIPIENT.value,
    "name": "همهٔ کاربران",
    "signs": False,
    "signatory_name": "",
    "signatory_post": "",
}
OTHER_BODY = {
    "role": PartyRole.RECIPIENT.value,
    "name": "سازمان همکار",
    "signs": True,
    "signatory_name": "مهر همکار",
    "signatory_post": "رئیس سازمان",
}


@replayed
def make_index() -> AgreementIndexPage:
    """A site in Persian with a home page and a list of agreements."""
    existing = AgreementIndexPage.objects.first()
    if existing is not None:
        return existing
    locale, _ = Locale.objects.get_or_create(language_code="fa")
    root = Site.objects.get(is_default_site=True).root_page.get_root()
    home = HomePage.objects.first()
    if home is None:
        home = HomePage(title="خانه", slug="khane", locale=locale)
        root.add_child(instance=home)
    site = Site.objects.get(is_default_site=True)
    site.root_page, site.hostname, site.port = home, "testserver", 80
    site.save()
    index = AgreementIndexPage(title="توافق‌نامه‌ها", slug="agreements", locale=locale)
    home.add_child(instance=index)
    return index


def clause(kind: str, title: str, text: str, **more: Any) -> dict[str, Any]:
    """The raw block of one clause."""
    value = {"title": title, "text": text, "nested": False, "g2g": False, "anchor": "", **more}
    return {"type": kind, "value": value}


def clauses(*, blank: bool = False, free: bool = False) -> list[dict[str, Any]]:
    """Two or three clauses, one with an unfilled blank if wanted."""
    period = "<p>تا [مدت زمان] پس از امضا.</p>" if blank else "<p>تا پایان سال.</p>"
    found = [clause("purpose", "هدف", "<p>کیفیت خدمت.</p>"), clause("period", "دوره", period)]
    if free:
        found.append(clause("fees", "هزینه‌ها", "<p>رایگان است.</p>", free=True))
    return found


@replayed
def make_page(*, live: bool = False, parties: list[dict[str, Any]] | None = None, **values: Any):
    """A page with a version of its own; published as an editor publishes, when `live`."""
    index = make_index()
    version = values.pop("version", None)
    if version is None:
        key = values.pop("key", "desk")
        from sla.models import Agreement

        department = values.pop("department", None)
        agreement = Agreement.objects.filter(key=key).first()
        if agreement is None:
            agreement = create_agreement(title="توافق‌نامه", key=key)
            Agreement.objects.filter(pk=agreement.pk).update(department=department)
            agreement.refresh_from_db()
        version = create_version(agreement=agreement, language="fa")
    sides = parties if parties is not None else [PROVIDER, USERS]
    page = AgreementPage(
        title=values.pop("title", "توافق‌نامهٔ سطح خدمت"),
        slug=f"{version.agreement.key}-{version.number}",
        locale=index.locale,
        live=False,
        version=version,
        valid_from=values.pop("valid_from", None),
        valid_to=values.pop("valid_to", date(2027, 3, 20)),
        clauses=values.pop("clauses", None) or clauses(),
        parties=[{"type": "party", "value": side} for side in sides],
        **values,
    )
    index.add_child(instance=page)
    revision = page.save_revision()
    if live:
        revision.publish()
    return AgreementPage.objects.get(pk=page.pk)


def scan(name: str = "letter.png") -> SimpleUploadedFile:
    """A small picture of a letter."""
    data = BytesIO()
    Image.new("RGB", (8, 8), "white").save(data, "PNG")
    return SimpleUploadedFile(name, data.getvalue(), "image/png")


def sign(version: AgreementVersion, **values: Any) -> Signature:
    """Record a paper signature."""
    given = {
        "name": "بهار نمونه",
        "post": "مدیر اداره",
        "signed_on": date(2026, 3, 21),
        "letter_number": "۱۲۳/ص",
        "scan": scan(),
        **values,
    }
    return record_paper_signature(version=version, **given)


def make_signed(**values: Any) -> AgreementPage:
    """A published page of a version that is signed."""
    signature = {
        name: values.pop(name) for name in ("signed_on", "letter_number") if name in values
    }
    page = make_page(live=True, **values)
    sign(page.version, **signature)
    return AgreementPage.objects.get(pk=page.pk)


def time_target(measure: str = "resolution", amount: int = 15, **more: Any) -> dict[str, Any]:
    """The raw block of a target with a time."""
    value = {
        "measure": measure,
        "amount": amount,
        "unit": "working_days",
        "share": "90",
        "department": "",
        "service": "",
        "kind": "",
        **more,
    }
    return {"type": "time", "value": value}


def words_target(text: str = "پاسخ‌ها را با واژه‌های ساده می‌نویسیم.") -> dict[str, Any]:
    """The raw block of a promise in words."""
    return {"type": "words", "value": {"text": text}}


def ordinary_week(**values: Any):
    """Weekly hours of the body from Saturday to Wednesday, 7:30 to 14:30."""
    from sla.models import WeeklySchedule

    days = ("saturday", "sunday", "monday", "tuesday", "wednesday")
    given = {"name": "هفتهٔ عادی", "first_day": date(2020, 1, 1), **values}
    return WeeklySchedule.objects.create(**dict.fromkeys(days, "07:30-14:30") | given)
