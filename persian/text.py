"""Persian text as it is stored, and as it is compared and searched.

People type the same word with Arabic or Persian letters, with or without the half-space
(ZWNJ, U+200C) and with marks that nobody sees. `normalise` gives the one form that is stored;
`search_key` and `fold` give forms that are only ever compared with each other. All are linear
in the length of the text, but callers still cap what they accept.
"""

import re
import unicodedata
from collections.abc import Callable

from persian.digits import to_ascii

ZWNJ = "\u200c"
# Zero-width marks and direction controls: never stored, wherever they were pasted from.
_INVISIBLE = "\u200b\u200d\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_SPACES = "\u00a0\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


def _replacer(table: dict[str, str]) -> Callable[[str], str]:
    """Return a function that replaces single characters.

    By a pattern: text has few of them, and `str.translate` asks its table for every character.
    """
    pattern = re.compile(f"[{re.escape(''.join(table))}]")
    return lambda text: pattern.sub(lambda match: table[match.group()], text)


_canonical = _replacer(
    {
        **dict.fromkeys("يىے", "ی"),
        **dict.fromkeys("كڪ", "ک"),
        "¬": ZWNJ,  # the half-space of old Persian web sites
        "ـ": "",
        **dict.fromkeys(_SPACES, " "),
        **dict.fromkeys("\u2028\u2029\u0085\r", "\n"),
        **dict.fromkeys(_INVISIBLE, ""),
    }
)
_PRESENTATION = re.compile("[\ufb50-\ufefc]+")
# A single space is as it should be already: only wider gaps and odd ones are looked at.
_GAP = re.compile(f"[ \t\n{ZWNJ}]{{2,}}|\t")
_ENDS = f" \t\n{ZWNJ}"

_MARKS = "".join(map(chr, range(0x064B, 0x0660))) + "\u0670"
_FOLD_LETTERS = {**dict.fromkeys("آأإٱ", "ا"), "ؤ": "و", "ئ": "ی", **dict.fromkeys("ةۀ", "ه")}
_to_search_key = _replacer({**_FOLD_LETTERS, **dict.fromkeys(_MARKS + ZWNJ, "")})
_to_folded = _replacer({**_FOLD_LETTERS, **dict.fromkeys(_MARKS + "ءـ", ""), ZWNJ: " "})

_ALPHABET = "ءآابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_to_sorted = _replacer(
    {**dict.fromkeys(_MARKS + ZWNJ, ""), **{k: v for k, v in _FOLD_LETTERS.items() if k != "آ"}}
)
_RANKS = {letter: f"{rank:02d}" for rank, letter in enumerate(f" 0123456789{_ALPHABET}")}

# What people write between the digits of an identifier. Keeps "+", which a phone number needs.
_without_separators = _replacer(dict.fromkeys("-–—‐‑‒−_/.()" + ZWNJ + _INVISIBLE, ""))

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_WORD = re.compile(r"\w+")

# Endings written joined, apart or with a half-space: all three must find each other.
_SUFFIXES = "ها|های|هایی|هایم|هایت|هایش|ای|ام|اند|تر|ترین"
_APART = re.compile(rf"(?<=\w)[ {ZWNJ}](?=(?:{_SUFFIXES})(?!\w))")
_JOINED = re.compile(r"(?<=\w{3})(?=(?:ها|های|هایی|هایم|هایت|هایش)(?!\w))")


def _gap(match: re.Match[str]) -> str:
    """Return what remains of a run of spaces, line ends and half-spaces: the widest of them."""
    run = match.group()
    if "\n" in run:
        return "\n" * run.count("\n")
    return ZWNJ if run.strip(ZWNJ) == "" else " "


def normalise(text: str) -> str:
    """Return the form of `text` that is stored: Persian letters, clean half-spaces and spaces.

    Digits keep their script (a citizen's prose stays as written), line ends become `\\n`.
    Doing it twice changes nothing.
    """
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    text = _PRESENTATION.sub(lambda m: unicodedata.normalize("NFKC", m.group()), text)
    text = _GAP.sub(_gap, _canonical(text)).strip(_ENDS)
    # A mark whose letter was hidden behind a dropped character joins it only now.
    return unicodedata.normalize("NFC", text)


def identifier(text: str) -> str:
    """Return an identifier bare: ASCII digits, no spaces, separators or invisible characters."""
    return "".join(_without_separators(to_ascii(text)).split())


def search_key(text: str) -> str:
    """Return the key under which names and titles are equal however they were typed.

    Without spaces and half-spaces, so «پیگیری درخواست‌ها» and «پيگيري درخواست ها» are one.
    """
    return "".join(_to_search_key(to_ascii(normalise(text)).casefold()).split())


def sort_key(text: str) -> str:
    """Return a key that sorts names as Persian does: ASCII letters and digits, for any database.

    Databases sort by code point, which puts پ, چ, ژ, ک, گ and ی behind all others. A space sorts
    before every letter, a half-space not at all; other scripts follow the Persian alphabet.
    """
    letters = _to_sorted(to_ascii(normalise(text)).casefold())
    return "".join(_RANKS.get(letter) or f"z{ord(letter):06x}" for letter in letters)


def fold(text: str) -> str:
    """Return `text` folded for word search: one keyboard, one alef, ASCII digits, no marks.

    For queries; the indexed side is `index_text`. «مسئول» and «مسؤول» fold alike.
    """
    return _folded(normalise(text))


def index_text(text: str) -> str:
    """Return what is put into a search index so that every spelling of `text` is found.

    Up to four lines, each only where it differs: words split at half-spaces, words with their
    endings joined («درخواستهای»), joined endings split off («درخواست های»), and the plain
    reading of «ئو» («مسیول»).
    """
    text = normalise(text)
    joined = _APART.sub("", text).replace(ZWNJ, "")
    apart = text.replace(ZWNJ, " ")
    forms = [_folded(apart), _folded(joined), _folded(_JOINED.sub(" ", apart))]
    if "ئو" in text:
        forms.append(_folded(text.replace("ئ", "ی")))
    return "\n".join(dict.fromkeys(forms))


def words(text: str) -> list[str]:
    """Return the folded words of a query, in order; punctuation is gone."""
    return _WORD.findall(fold(text))


def index_words(text: str) -> set[str]:
    """Return every folded word under which `text` is to be found; for an index of words."""
    return set(_WORD.findall(index_text(text)))


def control_characters(text: str) -> bool:
    """Say whether `text` holds what no person types: controls, lone surrogates, non-characters.

    Tabs and line ends are text. PostgreSQL refuses NUL, and no database takes a surrogate.
    """
    return _CONTROL.search(text) is not None


def _folded(text: str) -> str:
    """Fold text that is normalised already."""
    return " ".join(_to_folded(_letters(text)).split())


def _letters(text: str) -> str:
    """Return `text` with compatibility forms and case gone, and «ئو» written as «ؤو»."""
    text = unicodedata.normalize("NFKC", to_ascii(text)).casefold()
    return unicodedata.normalize("NFKC", text).replace("ئو", "ؤو")
