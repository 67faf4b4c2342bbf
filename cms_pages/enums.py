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


# Roles that reach over all departments, so that none of them can be held in one only.
BODY_ROLES = frozenset({Role.COMPLAINTS, Role.AUDITOR, Role.ADMINISTRATOR})


class Delivery(models.TextChoices):
    """How a service reaches people (R16, R17)."""

    ELECTRONIC = "electronic", _("Electronic")
    IN_PERSON = "in_person", _("Non-electronic")


class Audience(models.TextChoices):
    """Whom a service serves, in the letters of the national service passport."""

    CITIZENS = "g2c", _("Citizens (G2C)")
    BUSINESSES = "g2b", _("Businesses (G2B)")
    GOVERNMENT = "g2g", _("Public bodies (G2G)")


class Nature(models.TextChoices):
    """Whether the state has to do it, or might leave it to others."""

    SOVEREIGN = "sovereign", _("Sovereign")
    ENTRUSTED = "entrusted", _("Entrusted")


class Level(models.TextChoices):
    """Where a service is offered."""

    NATIONAL = "national", _("National")
    REGIONAL = "regional", _("Regional")
    PROVINCIAL = "provincial", _("Provincial")
    URBAN = "urban", _("Urban")
    RURAL = "rural", _("Rural")


class LifeEvent(models.TextChoices):
    """The event in a life that makes someone need a service (national service passport)."""

    BIRTH = "birth", _("Birth")
    EDUCATION = "education", _("Education")
    HEALTH = "health", _("Health")
    TAX = "tax", _("Tax")
    BUSINESS = "business", _("Business")
    SOCIAL_SECURITY = "social_security", _("Social security")
    PROPERTY = "property", _("Registering property")
    CITY_WORKS = "city_works", _("City installations")
    INSURANCE = "insurance", _("Insurance")
    MARRIAGE = "marriage", _("Marriage")
    RETIREMENT = "retirement", _("Retirement")
    CERTIFICATES = "certificates", _("Documents and certificates")
    DEATH = "death", _("Death")
    OTHER = "other", _("Other")


class Start(models.TextChoices):
    """What sets a service going."""

    APPLICATION = "application", _("Someone applies for it")
    TIME = "time", _("A certain time comes")
    EVENT = "event", _("A certain event happens")
    BODY = "body", _("The body decides")
    OTHER = "other", _("Other")


class Stage(models.TextChoices):
    """The four stages of a service, each with ways of its own to reach it."""

    INFORMATION = "information", _("Information")
    REQUEST = "request", _("Request")
    PROCESSING = "processing", _("Processing")
    DELIVERY = "delivery", _("Delivery")


class Channel(models.TextChoices):
    """The ways in which a stage is reached."""

    WEBSITE = "website", _("Website")
    MOBILE = "mobile", _("Mobile app")
    SMS = "sms", _("SMS")
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    COUNTER = "counter", _("Service counter office")
    POST = "post", _("Post")
    IN_PERSON = "in_person", _("In person")
