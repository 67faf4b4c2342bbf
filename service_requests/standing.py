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

A deputy stands, for the days of the deputyship, where the absent colleague stands as officer, head
or secretariat of departments; what somebody is in the whole body is stood in for by nobody.

A complaint about a department is never shown to people because they work there, not even when
it was assigned to them; only the complaints office sees it whomever it concerns (R2).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import reduce
from hashlib import sha256
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from cms_pages.enums import BODY_ROLES, Role
from cms_pages.models import Membership
from cms_pages.permissions import roles_of
from service_requests.days import today
from service_requests.enums import Kind

if TYPE_CHECKING:
    from service_requests.models import Case

_EVERYWHERE = None
#: What a deputy stands in for, in the departments of the absent colleague.
LENT = (Role.OFFICER, Role.HEAD, Role.SECRETARIAT)


@dataclass(frozen=True)
class Standing:
    """The roles of one user, by department id; `everywhere` holds roles in the whole body.

    `absent` are the standings of the colleagues for whom the user stands in today, in their
    departments; none of those has any of its own.
    """

    user_id: Any = None
    superuser: bool = False
    everywhere: frozenset[str] = frozenset()
    departments: dict[str, frozenset[int]] = field(default_factory=dict)
    absent: tuple["Standing", ...] = ()

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
        not_about_mine = ~(complaint & Q(complained_department_id__in=self.own))
        seen += [
            each._in_own_departments(plain, complaint) & not_about_mine for each in self.absent
        ]
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

    @property
    def reach(self) -> str:
        """A digest of what `led_filter` rests on: where two are the same, they lead the same."""
        leads = (self.superuser, self.has(Role.COMPLAINTS), sorted(self.ids(Role.HEAD)))
        return sha256(repr((*leads, sorted(self.own))).encode()).hexdigest()

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
        return self.own_relations(case).union(*(found for _who, found in self._lent(case)))

    def own_relations(self, case: "Case") -> frozenset[str]:
        """The same without what the user is only as a deputy."""
        return frozenset(self._relations(case))

    def on_behalf_of(self, case: "Case") -> list[Any]:
        """For whom the user acts in a case: those whose standing gives what their own does not."""
        own = self.own_relations(case)
        return sorted(who for who, found in self._lent(case) if found - own)

    @property
    def stands_in_for(self) -> frozenset[Any]:
        """The colleagues for whom the user stands in today."""
        return frozenset(each.user_id for each in self.absent)

    def places(self, *roles: Role) -> frozenset[int]:
        """Departments in which the user has, or stands in for somebody who has, these roles."""
        return self.ids(*roles).union(*(each.ids(*roles) for each in self.absent))

    def _lent(self, case: "Case") -> Iterable[tuple[Any, frozenset[str]]]:
        """What the user is to a case for each absent colleague; never about their own unit."""
        if case.kind == Kind.COMPLAINT and case.complained_department_id in self.own:
            return
        for each in self.absent:
            yield each.user_id, each.own_relations(case)

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
    """Read a user's roles: two queries, kept on the user object, which lives for one request.

    The first one is `roles_of`, which the floors below have mostly asked already; the second reads
    for whom the user stands in today, and what those are.
    """
    if not getattr(user, "is_active", False) or user.pk is None:
        return Standing()
    known = user.__dict__.get("_desk_standing")
    if known is None:
        known = user.__dict__["_desk_standing"] = _read(user)
    return known


def standings_of(users: Collection[Any]) -> None:
    """Read the roles of several users at once, in two queries, and keep them as `standing_of`."""
    keys = [user.pk for user in users if user.is_active]
    roles: dict[Any, list[tuple[str, int | None]]] = {}
    rows = Membership.objects.filter(user__in=keys).order_by()
    for user_id, role, department_id in rows.values_list("user_id", "role", "department_id"):
        roles.setdefault(user_id, []).append((role, department_id))
    lent = _lent_to(keys)
    for user in users:
        known = _standing(user, roles.get(user.pk, ()), lent.get(user.pk, {}))
        user.__dict__["_desk_standing"] = known


def _read(user: Any) -> Standing:
    return _standing(user, roles_of(user), _lent_to([user.pk]).get(user.pk, {}))


def _standing(
    user: Any, roles: Iterable[tuple[str, int | None]], lent: dict[Any, list[tuple[str, int]]]
) -> Standing:
    everywhere, departments = _sorted_out(roles)
    return Standing(
        user_id=user.pk,
        superuser=bool(user.is_superuser),
        everywhere=everywhere,
        departments=departments,
        absent=tuple(
            Standing(user_id=who, departments=_sorted_out(theirs)[1])
            for who, theirs in sorted(lent.items())
        ),
    )


def _sorted_out(
    roles: Iterable[tuple[str, int | None]],
) -> tuple[frozenset[str], dict[str, frozenset[int]]]:
    everywhere: set[str] = set()
    departments: dict[str, set[int]] = {}
    for role, department_id in roles:
        if department_id is _EVERYWHERE:
            everywhere.add(role)
        else:
            departments.setdefault(role, set()).add(department_id)
    return frozenset(everywhere), {role: frozenset(ids) for role, ids in departments.items()}


def _lent_to(user_ids: Collection[Any]) -> dict[Any, dict[Any, list[tuple[str, int]]]]:
    """By deputy and absent colleague, what the latter are in departments. One query."""
    from service_requests.models import Deputyship

    rows = (
        Deputyship.objects.on(today())
        .filter(
            deputy__in=user_ids,
            absent__is_active=True,
            absent__memberships__department__isnull=False,
            absent__memberships__role__in=LENT,
        )
        .order_by()
        .values_list(
            *("deputy_id", "absent_id"),
            *("absent__memberships__role", "absent__memberships__department_id"),
        )
    )
    found: dict[Any, dict[Any, list[tuple[str, int]]]] = {}
    for deputy_id, absent_id, role, department_id in rows:
        found.setdefault(deputy_id, {}).setdefault(absent_id, []).append((role, department_id))
    return found
