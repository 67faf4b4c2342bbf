"""Blocks in which editors write what a version promises; three plain forms, no wrong combination.

What departments and services exist is read once for all targets of a page, here and in
`sla.target_names`, never block by block.
"""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.blocks import StreamBlockValidationError, StructBlockValidationError

from cms_pages.models import Department, Service
from persian.forms import PercentField, PersianCharField, WholeNumberField
from sla import scopes, target_names
from sla.enums import SHARE_MEASURES, TIMED_MEASURES, Measure, Unit
from sla.targets import MOST, Target, share_text

TIME, SHARE, WORDS = "time", "share", "words"
WORDS_MAX = 500


class KeyField(forms.ChoiceField):
    """A choice among facts by their key; `TargetsBlock` checks all the keys of a page together."""

    def valid_value(self, value: Any) -> bool:
        """Leave it to the list of targets."""
        return True


class KeyBlock(blocks.FieldBlock):
    """A choice that is kept as its key, and reads its choices only where a form is drawn."""

    empty: Any = ""

    def __init__(self, **kwargs: Any) -> None:
        self._label_of_help = kwargs.pop("help_text", None)
        super().__init__(**kwargs)

    @cached_property
    def field(self) -> forms.Field:
        """The form field behind the block."""
        return KeyField(choices=self.choices, required=False, help_text=self._label_of_help)

    def choices(self) -> list[tuple[str, Any]]:
        """What can be chosen, "" for all first."""
        raise NotImplementedError


class DepartmentKeyBlock(KeyBlock):
    """A department, or all of them."""

    def choices(self) -> list[tuple[str, Any]]:
        """Every department, also those that take no cases now."""
        rows = Department.objects.all()
        return [("", gettext_lazy("all departments")), *((row.key, str(row)) for row in rows)]


class ServiceKeyBlock(KeyBlock):
    """A service, or all of them."""

    def choices(self) -> list[tuple[str, Any]]:
        """Every service."""
        rows = Service.objects.all()
        return [("", gettext_lazy("all services")), *((row.key, str(row)) for row in rows)]


class KindKeyBlock(KeyBlock):
    """A kind of cases, or all of them."""

    def choices(self) -> list[tuple[str, Any]]:
        """The kinds that the floor above has registered."""
        return [("", scopes.ANY.label), *scopes.kinds()]


class WholeNumberBlock(blocks.FieldBlock):
    """A whole number, in any digits."""

    def __init__(self, **kwargs: Any) -> None:
        self.field = WholeNumberField(
            min_value=1, max_value=MOST, help_text=kwargs.pop("help_text", None)
        )
        super().__init__(**kwargs)


class PercentBlock(blocks.FieldBlock):
    """A share in percent, in any digits; kept as text, so that JSON does not round it."""

    def __init__(self, **kwargs: Any) -> None:
        self.field = PercentField(help_text=kwargs.pop("help_text", None))
        super().__init__(**kwargs)

    def value_from_form(self, value: Any) -> str:
        """The share as it is kept."""
        return share_text(value) if isinstance(value, Decimal) else str(value or "")


class WordsBlock(blocks.FieldBlock):
    """A promise in words."""

    def __init__(self, **kwargs: Any) -> None:
        self.field = PersianCharField(
            min_length=10,
            max_length=WORDS_MAX,
            multiline=True,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=kwargs.pop("help_text", None),
        )
        super().__init__(**kwargs)

    def get_searchable_content(self, value: Any) -> list[str]:
        """Its words."""
        return [str(value or "")]


def _choices(members: Any) -> list[tuple[str, Any]]:
    return [(member.value, member.label) for member in members]


SERVICE_HELP = gettext_lazy("A service belongs to its department; no need to choose both.")


class TimeTargetBlock(blocks.StructBlock):
    """A time within which a share of the cases is served."""

    measure = blocks.ChoiceBlock(
        label=gettext_lazy("what is promised"), choices=_choices(TIMED_MEASURES)
    )
    amount = WholeNumberBlock(label=gettext_lazy("within"))
    unit = blocks.ChoiceBlock(
        label=gettext_lazy("counted in"),
        choices=Unit.choices,
        help_text=gettext_lazy(
            "Working days and hours follow the working calendar; the day on which a case comes in "
            "is not counted."
        ),
    )
    share = PercentBlock(
        label=gettext_lazy("for how many, in percent"),
        default="100",
        help_text=gettext_lazy("Of a hundred cases, in how many the promise is to be kept."),
    )
    department = DepartmentKeyBlock(label=gettext_lazy("department"))
    service = ServiceKeyBlock(label=gettext_lazy("service"), help_text=SERVICE_HELP)
    kind = KindKeyBlock(label=gettext_lazy("kind of cases"))

    class Meta:
        icon = "time"
        label = gettext_lazy("a time")


