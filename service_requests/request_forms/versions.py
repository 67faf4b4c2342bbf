"""The versions of forms: made when a page is published, found when somebody answers.

Whoever has begun a version may finish it for as long as a draft can be left and taken up again.
"""

import logging
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms_pages.expiry import shown_at
from service_requests.models import FormVersion, RequestForm, RequestFormPage
from service_requests.request_forms import shaping
from service_requests.request_forms.objections import objections

if TYPE_CHECKING:
    from django.db.models import QuerySet

logger = logging.getLogger(__name__)
#: How long a version that was replaced may still be handed in.
FINISHED_WITHIN = timedelta(days=7)
_KEY = re.compile(r"[-a-zA-Z0-9_]{1,60}")


def publish(*, page: RequestFormPage) -> FormVersion | None:
    """Make the version of what the page says now, or find that nothing changed. Repeatable.

    None when the questions contradict themselves: then what was published before goes on.
    """
    definition = shaping.definition_of(page)
    if objections(definition):
        logger.warning("Page %s was published with questions that cannot be asked", page.pk)
        return None
    digest = definition.digest()
    with transaction.atomic():
        form = _form_of(page)
        of_language = FormVersion.objects.filter(form=form, language=definition.language)
        version = of_language.order_by("-number").first()
        if version is None or version.digest != digest:
            version = FormVersion(
                form=form,
                language=definition.language,
                number=version.number + 1 if version else 1,
                digest=digest,
                definition=definition.as_dict(),
            )
            version.save()
        RequestFormPage.objects.filter(pk=page.pk).update(version=version)
    page.version = version
    return version


def _form_of(page: RequestFormPage) -> RequestForm:
    """The page's form, locked: two editors who publish at once number one after another."""
    known = RequestForm.objects.select_for_update().filter(origin=page.translation_key).first()
    if known is not None:
        return known
    made = slugify(page.slug)[:40].strip("-") or "form"
    if RequestForm.objects.filter(key=made).exists():
        made = f"{made}-{page.translation_key.hex[:8]}"
    return RequestForm.objects.create(key=made, origin=page.translation_key)


def offered() -> list[FormVersion]:
    """What citizens may begin now, each form once: in the active language, else in another one."""
    by_form: dict[str, FormVersion] = {}
    for version in _live().order_by("form__key", "language", "-number"):
        best = by_form.get(version.form.key)
        if best is None or (best.language != get_language() == version.language):
            by_form[version.form.key] = version
    return list(by_form.values())


def current(key: str) -> FormVersion | None:
    """The version of one form that is offered now, in the active language if there is one."""
    if not _KEY.fullmatch(key):
        return None
    return _best(_live().filter(form__key=key))


def begun(key: str, version_id: str | int) -> FormVersion | None:
    """A version of this form that may still be handed in: offered now, or lately replaced."""
    text = str(version_id)
    if not _KEY.fullmatch(key) or not (text.isascii() and text.isdigit() and len(text) < 16):
        return None
    version = FormVersion.objects.select_related("form").filter(pk=int(text), form__key=key).first()
    if version is None:
        return None
    successor = FormVersion.objects.filter(
        form=version.form_id, language=version.language, number=version.number + 1
    ).first()
    if successor is not None and successor.created_at <= timezone.now() - FINISHED_WITHIN:
        return None
    return version


def beginnable(key: str, version_id: str | int) -> FormVersion | None:
    """A version that something may be begun with: shown now, or lately replaced by one that is."""
    version = begun(key, version_id)
    if version is None or current(key) is None:
        return None
    if _live().filter(pk=version.pk).exists():
        return version
    later = FormVersion.objects.filter(form=version.form_id, number__gt=version.number)
    return version if later.filter(language=version.language).exists() else None


def asked_for(key: str, version_id: str) -> FormVersion:
    """The version that a program begins or hands in; without a number that of today.

    Raises ValidationError at `form` or `form_version`.
    """
    version = beginnable(key, version_id) if version_id else current(key)
    if version is not None:
        return version
    if version_id and current(key) is not None:
        again = _("This form has changed. Fetch its questions again.")
        raise ValidationError({"form_version": [again]})
    raise ValidationError({"form": [_("There is no such form.")]})


def _live() -> "QuerySet[FormVersion]":
    now = timezone.now()
    pages = RequestFormPage.objects.live().public().filter(shown_at(now), version__isnull=False)
    return FormVersion.objects.filter(Q(pk__in=pages.order_by().values("version"))).select_related(
        "form"
    )


def _best(versions: Iterable[FormVersion]) -> FormVersion | None:
    found = list(versions)
    mine = [version for version in found if version.language == get_language()]
    return next(iter(mine or found), None)
