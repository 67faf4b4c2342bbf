"""A version of an agreement as a PDF/A: rendered from its sealed text and signatures alone."""

import io
from collections.abc import Iterable
from typing import Any

import segno
from django.urls import reverse
from django.utils.translation import get_language_info, override
from django.utils.translation import gettext as _
from wagtail.models import Site

from desk_core.documents import render_pdf
from persian.digits import localised
from persian.jalali import format_date
from sla.document import Document
from sla.enums import Ending
from sla.markup import blocks_of
from sla.models.signatures import Signature
from sla.sentences import sentences_of

#: Stands in the PDF's metadata, uncompressed, so that a changed copy still says what it claims.
MARK = "agreement-sha256-"


def verify_address(digest: str, language: str) -> str:
    """The public address that tells about this text; of the default site, in its language."""
    site = Site.objects.filter(is_default_site=True).first()
    with override(language):
        path = reverse("sla:verify")
    return f"{site.root_url if site else ''}{path}?sha256={digest}"


def render_agreement(
    *, document: Document, digest: str, signatures: Iterable[Signature] = (), signed: bool
) -> bytes:
    """The PDF/A-2b of a text in its own language; `digest` is the SHA-256 of its canonical form.

    With `signed` it says that it is complete, otherwise that it is an offer to be signed.
    """
    address = verify_address(digest, document.language)
    with override(document.language):
        data = {
            "lang": document.language,
            "dir": "rtl" if get_language_info(document.language)["bidi"] else "ltr",
            "title": document.title,
            "version": _("version %(number)s") % {"number": localised(document.number)},
            "keywords": [f"{MARK}{digest}"],
            "facts": _facts(document),
            "clauses": [
                {
                    "number": localised(clause.number),
                    "title": clause.title,
                    "nested": clause.nested,
                    "note": _("Also for services between organisations (G2G)")
                    if clause.g2g
                    else "",
                    "blocks": blocks_of(clause.html),
                }
                for clause in document.clauses
            ],
            "targets": {
                "heading": _("Promises"),
                "lines": sentences_of(document, document.language),
            },
            "signatures": _signatures(document, list(signatures), signed=signed),
            "check": _check(digest, address, signed=signed),
        }
    return render_pdf(app="sla", name="agreement", data=data)


def _facts(document: Document) -> list[dict[str, str]]:
    found = [(str(party.role.label), party.name) for party in document.parties]
    if document.department:
        found.append((_("Department"), document.department_name))
    if document.valid_from:
        found.append((_("Valid from"), format_date(document.valid_from, "long")))
    else:
        found.append((_("Valid from"), _("the day of the last signature")))
    if document.valid_to:
        found.append((_("Valid until"), format_date(document.valid_to, "long")))
    if document.ending != Ending.DATE or not document.valid_to:
        found.append((_("Ends"), str(document.ending.label)))
    return [{"label": label, "value": value} for label, value in found]


def _signatures(document: Document, rows: list[Signature], *, signed: bool) -> dict[str, Any]:
    given = {row.party: row for row in rows}
    lines = []
    for party in document.signing_parties:
        row = given.get(party.key)
        lines.append(
            {
                "party": party.name,
                "name": row.name if row else party.signatory_name,
                "post": row.post if row else party.signatory_post,
                "letter": localised(row.letter_number) if row else "",
                "day": format_date(row.signed_on) if row else "",
            }
        )
    return {
        "heading": _("Signatures"),
        "columns": [
            *(_("Party"), _("Signatory"), _("Post of the signatory")),
            *(_("Letter number"), _("Date")),
        ],
        "rows": lines,
        "note": ""
        if signed
        else _("The text as it is offered for signature. It binds nobody before it is signed."),
    }


def _check(digest: str, address: str, *, signed: bool) -> dict[str, Any]:
    words = (
        _("Whether this file is the signed text, and what has become of it, can be checked here:")
        if signed
        else _("Whether this is the text that was offered or signed can be checked here:")
    )
    return {
        "heading": _("Check that nothing was changed"),
        "text": words,
        "hash-label": _("SHA-256 of the text"),
        "hash": [digest[:32], digest[32:]],
        "address-label": _("Address"),
        "address": address.partition("?")[0],
        "qr": _qr(address),
    }


def _qr(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode()
