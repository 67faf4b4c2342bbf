"""Signing XML with the body's certificate: XML-DSig, enveloped, SHA-256, exclusive C14N.

Knows no domain. RSA keys sign by RSA-SHA256 (PKCS#1 v1.5), keys on curves by ECDSA-SHA256 made
deterministic (RFC 6979): the same document is signed the same way each time, so it has one ETag.
"""

import base64
import hashlib
import logging
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from lxml import etree

from desk_core.certificates import own_certificate

NAMESPACE = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = f"{NAMESPACE}enveloped-signature"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"

logger = logging.getLogger(__name__)


def sign_where_possible(root: Any) -> bool:
    """Append a signature over the whole document to its root element (of lxml); say whether.

    Without a certificate, and with one that does not hold today or whose kind of key has no name
    here, the document stays as it is: whoever needs it gets it unsigned.
    """
    own = own_certificate()
    if own is None or own.problem():
        return False
    key = serialization.load_der_private_key(own.signer.signing_key.dump(), None)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        logger.error("The body's key is neither RSA nor on a curve: XML stays unsigned")
        return False
    append_signature(root, key, own.certificate.dump())
    return True


def append_signature(
    root: Any, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, certificate: bytes
) -> None:
    """Append `ds:Signature` to `root`, which must hold none; `certificate` is DER."""
    digest = hashlib.sha256(canonical(root)).digest()
    signature = etree.SubElement(root, _name("Signature"), nsmap={"ds": NAMESPACE})
    info = _child(signature, "SignedInfo")
    method = RSA_SHA256 if isinstance(key, rsa.RSAPrivateKey) else ECDSA_SHA256
    _child(info, "CanonicalizationMethod", Algorithm=C14N)
    _child(info, "SignatureMethod", Algorithm=method)
    reference = _child(info, "Reference", URI="")
    transforms = _child(reference, "Transforms")
    _child(transforms, "Transform", Algorithm=ENVELOPED)
    _child(transforms, "Transform", Algorithm=C14N)
    _child(reference, "DigestMethod", Algorithm=SHA256)
    _child(reference, "DigestValue").text = _base64(digest)
    _child(signature, "SignatureValue").text = _base64(_signed(key, canonical(info)))
    data = _child(_child(signature, "KeyInfo"), "X509Data")
    _child(data, "X509Certificate").text = _base64(certificate)


def canonical(element: Any) -> bytes:
    """An element in exclusive canonical form, without comments."""
    return etree.tostring(
        element, method="c14n", exclusive=True, with_comments=False, with_tail=False
    )


def _signed(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    made = key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    # XML-DSig wants both numbers one after the other, not the DER that everything else uses.
    size = (key.curve.key_size + 7) // 8
    return b"".join(number.to_bytes(size) for number in decode_dss_signature(made))


def _child(parent: Any, name: str, **attributes: str) -> Any:
    return etree.SubElement(parent, _name(name), attributes)


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
