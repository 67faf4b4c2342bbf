"""The content model of CAP 1.2 as a schema: elements in their order, how often, and their words."""

from lxml import etree

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
ONE, MAYBE, SOME, ANY = (1, "1"), (0, "1"), (1, "unbounded"), (0, "unbounded")
TIME = r"\d\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\d[-,+]\d\d:\d\d"
ID = r"[^\s,&lt;&amp;]+"

PAIR = [("valueName", ONE, "string"), ("value", ONE, "string")]
RESOURCE = [
    ("resourceDesc", ONE, "string"),
    ("mimeType", ONE, "string"),
    ("size", MAYBE, "integer"),
    ("uri", MAYBE, "anyURI"),
    ("derefUri", MAYBE, "string"),
    ("digest", MAYBE, "string"),
]
AREA = [
    ("areaDesc", ONE, "string"),
    ("polygon", ANY, "string"),
    ("circle", ANY, "string"),
    ("geocode", ANY, PAIR),
    ("altitude", MAYBE, "decimal"),
    ("ceiling", MAYBE, "decimal"),
]
CATEGORY = "Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other"
RESPONSE = "Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None"
INFO = [
    ("language", MAYBE, "language"),
    ("category", SOME, CATEGORY.split()),
    ("event", ONE, "string"),
    ("responseType", ANY, RESPONSE.split()),
    ("urgency", ONE, ["Immediate", "Expected", "Future", "Past", "Unknown"]),
    ("severity", ONE, ["Extreme", "Severe", "Moderate", "Minor", "Unknown"]),
    ("certainty", ONE, ["Observed", "Likely", "Possible", "Unlikely", "Unknown"]),
    ("audience", MAYBE, "string"),
    ("eventCode", ANY, PAIR),
    ("effective", MAYBE, "time"),
    ("onset", MAYBE, "time"),
    ("expires", MAYBE, "time"),
    ("senderName", MAYBE, "string"),
    ("headline", MAYBE, "string"),
    ("description", MAYBE, "string"),
    ("instruction", MAYBE, "string"),
    ("web", MAYBE, "anyURI"),
    ("contact", MAYBE, "string"),
    ("parameter", ANY, PAIR),
    ("resource", ANY, RESOURCE),
    ("area", ANY, AREA),
]
ALERT = [
    ("identifier", ONE, "id"),
    ("sender", ONE, "id"),
    ("sent", ONE, "time"),
    ("status", ONE, ["Actual", "Exercise", "System", "Test", "Draft"]),
    ("msgType", ONE, ["Alert", "Update", "Cancel", "Ack", "Error"]),
    ("source", MAYBE, "string"),
    ("scope", ONE, ["Public", "Restricted", "Private"]),
    ("restriction", MAYBE, "string"),
    ("addresses", MAYBE, "string"),
    ("code", ANY, "string"),
    ("note", MAYBE, "string"),
    ("references", MAYBE, "string"),
    ("incidents", MAYBE, "string"),
    ("info", ANY, INFO),
]
SIGNATURE = (
    '<xs:any minOccurs="0" maxOccurs="unbounded" processContents="lax" '
    'namespace="http://www.w3.org/2000/09/xmldsig#"/>'
)


def schema():
    """The schema, ready to validate."""
    body = _element("alert", None, ALERT, last=SIGNATURE)
    text = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified" '
        f'targetNamespace="{NAMESPACE}">{body}</xs:schema>'
    )
    return etree.XMLSchema(etree.fromstring(text))


def _element(name, often, kind, last=""):
    occurs = f' minOccurs="{often[0]}" maxOccurs="{often[1]}"' if often else ""
    if kind in ("time", "id"):
        base, pattern = ("dateTime", TIME) if kind == "time" else ("string", ID)
        inner = _restricted(base, f'<xs:pattern value="{pattern}"/>')
    elif isinstance(kind, str):
        return f'<xs:element name="{name}"{occurs} type="xs:{kind}"/>'
    elif isinstance(kind[0], str):
        inner = _restricted("string", "".join(f'<xs:enumeration value="{w}"/>' for w in kind))
    else:
        children = "".join(_element(*child) for child in kind)
        inner = f"<xs:complexType><xs:sequence>{children}{last}</xs:sequence></xs:complexType>"
    return f'<xs:element name="{name}"{occurs}>{inner}</xs:element>'


def _restricted(base, facets):
    return (
        f'<xs:simpleType><xs:restriction base="xs:{base}">{facets}</xs:restriction></xs:simpleType>'
    )
