"""Blocks in which editors compose a survey; one StreamField, one block type a type of question."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.blocks import StreamBlockValidationError

MOST_QUESTIONS, MOST_CHOICES = 30, 12


class _QuestionBlock(blocks.StructBlock):
    """The text of a question in one or two languages."""

    text = blocks.CharBlock(label=gettext_lazy("question"), max_length=250)
    text_en = blocks.CharBlock(
        label=gettext_lazy("question in English"), max_length=250, required=False
    )
    required = blocks.BooleanBlock(
        label=gettext_lazy("must be answered"), required=False, default=False
    )


class SatisfactionBlock(_QuestionBlock):
    """Very satisfied … very dissatisfied."""

    class Meta:
        icon = "pick"
        label = gettext_lazy("Satisfaction (1 to 5)")


class RecommendBlock(_QuestionBlock):
    """0 … 10: would they recommend it?"""

    class Meta:
        icon = "order"
        label = gettext_lazy("Recommendation (0 to 10)")


class ChoiceBlock(blocks.StructBlock):
    """One thing that can be chosen."""

    text = blocks.CharBlock(label=gettext_lazy("option"), max_length=120)
    text_en = blocks.CharBlock(
        label=gettext_lazy("option in English"), max_length=120, required=False
    )


class ChoiceQuestionBlock(_QuestionBlock):
    """One of several options."""

    choices = blocks.ListBlock(
        ChoiceBlock(), label=gettext_lazy("options"), min_num=2, max_num=MOST_CHOICES
    )

    class Meta:
        icon = "list-ul"
        label = gettext_lazy("Choice")


class WordsBlock(_QuestionBlock):
    """An answer in words: sealed, and never published."""

    class Meta:
        icon = "pilcrow"
        label = gettext_lazy("Free text")


class OfficialBlock(blocks.StaticBlock):
    """The ten questions of the official survey of services, ready made."""

    class Meta:
        icon = "clipboard-list"
        label = gettext_lazy("The official ten questions")
        admin_text = gettext_lazy(
            "The ten questions of the official survey of services, answered from very satisfied "
            "to very dissatisfied; overall satisfaction must be answered."
        )


class QuestionsBlock(blocks.StreamBlock):
    """The questions of a survey in their order."""

    satisfaction = SatisfactionBlock()
    recommend = RecommendBlock()
    choice = ChoiceQuestionBlock()
    words = WordsBlock()
    official = OfficialBlock()

    class Meta:
        max_num = MOST_QUESTIONS
        block_counts: Any = {"official": {"max_num": 1}}

    def clean(self, value: Any, **kwargs: Any) -> Any:
        """Refuse a survey that asks nothing but words: no figure could be made of it."""
        cleaned = super().clean(value, **kwargs)
        if all(child.block_type == "words" for child in cleaned):
            raise StreamBlockValidationError(
                non_block_errors=[
                    ValidationError(_("Ask at least one question that is no free text."))
                ]
            )
        return cleaned


def questions_in(value: Any) -> Iterator[tuple[str, str, Any]]:
    """(key, type of block, value) of every block; the key stays while the block does."""
    for child in value:
        yield (child.id or "").replace("-", "")[:32], child.block_type, child.value


__all__ = ["QuestionsBlock", "questions_in"]
