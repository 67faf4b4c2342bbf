"""The fixed vocabularies of departments, staff and services."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a member of staff does in a department, or for the whole body."""

    OFFICER = "officer", _("Case officer")
    HEAD = "head", _("Head of department")
    SECRETARIAT = "secretariat", _("Secretariat")
    COMPLAINTS = "complaints", _("Complaints office")
    EDITOR = "editor", _("Editor")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class Delivery(models.TextChoices):
    """How a service reaches people (R16, R17)."""

    ELECTRONIC = "electronic", _("Electronic")
    IN_PERSON = "in_person", _("Non-electronic")
