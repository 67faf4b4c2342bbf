"""Links of a copied page: inside where the copy has what they lead to, else to the live site.

The pages are made by our own templates, which quote every attribute. Directories stay directories,
so that a page leads on whether the copy is asked for at its own address or in place of the site.
"""

import posixpath
import re
from collections.abc import Callable, Container
from html import escape, unescape
from urllib.parse import quote, unquote, urljoin, urlsplit

_ATTRIBUTE = re.compile(r'(?<=\s)(href|src|action|poster|srcset)="([^"]*)"')
_SCRIPT = re.compile(r"<script\b(?![^>]*\bdata-copied\b)[^>]*>.*?</script>\s*", re.DOTALL)
_IN_STYLE = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")


def inwards(
    page: str,
    *,
    path: str,
    root: str,
    copied: Container[str],
    assets: Callable[[str], bool],
    outwards: str,
) -> str:
    """A page's HTML with its links turned, and without scripts that need the live site.

    `path` is its own, `root` the live site; `copied` are the paths in the copy, and `assets` says
    of a path whether it is a file that pages are shown with. What leads to the live site is marked
    (`data-leads-out`), with `outwards` as its title.
    """

    def turned(address: str) -> str:
        whole = urlsplit(urljoin(f"{root}{path}", address))
        if f"{whole.scheme}://{whole.netloc}" != root or address.startswith("#"):
            return address
        target = unquote(whole.path)
        is_inside = assets(target) or (target in copied and not whole.query)
        if not is_inside:
            return whole.geturl()
        mark = f"#{whole.fragment}" if whole.fragment else ""
        return relative(target, path) + mark

    def replaced(match: re.Match[str]) -> str:
        name, value = match[1], unescape(match[2])
        if name == "srcset":
            parts = (each.split() for each in value.split(","))
            value = ", ".join(" ".join([turned(first), *rest]) for first, *rest in parts)
        else:
            value = turned(value)
        return f'{name}="{escape(value)}"'

    return _marked(_ATTRIBUTE.sub(replaced, _SCRIPT.sub("", page)), root, outwards)


def _marked(page: str, root: str, outwards: str) -> str:
    leading = rf'<(a|form)\b(?=[^>]*\s(?:href|action)="{re.escape(escape(root))}[/?#"])([^>]*)>'

    def marked(match: re.Match[str]) -> str:
        title = "" if " title=" in match[2] else f' title="{escape(outwards)}"'
        return f"<{match[1]} data-leads-out{title}{match[2]}>"

    return re.sub(leading, marked, page)


def found_in(page: str, *, path: str, root: str) -> set[str]:
    """The paths of this site that a page's attributes name."""
    found = set()
    for name, value in _ATTRIBUTE.findall(_SCRIPT.sub("", page)):
        listed = unescape(value).split(",") if name == "srcset" else [unescape(value)]
        for address in filter(None, (each.split(" ")[0] for each in map(str.strip, listed))):
            whole = urlsplit(urljoin(f"{root}{path}", address))
            if f"{whole.scheme}://{whole.netloc}" == root:
                found.add(unquote(whole.path))
    return found


def found_in_style(style: str, path: str) -> set[str]:
    """The paths that a stylesheet at `path` names."""
    named = (each for each in _IN_STYLE.findall(style) if not each.startswith(("data:", "#")))
    return {unquote(urlsplit(urljoin(path, each)).path) for each in named}


def relative(target: str, path: str) -> str:
    """How a page at `path` names what is at `target`."""
    start = path if path.endswith("/") else posixpath.dirname(path)
    found = posixpath.relpath(target, start)
    return quote(f"{found}/" if target.endswith("/") else found)
