"""The building blocks that editors put a page together from."""

from cms_pages.blocks.body import BodyBlock
from cms_pages.blocks.questions import QuestionGroupBlock, QuestionsBlock
from cms_pages.blocks.service import AccessBlock, NeededDocumentsBlock, ServiceStepsBlock

__all__ = [
    "AccessBlock",
    "BodyBlock",
    "NeededDocumentsBlock",
    "QuestionGroupBlock",
    "QuestionsBlock",
    "ServiceStepsBlock",
]
