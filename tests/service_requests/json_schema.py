"""Enough of JSON Schema to hold the published one against what is handed out."""

import re
from typing import Any

_TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
_KNOWN = {
    *("$schema", "$id", "$defs", "$ref", "title", "description", "type", "properties", "required"),
    *("additionalProperties", "items", "enum", "const", "anyOf", "pattern", "format", "minimum"),
}


def complaints(value: Any, schema: dict, whole: dict | None = None, at: str = "$") -> list[str]:
    """What in `value` the schema does not allow; a word that is not known here fails as well."""
    whole = whole or schema
    unknown = set(schema) - _KNOWN
    assert not unknown, unknown
    if "$ref" in schema:
        return complaints(value, whole["$defs"][schema["$ref"].rpartition("/")[2]], whole, at)
    if "anyOf" in schema:
        tried = [complaints(value, each, whole, at) for each in schema["anyOf"]]
        return [] if any(not found for found in tried) else tried[0]
    if schema.get("type") == "null":
        return [] if value is None else [f"{at}: not null"]
    if "type" in schema and type(value) is not _TYPES[schema["type"]]:
        return [f"{at}: not {schema['type']}: {value!r}"]
    return [
        *_of_the_value(value, schema, at),
        *_of_the_items(value, schema, whole, at),
        *_of_the_properties(value, schema, whole, at),
    ]


def _of_the_value(value: Any, schema: dict, at: str) -> list[str]:
    held = {
        "enum": lambda wanted: value in wanted,
        "const": lambda wanted: value == wanted,
        "pattern": lambda wanted: bool(re.search(wanted, value)),
        "minimum": lambda wanted: value >= wanted,
    }
    return [
        f"{at}: {value!r} is against {word}"
        for word, holds in held.items()
        if word in schema and not holds(schema[word])
    ]


def _of_the_items(value: Any, schema: dict, whole: dict, at: str) -> list[str]:
    if schema.get("type") != "array":
        return []
    return [
        found
        for number, each in enumerate(value)
        for found in complaints(each, schema["items"], whole, f"{at}[{number}]")
    ]


def _of_the_properties(value: Any, schema: dict, whole: dict, at: str) -> list[str]:
    if schema.get("type") != "object":
        return []
    known = schema["properties"]
    found = [f"{at}.{name} is missing" for name in schema.get("required", ()) if name not in value]
    for name, each in value.items():
        if name in known:
            found += complaints(each, known[name], whole, f"{at}.{name}")
        elif schema.get("additionalProperties") is False:
            found.append(f"{at}.{name} is not described")
    return found
