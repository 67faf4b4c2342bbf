"""Blocks of an agreement's page: its clauses, one block type a type, and its parties."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from sla.document import Clause, Party, clean_markup
from sla.enums import ClauseType, PartyRole

ICONS = {
    ClauseType.INTRODUCTION: "openquote",
    ClauseType.PURPOSE: "pick",
    ClauseType.DEFINITIONS: "list-ul",
    ClauseType.RESPONSIBILITY: "user",
    ClauseType.COMMITMENTS: "tasks",
    ClauseType.AVAILABILITY: "site",
    ClauseType.FEES: "tag",
    ClauseType.PERIOD: "date",
    ClauseType.TERMINATION: "cross",
    ClauseType.CONFIDENTIALITY: "lock",
    ClauseType.OTHER: "doc-full",
}


class AnchorBlock(blocks.CharBlock):
    """The name by which a clause is linked; letters, digits and hyphens."""

    def clean(self, value: str) -> str:
        """Return the anchor, or say what it may consist of."""
        anchor = super().clean(value) or ""
        if anchor and slugify(anchor, allow_unicode=True) != anchor.lower():
            raise ValidationError(gettext("Use letters, digits and hyphens only."))
        return anchor.lower()


class ClauseBlock(blocks.StructBlock):
    """One clause: a heading and its text."""

    title = blocks.CharBlock(label=_("heading"), max_length=160)
    text = blocks.RichTextBlock(
        label=_("text"), required=False, features=["bold", "italic", "ol", "ul"]
    )
    nested = blocks.BooleanBlock(
        label=_("belongs to the clause above"),
        required=False,
        help_text=_("Numbered below it, for example 6.1."),
    )
    g2g = blocks.BooleanBlock(label=_("for services between organisations (G2G)"), required=False)
    anchor = AnchorBlock(
        label=_("anchor"),
        required=False,
        max_length=50,
        help_text=_("The end of the link to this clause; empty: made of its type."),
    )


class FeesBlock(ClauseBlock):
    """The clause about fees, which can promise that nothing is charged (R30)."""

    free = blocks.BooleanBlock(
        label=_("the services are free of charge"),
        required=False,
        help_text=_("While the agreement is in force, no service can then be given a fee."),
    )


class PartyBlock(blocks.StructBlock):
    """One side of the agreement, and who signs for it."""

    role = blocks.ChoiceBlock(label=_("side"), choices=PartyRole.choices)
    name = blocks.CharBlock(
        label=_("name"),
        max_length=200,
        help_text=_("An organisation, or for example “all users, natural and legal persons”."),
    )
    signs = blocks.BooleanBlock(label=_("signs the agreement"), required=False)
    signatory_name = blocks.CharBlock(
        label=_("name of the signatory"), required=False, max_length=120
    )
    signatory_post = blocks.CharBlock(
        label=_("post of the signatory"), required=False, max_length=160
    )

    class Meta:
        icon = "group"
        label = _("party")


class ClausesBlock(blocks.StreamBlock):
    """All clauses, in their order."""

    def __init__(self, local_blocks: Any = None, **kwargs: Any) -> None:
        typed = [
            (
                kind.value,
                (FeesBlock if kind == ClauseType.FEES else ClauseBlock)(
                    label=kind.label, icon=ICONS[kind]
                ),
            )
            for kind in ClauseType
        ]
        super().__init__(typed, **kwargs)


def clauses_of(stream: Any) -> tuple[Clause, ...]:
    """The clauses of a page as plain values: numbered, with unique anchors and clean text."""
    found: list[Clause] = []
    top = below = 0
    taken: set[str] = set()
    for block in stream:
        value = block.value
        if value.get("nested") and top:
            below += 1
            number = f"{top}.{below}"
        else:
            top, below = top + 1, 0
            number = str(top)
        anchor = _free_anchor(value.get("anchor") or block.block_type, taken)
        taken.add(anchor)
        text = value.get("text")
        found.append(
            Clause(
                number=number,
                anchor=anchor,
                type=ClauseType(block.block_type),
                title=(value.get("title") or "").strip(),
                html=clean_markup(text.source if text is not None else ""),
                free=bool(value.get("free")),
                g2g=bool(value.get("g2g")),
            )
        )
    return tuple(found)


def parties_of(stream: Any) -> tuple[Party, ...]:
    """The parties of a page as plain values; a party's key is its side and its place on it."""
    found: list[Party] = []
    for block in stream:
        value = block.value
        role = PartyRole(value.get("role") or PartyRole.PROVIDER)
        nth = sum(1 for party in found if party.role == role) + 1
        found.append(
            Party(
                key=role.value if nth == 1 else f"{role.value}-{nth}",
                role=role,
                name=(value.get("name") or "").strip(),
                signs=bool(value.get("signs")),
                signatory_name=(value.get("signatory_name") or "").strip(),
                signatory_post=(value.get("signatory_post") or "").strip(),
            )
        )
    return tuple(found)


def _free_anchor(wanted: str, taken: set[str]) -> str:
    anchor, number = wanted, 1
    while anchor in taken:
        number += 1
        anchor = f"{wanted}-{number}"
    return anchor
