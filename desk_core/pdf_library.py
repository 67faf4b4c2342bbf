"""pyHanko, by one door: import this where a PDF is signed or read, never when a process starts.

It takes a fifth of the time of every start. Its modules import each other in a circle: of two
threads that came in by two doors at the same moment, one would find half of it.
"""

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NumberObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, SuspiciousModification
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

__all__ = [
    "DEFAULT_DIFF_POLICY",
    "ArrayObject",
    "DictionaryObject",
    "IncrementalPdfFileWriter",
    "KeyUsageConstraints",
    "MDPPerm",
    "NumberObject",
    "PdfFileReader",
    "PdfSignatureMetadata",
    "PdfSigner",
    "SigFieldSpec",
    "SigSeedSubFilter",
    "SignatureCoverageLevel",
    "SimpleSigner",
    "SuspiciousModification",
    "ValidationContext",
    "pdf_name",
    "validate_pdf_signature",
]
