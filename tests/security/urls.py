"""Every address of the site, read from the URL configuration."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def every_pattern(
    resolver: URLResolver | None = None, prefix: str = "", spaces: tuple[str, ...] = ()
) -> Iterator[tuple[str, str, dict]]:
    """(name with namespaces, route, converters) of every named view."""
    resolver = resolver or get_resolver()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = (*spaces, entry.namespace) if entry.namespace else spaces
            yield from every_pattern(entry, f"{prefix}{entry.pattern}", inner)
        elif isinstance(entry, URLPattern):
            converters = dict(getattr(entry.pattern, "converters", {}) or {})
            regex = getattr(entry.pattern, "regex", None)
            for group in getattr(regex, "groupindex", {}):
                converters.setdefault(group, None)
            if entry.name:
                yield ":".join((*spaces, entry.name)), f"{prefix}{entry.pattern}", converters
