"""What a member of staff is to the cases: the one reading of roles that everything asks.

| who | sees | content |
|---|---|---|
| officer | requests and suggestions of their departments | yes |
| head | the same, and complaints that were referred to their department | yes |
| complaints office | every complaint | yes |
| secretariat | requests and suggestions of its departments, or of the whole body | with a reason |
| auditor | facts of every case | never |
| administrator, editor | nothing | never |
| superuser | everything | with a reason |

A complaint about a department is never shown to people because they work there, not even when
it was assigned to them; only the complaints office sees it whomever it concerns (R2).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from cms_pages.enums import BODY_ROLES, Role
from cms_pages.permissions import roles_of
from service_requests.enums import Kind

if TYPE_CHECKING:
    from service_requests.models import Case

_EVERYWHERE = None


@dataclass(frozen=True)
class Standing:
    """The roles of one user, by department id; `everywhere` holds roles in the whole body."""

    user_id: Any = None
    superuser: bool = False
    everywhere: frozenset[str] = frozenset()
    departments: dict[str, frozenset[int]] = field(default_factory=dict)

    def ids(self, *roles: Role) -> frozenset[int]:
        """Departments in which the user has any of these roles."""
        return frozenset().union(*(self.departments.get(role, frozenset()) for role in roles))

    def has(self, *roles: Role) -> bool:
        """Whether the user has any of these roles: in any department, or in the whole body.

        Roles that reach over all departments count only when held for the whole body.
        """
        return any(
            role in self.everywhere or (role not in BODY_ROLES and self.departments.get(role))
            for role in roles
        )

    @property
    def own(self) -> frozenset[int]:
        """Every department the user belongs to, in whatever role but the complaints office."""
        return self.ids(*(role for role in Role if role != Role.COMPLAINTS))

    def case_filter(self) -> Q | None:
        """The cases this user may see, or None when that is all of them."""
        if self.superuser or self.has(Role.AUDITOR):
            return None
        plain, complaint = ~Q(kind=Kind.COMPLAINT), Q(kind=Kind.COMPLAINT)
        seen = [self._in_own_departments(plain, complaint)]
        if Role.SECRETARIAT in self.everywhere:
            seen.append(plain)
        if self.has(Role.COMPLAINTS):
            seen.append(complaint)
        return reduce(or_, seen)

    def led_filter(self) -> Q | None:
        """The cases to which this user is head or complaints office; None when that is all."""
        if self.superuser:
            return None
        complaint = Q(kind=Kind.COMPLAINT)
        led = Q(department_id__in=self.ids(Role.HEAD)) & ~(
            complaint & Q(complained_department_id__in=self.own)
        )
        return led | complaint if self.has(Role.COMPLAINTS) else led

    def _in_own_departments(self, plain: Q, complaint: Q) -> Q:
        """One condition on the department around all others, which an index can begin with."""
        heads, handlers = self.ids(Role.HEAD), self.ids(Role.OFFICER, Role.HEAD)
        mine = handlers | self.ids(Role.SECRETARIAT)
        if not mine:
            return Q(pk__in=[])
        kinds = plain
        if handlers:
            given = Q(department_id__in=heads) | Q(
                department_id__in=handlers, assigned_to_id=self.user_id
            )
            kinds |= complaint & given & ~Q(complained_department_id__in=self.own)
        return Q(department_id__in=mine) & kinds

    def relations(self, case: "Case") -> frozenset[str]:
        """What the user is to one case; empty exactly when `case_filter` leaves it out."""
        return frozenset(self._relations(case))

    def _relations(self, case: "Case") -> Iterable[str]:
        if self.superuser:
            yield "superuser"
        if self.has(Role.AUDITOR):
            yield Role.AUDITOR
        if case.kind == Kind.COMPLAINT:
            yield from self._relations_to_complaint(case)
            return
        for role in (Role.OFFICER, Role.HEAD, Role.SECRETARIAT):
            if case.department_id in self.ids(role):
                yield role
        if Role.SECRETARIAT in self.everywhere:
            yield Role.SECRETARIAT

    def _relations_to_complaint(self, case: "Case") -> Iterable[str]:
        if self.has(Role.COMPLAINTS):
            yield Role.COMPLAINTS
        if case.complained_department_id in self.own:
            return
        if case.department_id in self.ids(Role.HEAD):
            yield Role.HEAD
        if case.assigned_to_id == self.user_id and case.department_id in self.ids(Role.OFFICER):
            yield Role.OFFICER


def standing_of(user: Any) -> Standing:
    """Read a user's roles: one query, kept on the user object, which lives for one request."""
    if not getattr(user, "is_active", False) or user.pk is None:
        return Standing()
    known = user.__dict__.get("_desk_standing")
    if known is None:
        known = user.__dict__["_desk_standing"] = _read(user)
    return known


def _read(user: Any) -> Standing:
    everywhere: set[str] = set()
    departments: dict[str, set[int]] = {}
    for role, department_id in roles_of(user):
        if department_id is _EVERYWHERE:
            everywhere.add(role)
        else:
            departments.setdefault(role, set()).add(department_id)
    return Standing(
        user_id=user.pk,
        superuser=bool(user.is_superuser),
        everywhere=frozenset(everywhere),
        departments={role: frozenset(ids) for role, ids in departments.items()},
    )