class ShareTargetBlock(blocks.StructBlock):
    """A share that is to be reached."""

    measure = blocks.ChoiceBlock(
        label=gettext_lazy("what is promised"), choices=_choices(SHARE_MEASURES)
    )
    share = PercentBlock(
        label=gettext_lazy("how much, in percent"), help_text=gettext_lazy("For example 99.5.")
    )
    department = DepartmentKeyBlock(label=gettext_lazy("department"))
    service = ServiceKeyBlock(label=gettext_lazy("service"), help_text=SERVICE_HELP)
    kind = KindKeyBlock(label=gettext_lazy("kind of cases"))

    class Meta:
        icon = "circle-check"
        label = gettext_lazy("a share")


class WordsTargetBlock(blocks.StructBlock):
    """A promise that no figure can measure."""

    text = WordsBlock(label=gettext_lazy("the promise in one sentence"))

    class Meta:
        icon = "openquote"
        label = gettext_lazy("in words, not measured")


class TargetsBlock(blocks.StreamBlock):
    """All targets, in their order."""

    time = TimeTargetBlock()
    share = ShareTargetBlock()
    words = WordsTargetBlock()

    class Meta:
        required = False
        max_num = 60

    def clean(self, value: Any) -> Any:
        """Check each target, then all together against what exists: faults stand at their field."""
        cleaned = super().clean(value)
        names = target_names.read(
            [child.value.get("department", "") or "" for child in cleaned],
            [child.value.get("service", "") or "" for child in cleaned],
            "fa",
        )
        seen: set[tuple[str, ...]] = set()
        errors: dict[int, ValidationError] = {}
        for index, child in enumerate(cleaned):
            found = _scope_faults(child.value, names) if child.block_type != WORDS else {}
            scope = _scope(child.value)
            if child.block_type != WORDS and not found and scope[0]:
                if scope in seen:
                    found["measure"] = ValidationError(
                        _("There is a target for exactly this already.")
                    )
                seen.add(scope)
            if found:
                errors[index] = StructBlockValidationError(block_errors=found)
        if errors:
            raise StreamBlockValidationError(block_errors=errors)
        return cleaned


def _scope(value: Any) -> tuple[str, ...]:
    return tuple(value.get(name) or "" for name in ("measure", "department", "service", "kind"))


def _scope_faults(value: Any, names: target_names.Names) -> dict[str, ValidationError]:
    """What is wrong with department, service and kind of one target, by field."""
    measure, department, service, kind = _scope(value)
    found: dict[str, ValidationError] = {}
    if department and department not in names.departments:
        found["department"] = ValidationError(_("This department does not exist any more."))
    if service and service not in names.services:
        found["service"] = ValidationError(_("This service does not exist any more."))
    elif service and department and names.department_of[service] != department:
        found["service"] = ValidationError(_("This service belongs to another department."))
    if not scopes.is_known(kind):
        found["kind"] = ValidationError(_("Choose one of the options."))
    elif kind and measure == Measure.AVAILABILITY:
        found["kind"] = ValidationError(
            _("Availability is that of services; it cannot be narrowed to a kind of cases.")
        )
    return found


def targets_of(stream: Any) -> tuple[Target, ...]:
    """The targets of a page as plain values, without names; key: the measure and its place in it.

    What a draft leaves open is 0 or "", which `publishing` refuses.
    """
    found: list[Target] = []
    for block in stream:
        value = block.value
        measure = Measure.WORDS if block.block_type == WORDS else _measure(value)
        if measure is None:
            continue
        nth = sum(1 for target in found if target.measure == measure) + 1
        found.append(
            Target(
                key=measure.value if nth == 1 else f"{measure.value}-{nth}",
                measure=measure,
                share=_share(value.get("share")) if measure != Measure.WORDS else Decimal(100),
                amount=_amount(value.get("amount")),
                unit=Unit(value["unit"]) if value.get("unit") in Unit.values else Unit.WORKING_DAYS,
                department=value.get("department") or "",
                service=value.get("service") or "",
                kind=value.get("kind") or "",
                text=(value.get("text") or "").strip(),
            )
        )
    return tuple(found)


def _measure(value: Any) -> Measure | None:
    return Measure(value["measure"]) if value.get("measure") in Measure.values else None


def _share(text: Any) -> Decimal:
    try:
        share = PercentField(required=False).clean(str(text or ""))
    except ValidationError:
        share = None
    return Decimal(share_text(share)) if share is not None else Decimal(0)


def _amount(value: Any) -> int:
    try:
        return WholeNumberField(required=False, min_value=0, max_value=MOST).clean(value) or 0
    except ValidationError:
        return 0
