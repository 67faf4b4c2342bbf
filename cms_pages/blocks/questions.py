"""Questions and answers."""

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ListBlock, RichTextBlock, StructBlock

from cms_pages.blocks.text import PARAGRAPH, PREVIEW


class QuestionBlock(StructBlock):
    """A question as a citizen would ask it, and its answer."""

    question = CharBlock(label=_("Question"), max_length=250)
    answer = RichTextBlock(features=PARAGRAPH, label=_("Answer"))

    class Meta:
        icon = "help"
        label = _("Question")


class QuestionsBlock(StructBlock):
    """Some questions inside a page."""

    questions = ListBlock(QuestionBlock(), label=_("Questions"))

    class Meta:
        icon = "help"
        label = _("Questions and answers")
        description = _("Questions as citizens ask them; the answer opens below.")
        template = "cms_pages/blocks/questions.html"
        preview_template = PREVIEW
        preview_value = {
            "questions": [{"question": "آیا هزینه دارد؟", "answer": "<p>خیر، رایگان است.</p>"}]
        }


class QuestionGroupBlock(StructBlock):
    """The questions of one subject on the page of frequent questions."""

    heading = CharBlock(label=_("Subject"), max_length=150)
    questions = ListBlock(QuestionBlock(), label=_("Questions"))

    class Meta:
        icon = "help"
        label = _("Questions on one subject")
        template = "cms_pages/blocks/question_group.html"
