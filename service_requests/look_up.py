"""How staff find a case: by its code, a letter number, an exact identifier, or by words.

Nothing personal is looked up in clear.

Every value is looked up by its keyed digest. Words have a key per department, so that the rows of
one department say nothing about those of another.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet

from cms_pages.models import Department
from desk_core.blind_index import digest, digests
from desk_core.inserts import insert_values
from persian import identifiers
from persian.text import index_words, words
from service_requests import codes
from service_requests.enums import IdentifierField, Kind
from service_requests.models import Case, IdentifierIndex, Letter, WordIndex
from service_requests.querysets import letter_digest
from service_requests.request_forms.shown import searchable

LONGEST_TERM = 200
_SHORTEST_WORD, _LONGEST_WORD = 2, 60
_MOST_WORDS_IN_QUERY = 6
_MOST_LETTERS = 200
_COMPLAINTS = "complaints"
_CLEANERS = {
    IdentifierField.NATIONAL_ID: identifiers.clean_national_id,
    IdentifierField.LEGAL_ID: identifiers.clean_legal_id,
    IdentifierField.MOBILE: identifiers.clean_mobile,
    IdentifierField.FOREIGN_ID: identifiers.clean_foreign_id,
}


def clean_identifier(field: str, text: str) -> str:
    """What was typed as one kind of identifier, in canonical form. Raises ValidationError."""
    return _CLEANERS[IdentifierField(field)](text)


def identifier_digest(field: str, value: str) -> str:
    """The digest of one identifier in canonical form."""
    return digest(value, field=f"case.{field}")


def word_scope(kind: str, department_id: int) -> str:
    """Whose key the words of a case are under: its department's, or the complaints office's."""
    return _COMPLAINTS if kind == Kind.COMPLAINT else str(department_id)


def word_digests(found: Iterable[str], *, scope: str) -> set[str]:
    """Digests of folded words; half of each (128 bits) is plenty and halves the table."""
    kept = [word for word in found if _SHORTEST_WORD <= len(word) <= _LONGEST_WORD]
    return {value[:32] for value in digests(kept, field="case.word", scope=scope)}


def words_of(case: Case, content: dict[str, Any]) -> list[str]:
    """The digests of the words of a case, for its kind and the department it has now."""
    text = f"{content['subject']}\n{content['body']}"
    if case.form_version is not None:
        text += f"\n{searchable(case.form_version, content.get('answers', {}))}"
    scope = word_scope(case.kind, case.department_id)
    return sorted(word_digests(index_words(text), scope=scope))


def store_words(case: Case, digests: Iterable[str]) -> None:
    """Let a case be found by these words."""
    insert_values(WordIndex, ("case", "digest"), [(case.pk, value) for value in digests])


def store_identifiers(case: Case, found: Iterable[tuple[IdentifierField, str]]) -> None:
    """Let a case be found by these identifiers, given as field and digest."""
    rows = [(case.pk, str(field), value) for field, value in found]
    insert_values(IdentifierIndex, ("case", "field", "digest"), rows)


def narrow(cases: "QuerySet[Case]", term: str) -> "QuerySet[Case]":
    """Of these cases those with this code, this letter number or identifier, or these words."""
    term = term[:LONGEST_TERM]
    if code := codes.bare(term, codes.CODE_LENGTH):
        by_code = cases.filter(code=code)
        if by_code.exists():
            return by_code
    found = _by_what_is_sealed(cases, term)
    # A handful: a number comes once a year in each secretariat and direction.
    by_letter = _by_letter(term)
    if not by_letter:
        return found
    if not term.strip().isdigit() and (of_letters := cases.filter(pk__in=by_letter)).exists():
        return of_letters
    # Digits alone may be something else as well.
    return cases.filter(Q(pk__in=by_letter) | Q(pk__in=found.order_by().values("pk")))


def _by_letter(term: str) -> list[Any]:
    """The cases that have a letter of this number, whether the reader may see them or not."""
    if not _may_be_letter(term):
        return []
    letters = Letter.objects.numbered(term).order_by()
    return list(letters.values_list("case_id", flat=True)[:_MOST_LETTERS])


def _may_be_letter(term: str) -> bool:
    """Whether it is worth asking: a number, without the words around one."""
    return any(letter.isdigit() for letter in term) and len(term.split()) == 1


def _letter_number(term: str) -> str:
    try:
        return identifiers.clean_letter_number(term)
    except ValidationError:
        return ""


def _by_what_is_sealed(cases: "QuerySet[Case]", term: str) -> "QuerySet[Case]":
    by_identifier = identifier_matches(term)
    if by_identifier:
        rows = IdentifierIndex.objects.filter(case=OuterRef("pk"), digest__in=by_identifier)
        return cases.filter(Exists(rows))
    return _by_words(cases, term)


def describe(term: str) -> dict[str, Any]:
    """What the audit trail keeps of a search: its keyed digests or its kind, never the term."""
    term = term[:LONGEST_TERM]
    found = identifier_matches(term)
    if code := codes.bare(term, codes.CODE_LENGTH):
        # Twelve digits may be a foreign national's code as well: never in clear.
        found.append(digest(code, field="case.code"))
    if _may_be_letter(term) and (number := _letter_number(term)):
        found.append(letter_digest(number))
    if found:
        return {"by": "number", "digests": found}
    return {"by": "words", "count": len(words(term))}


def identifier_matches(term: str) -> list[str]:
    """Digests of every identifier that the term could be; empty when it is none."""
    found = []
    for field, cleaner in _CLEANERS.items():
        try:
            found.append(identifier_digest(field, cleaner(term)))
        except ValidationError:
            continue
    return found


def _by_words(cases: "QuerySet[Case]", term: str) -> "QuerySet[Case]":
    wanted = [w for w in dict.fromkeys(words(term)) if len(w) >= _SHORTEST_WORD]
    if not wanted:
        return cases.none()
    scopes = [_COMPLAINTS, *map(str, Department.objects.values_list("pk", flat=True))]
    for word in wanted[:_MOST_WORDS_IN_QUERY]:
        values = set().union(*(word_digests([word], scope=scope) for scope in scopes))
        rows = WordIndex.objects.filter(case=OuterRef("pk"), digest__in=values)
        cases = cases.filter(Exists(rows))
    return cases
