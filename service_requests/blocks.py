"""The blocks of an editor's form: steps, questions, and on which earlier answer they depend.

No editor types a key: steps, questions and options are known by the identity that Wagtail gives
their blocks, which a translation keeps. A condition names the earlier question by its words.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from service_requests.enums import ConditionTest, QuestionType

#: The list of suggestions beside this box is filled by `static/service_requests/form-editor.js`.
EARLIER = "data-earlier-question"


class EarlierQuestionBlock(blocks.CharBlock):
    """The words of an earlier question."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=250, **kwargs)
        self.field.widget.attrs |= {EARLIER: "", "autocomplete": "off"}


class ConditionBlock(blocks.StructBlock):
    """On which earlier answer it depends; without a question it is always shown."""

    question = EarlierQuestionBlock(
        label=_("Only after this question"),
        help_text=_("The words of an earlier question. Empty: it is always shown."),
    )
    test = blocks.ChoiceBlock(
        label=_("if its answer"), choices=ConditionTest.choices, default=ConditionTest.EQUALS
    )
    values = blocks.TextBlock(
        label=_("answer"),
        required=False,
        rows=2,
        help_text=_("Words of its options, one in each line; not needed for “was answered”."),
    )

    class Meta:
        icon = "view"
        label = _("When it is shown")
        label_format = "{question}"
        collapsed = True


class QuestionBlock(blocks.StructBlock):
    """What every question has."""

    label = blocks.CharBlock(label=_("Question"), max_length=250)
    hint = blocks.CharBlock(label=_("Help below the question"), required=False, max_length=300)
    required = blocks.BooleanBlock(label=_("An answer is required"), required=False, default=True)

    class Meta:
        icon = "help"


class LastBlock(blocks.StructBlock):
    """Base of blocks whose condition stands last, after what their type has of its own."""

    def __init__(self, local_blocks: Any = None, **kwargs: Any) -> None:
        super().__init__(local_blocks, **kwargs)
        self.child_blocks.move_to_end("shown_if")


class PlainQuestion(LastBlock, QuestionBlock):
    """A question whose type says all."""

    shown_if = ConditionBlock()


class NumberQuestion(PlainQuestion):
    """A number within limits."""

    minimum = blocks.DecimalBlock(label=_("Smallest"), required=False)
    maximum = blocks.DecimalBlock(label=_("Largest"), required=False)
    places = blocks.IntegerBlock(
        label=_("Decimal places"), min_value=0, max_value=3, default=0, required=False
    )


class OptionsQuestion(PlainQuestion):
    """A question with options to choose from."""

    options = blocks.ListBlock(
        blocks.CharBlock(label=_("Option"), max_length=150), label=_("Options"), min_num=2
    )


class StatementQuestion(LastBlock):
    """A sentence that must be accepted."""

    label = blocks.CharBlock(
        label=_("Statement"),
        max_length=500,
        help_text=_("In the words of the applicant, for example: I know that …"),
    )
    hint = blocks.CharBlock(label=_("Help below the question"), required=False, max_length=300)
    shown_if = ConditionBlock()


class QuestionsBlock(blocks.StreamBlock):
    """The questions of one step, in order."""

    text = PlainQuestion(label=QuestionType.TEXT.label, icon="pilcrow")
    long_text = PlainQuestion(label=QuestionType.LONG_TEXT.label, icon="doc-full")
    number = NumberQuestion(label=QuestionType.NUMBER.label, icon="plus-inverse")
    date = PlainQuestion(label=QuestionType.DATE.label, icon="date")
    choice = OptionsQuestion(label=QuestionType.CHOICE.label, icon="radio-full")
    choices = OptionsQuestion(label=QuestionType.CHOICES.label, icon="tick-inverse")
    file = PlainQuestion(label=QuestionType.FILE.label, icon="upload")
    national_id = PlainQuestion(label=QuestionType.NATIONAL_ID.label, icon="user")
    legal_id = PlainQuestion(label=QuestionType.LEGAL_ID.label, icon="group")
    mobile = PlainQuestion(label=QuestionType.MOBILE.label, icon="mobile-alt")
    postal_code = PlainQuestion(label=QuestionType.POSTAL_CODE.label, icon="mail")
    address = PlainQuestion(label=QuestionType.ADDRESS.label, icon="home")
    statement = StatementQuestion(label=QuestionType.STATEMENT.label, icon="check")


class StepBlock(blocks.StructBlock):
    """One page of the form."""

    title = blocks.CharBlock(label=_("Title of the step"), max_length=100)
    intro = blocks.TextBlock(label=_("Introduction"), required=False, rows=2, max_length=600)
    questions = QuestionsBlock(label=_("Questions"))
    shown_if = ConditionBlock()

    class Meta:
        icon = "form"
        label = _("Step")


class StepsBlock(blocks.StreamBlock):
    """The steps of a form, in order."""

    step = StepBlock()
