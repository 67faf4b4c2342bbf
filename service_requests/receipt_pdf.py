"""The receipt as a PDF: the same code, password and advice as the page.

It carries a digital signature where the body has a certificate, and always a verification code,
which anybody can check on the website (`receipt_marks`).
"""

import io
from typing import Any

import segno
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language, get_language_bidi, gettext_lazy, override
from django.utils.translation import gettext as _

from cms_pages.models import DeskSettings
from desk_core import pdf_signing
from desk_core.documents import render_pdf
from persian.templatetags.persian import jdatetime
from service_requests import promises, receipt_marks, wording
from service_requests.enums import Kind
from service_requests.models import Case
from service_requests.receipts import OpenReceipt


def render(*, request: HttpRequest, receipt: OpenReceipt) -> bytes:
    """The PDF of a receipt that is still open, in the language of the page.

    The QR code leads to the tracking page and carries the code alone, in the part of the address
    that browsers do not send.
    """
    case = receipt.case
    desk = DeskSettings.for_request(request)
    address = request.build_absolute_uri(reverse("service_requests:track"))
    facts = [
        *((label, text, False) for label, text in _what_it_is(case)),
        (_("With"), capfirst(wording.holder(case)), False),
        (_("Registered at"), jdatetime(case.registered_at), False),
        (_("Follow up at"), address, True),
    ]
    # Before the address, which stands last: by when, if anything was promised.
    facts[-1:-1] = [
        (due.label, _("by %(day)s") % {"day": due.text}, False)
        for due in promises.dues_of(case)
        if due.text
    ]
    checked_at = request.build_absolute_uri(reverse("service_requests:receipt_check"))
    pdf = render_pdf(
        app="service_requests",
        name="receipt",
        data={
            "lang": get_language() or "fa",
            "dir": "rtl" if get_language_bidi() else "ltr",
            "title": str(_TITLES[case.kind]),
            "body": desk.body,
            "desk": desk.desk,
            "qr": _qr(f"{address}#{case.code}"),
            "codes": [
                {"label": _("Tracking code"), "value": case.code},
                {"label": _("Tracking password"), "value": receipt.password},
            ],
            "facts": [{"label": label, "value": value, "ltr": ltr} for label, value, ltr in facts],
            "mark": {
                "label": _("Verification code"),
                "value": receipt_marks.grouped(receipt_marks.mark_of(case)),
                "words": _("Whether this receipt is true can be checked at"),
                "address": checked_at,
            },
            "advice": [
                _("Keep this sheet. The password is shown nowhere else."),
                _("Give the password to nobody; staff never ask for it."),
            ],
        },
    )
    if pdf_signing.problem():
        return pdf
    return pdf_signing.sign_pdf(pdf, reason=_("Receipt"))[0]


def render_slip(*, request: HttpRequest, receipt: OpenReceipt) -> bytes:
    """The slip that staff print unseen and hand over folded, in the language of the case."""
    case = receipt.case
    with override(case.language):
        desk = DeskSettings.for_request(request)
        address = request.build_absolute_uri(reverse("service_requests:track"))
        return render_pdf(
            app="service_requests",
            name="slip",
            data={
                "lang": case.language,
                "dir": "rtl" if get_language_bidi() else "ltr",
                "title": _("Tracking slip"),
                "body": desk.body,
                "desk": desk.desk,
                "code": {"label": _("Tracking code"), "value": case.code},
                "password": {"label": _("Tracking password"), "value": receipt.password},
                "outside": _("To be opened by the applicant alone."),
                "facts": [
                    *(
                        {"label": label, "value": text, "ltr": 0}
                        for label, text in _what_it_is(case)
                    ),
                    {"label": _("Registered at"), "value": jdatetime(case.registered_at), "ltr": 0},
                    {"label": _("Follow up at"), "value": address, "ltr": 1},
                ],
                "advice": [
                    _("Keep this sheet. The password is shown nowhere else."),
                    _("Give the password to nobody; staff never ask for it."),
                ],
                "folding": _(
                    "For staff: fold this part over the middle, then the upper one over both."
                ),
            },
        )


_TITLES: dict[str, Any] = {
    Kind.REQUEST: gettext_lazy("Receipt of a request"),
    Kind.COMPLAINT: gettext_lazy("Receipt of a complaint"),
    Kind.SUGGESTION: gettext_lazy("Receipt of a suggestion or criticism"),
}


def _what_it_is(case: Case) -> list[tuple[str, str]]:
    """Kind, form and service, with their labels: nothing of what somebody wrote.

    The kind stands there word for word: whoever checks the verification code chooses it.
    """
    form = case.form_version
    title = form.questions.title if form is not None else _("General form of the service desk")
    found = [(_("Kind"), case.get_kind_display()), (_("Form"), title)]
    return [*found, (_("Service"), str(case.service))] if case.service is not None else found


def _qr(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode()
