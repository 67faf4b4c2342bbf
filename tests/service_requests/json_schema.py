"""Enough of JSON Schema to hold the published one against what is handed out."""

import re
from typing import Any

_TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
_KNOWN = {
    *("$schema", "$id", "$defs", "$ref", "title", "description", "type", "properties", "required"),
    *("additionalProperties", "items", "enum", "const", "anyOf", "pattern", "format", "minimum"),
    *("allOf", "oneOf", "if", "then", "contains", "maximum", "maxLength", "minItems"),
    *("minProperties", "uniqueItems"),
}


def complaints(value: Any, schema: dict, whole: dict | None = None, at: str = "$") -> list[str]:
    """What in `value` the schema does not allow; a word that is not known here fails as well."""
    whole = whole or schema
    unknown = {word for word in schema if not word.startswith("x-")} - _KNOWN
    assert not unknown, unknown
    if "$ref" in schema:
        return complaints(value, whole["$defs"][schema["$ref"].rpartition("/")[2]], whole, at)
    if "anyOf" in schema:
        tried = [complaints(value, each, whole, at) for each in schema["anyOf"]]
        return [] if any(not found for found in tried) else tried[0]
    for each in schema.get("allOf", ()):
        if found := complaints(value, each, whole, at):
            return found
    if "if" in schema and not complaints(value, schema["if"], whole, at):
        return complaints(value, schema["then"], whole, at)
    if (
        "oneOf" in schema
        and [complaints(value, each, whole, at) for each in schema["oneOf"]].count([]) != 1
    ):
        return [f"{at}: not one of the options: {value!r}"]
    if schema.get("type") == "null":
        return [] if value is None else [f"{at}: not null"]
    if "type" in schema and not _is(value, schema["type"]):
        return [f"{at}: not {schema['type']}: {value!r}"]
    return [
        *_of_the_value(value, schema, at),
        *_of_the_items(value, schema, whole, at),
        *_of_the_properties(value, schema, whole, at),
    ]


def _is(value: Any, kind: str) -> bool:
    if kind == "number":
        return type(value) in (int, float)
    return type(value) is _TYPES[kind]


def _of_the_value(value: Any, schema: dict, at: str) -> list[str]:
    held = {
        "enum": lambda wanted: value in wanted,
        "const": lambda wanted: value == wanted,
        "pattern": lambda wanted: bool(re.search(wanted, value)),
        "minimum": lambda wanted: value >= wanted,
        "maximum": lambda wanted: value <= wanted,
        "maxLength": lambda wanted: len(value) <= wanted,
        "minItems": lambda wanted: len(value) >= wanted,
        "minProperties": lambda wanted: len(value) >= wanted,
        "contains": lambda wanted: any(not complaints(each, wanted) for each in value),
        "uniqueItems": lambda wanted: all(value.count(each) == 1 for each in value),
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
        for found in complaints(each, schema.get("items", {}), whole, f"{at}[{number}]")
    ]


def _of_the_properties(value: Any, schema: dict, whole: dict, at: str) -> list[str]:
    if not isinstance(value, dict):
        return []
    known = schema.get("properties", {})
    found = [f"{at}.{name} is missing" for name in schema.get("required", ()) if name not in value]
    for name, each in value.items():
        if name in known:
            found += complaints(each, known[name], whole, f"{at}.{name}")
        elif schema.get("additionalProperties") is False:
            found.append(f"{at}.{name} is not described")
    return found
