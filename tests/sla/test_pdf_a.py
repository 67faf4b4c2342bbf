"""What a PDF of an agreement has to hold and must not hold to be PDF/A-2b (ISO 19005-2), by hand.

No validator for PDF/A is packaged where the tests run. These are the clauses that a document of
ours could break: colours, metadata, fonts, actions, filters, encryption.
"""

import io
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from sla import pdfs
from sla.document import read_canonical
from sla.enums import PdfKind
from sla.printing import render_agreement
from tests.desk_core import pki
from tests.sla.factories import OTHER_BODY, PROVIDER, clause, make_page, sign
from tests.sla.signing_kit import own_certificate

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
TEXT = "<p>متن با <b>تأکید</b> و نشانی https://example.ir</p><ul><li>یک</li><li>دو</li></ul>" * 30
CLAIM = "http://www.aiim.org/pdfa/ns/id/"
#: 6.6.1: what acts, plays or reaches out; 6.1.12: what needs a permission.
ACTIONS = {"/JavaScript", "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/SubmitForm"}


def objects_of(data):
    """Every dictionary that can be reached from the trailer, streams among them."""
    reader = PdfFileReader(io.BytesIO(data))
    seen, found, waiting = set(), [], [reader.trailer_view]
    while waiting:
        one = waiting.pop()
        if isinstance(one, generic.IndirectObject):
            if one.reference in seen:
                continue
            seen.add(one.reference)
            one = one.get_object()
        if isinstance(one, generic.DictionaryObject):
            found.append(one)
            waiting += [one.raw_get(key) for key in one]
        elif isinstance(one, generic.ArrayObject):
            waiting += [one.raw_get(index) for index in range(len(one))]
        elif not isinstance(one, generic.PdfObject):
            waiting += [one.raw_get(key) for key in one]
    return reader, found


def said_in(xmp):
    """The simple values of XMP, by name: RDF writes them as elements or as attributes."""
    found = {}
    for one in ElementTree.fromstring(xmp).iter():  # noqa: S314 - of our own making
        found |= {one.tag: (one.text or "").strip(), **one.attrib}
    return found


def kinds(found, name):
    return [one for one in found if one.get("/Type") == name]


@pytest.fixture(params=["fa", "en", "sealed"])
def printed(request, settings, tmp_path):
    """Of two organisations, in several pages: Persian, English, and under the body's seal."""
    if request.param == "sealed":
        own_certificate(settings, tmp_path, pki.issue("Seal"))
    clauses = [
        clause("purpose", "هدف", TEXT),
        clause("period", "دوره", TEXT, nested=True, g2g=True),
    ]
    page = make_page(live=True, g2g=True, parties=[PROVIDER, OTHER_BODY], clauses=clauses)
    sign(page.version, party="provider")
    sign(page.version, party="recipient", name="مهر همکار", letter_number="77/1")
    text = page.version.__class__.objects.get(pk=page.version_id).signed_text
    if request.param == "en":
        return render_agreement(
            document=replace(read_canonical(text.body), language="en"),
            digest=text.digest,
            signatures=text.signatures.all(),
            signed=True,
        )
    row = pdfs.signed_pdf(page.version)
    assert row.kind == (PdfKind.SEALED if request.param == "sealed" else PdfKind.PLAIN)
    return bytes(row.data)


def test_it_holds_what_pdf_a_asks_for_and_nothing_that_it_forbids(printed):
    reader, found = objects_of(printed)
    root = reader.root
    # 6.1.2, 6.1.3: header with four high bytes after it, an ID, no encryption.
    assert re.match(rb"%PDF-1\.[4-7]\s+%[\x80-\xff]{4}", printed)
    assert len(reader.trailer_view["/ID"]) == 2
    assert "/Encrypt" not in reader.trailer_view
    # 6.2.3: one intent for all colours, with its profile.
    intents = root["/OutputIntents"]
    assert len(intents) == 1
    intent = intents[0]
    assert intent["/S"] == "/GTS_PDFA1"
    profile = intent["/DestOutputProfile"]
    assert profile["/N"] == 3
    assert profile.data[36:40] == b"acsp", "an ICC profile"
    # 6.6.2: metadata in XMP, uncompressed, of the kind that is claimed.
    xmp = root["/Metadata"]
    assert "/Filter" not in xmp
    said = said_in(xmp.data)
    assert (said[f"{{{CLAIM}}}part"], said[f"{{{CLAIM}}}conformance"]) == ("2", "B")
    information = reader.trailer_view["/Info"]
    assert str(information["/Title"]).encode() in xmp.data
    producer = said.get("{http://ns.adobe.com/pdf/1.3/}Producer", "")
    assert producer == str(information.get("/Producer", ""))
    # 6.2.11: every font is embedded and says which letters its glyphs are.
    descriptors = kinds(found, "/FontDescriptor")
    assert len(descriptors) >= 2
    assert all("/FontFile2" in each or "/FontFile3" in each for each in descriptors)
    whole = [each for each in kinds(found, "/Font") if each.get("/Subtype") == "/Type0"]
    assert len(whole) == len(descriptors)
    assert all("/ToUnicode" in each for each in whole)
    # 6.6.1, 6.9: nothing acts by itself, nothing is attached, nothing lies elsewhere.
    assert not ACTIONS & {one.get("/S") for one in found}
    assert not any("/AA" in one or "/EmbeddedFiles" in one or "/JS" in one for one in found)
    assert not any("/XFA" in one for one in found)
    streams = [one for one in found if isinstance(one, generic.StreamObject)]
    assert not any("/F" in one or "/FFilter" in one for one in streams)
    # 6.1.7: no filter but those that everybody may use.
    filters = {str(one.get("/Filter", "")) for one in streams}
    assert "LZW" not in "".join(filters)
    # 6.3.2: what is annotated is printed.
    for note in kinds(found, "/Annot"):
        assert int(note.get("/F", 0)) & 4, note
    # 6.2.10: transparency has a colour space to be blended in.
    pages = kinds(found, "/Page")
    assert len(pages) >= 3
    states = kinds(found, "/ExtGState")
    if any(float(one.get(name, 1)) < 1 for one in states for name in ("/ca", "/CA")):
        assert all("/CS" in page["/Group"] for page in pages)


def test_readers_that_see_nothing_get_its_structure_and_language(printed):
    reader, _found = objects_of(printed)
    assert reader.root["/MarkInfo"]["/Marked"]
    assert str(reader.root["/Lang"])[:2] in {"fa", "en"}
    assert "/StructTreeRoot" in reader.root
