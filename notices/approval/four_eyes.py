"""Who may publish a notice first: what is planned, and what weighs heaviest, takes two people.

Whoever it is, it is theirs to change afterwards (`permissions.user_can_bring_out`). One writes,
another publishes. The writer is whoever first saved exactly these words: pressing "publish" in the
editor saves them again under another name, and that is no second writer. All doors of Wagtail lead
through `PublishPageRevisionAction` (the editor, workflows, bulk actions, old drafts, the APIs,
scheduled dates), and there both rules stand (`guard`).
"""

import json
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.actions.copy_page import CopyPageAction
from wagtail.actions.publish_page_revision import (
    PublishPagePermissionError,
    PublishPageRevisionAction,
)

from notices import conf, rules
from notices.approval import same_words
from notices.enums import Kind, Severity
from notices.models import NoticePage
from notices.permissions import user_can_bring_out

if TYPE_CHECKING:
    from wagtail.models import Revision

#: What a second person answers for.
WORDS = frozenset(
    {
        *("title", "kind", "impact", "affected_services", "starts_at", "expected_end"),
        *("severity", *NoticePage.WARNING_FACTS, "message", "body"),
    }
)
TIMES = ("starts_at", "expected_end")
_execute = PublishPageRevisionAction.execute
_copy = CopyPageAction._copy_page


class Refused(PublishPagePermissionError):
    """This person must not publish this, or not alone; the message is for that person."""


def takes_two(page: NoticePage) -> bool:
    """Whether the first publication of this page is for two people; later ones never are."""
    if page.alias_of_id is not None or page.known_notice() is not None:
        return False
    return by_nature(page)


def by_nature(page: NoticePage) -> bool:
    """The same of the page's kind and severity alone."""
    from notices.publishing import draft_fact

    if page.kind == Kind.MAINTENANCE:
        return conf.planned_by_two()
    return draft_fact(page).severity == Severity.CRITICAL


def reason(page: NoticePage) -> str:
    """Why, and what to do now."""
    if page.kind == Kind.MAINTENANCE:
        return _(
            "Planned maintenance is published by a second person: submit it for approval. If "
            "nobody can be reached, publish it alone with a reason."
        )
    return _(
        "A notice of the highest severity is published by a second person: submit it for approval. "
        "If nobody can be reached, publish it alone with a reason."
    )


def writer_of(revision: "Revision | None") -> int | None:
    """Who first saved exactly these words, without a break up to this revision."""
    if revision is None:
        return None
    words = _words(revision)
    writer = revision.user_id
    earlier = type(revision).objects.filter(
        base_content_type_id=revision.base_content_type_id,
        object_id=revision.object_id,
        pk__lt=revision.pk,
    )
    for each in earlier.order_by("-pk").iterator(chunk_size=20):
        if _words(each) != words:
            break
        writer = each.user_id
    return writer


def refuses(page: NoticePage, revision: "Revision | None", user: Any, *, changed: bool) -> bool:
    """Whether this user may not publish; `changed`: they are changing the words just now."""
    if user is None or not takes_two(page):
        return False
    if changed or revision is None:
        return True
    # Words that nobody is known to have written are nobody's to stand for: a translation that the
    # machine made, or somebody whose account is gone.
    return writer_of(revision) in (None, user.pk)


def refusal(
    page: NoticePage, revision: "Revision | None", user: Any, *, alone: bool = False
) -> str:
    """Why this user may not publish the words of this revision; "" where nothing is in the way.

    `alone`: the glass is broken, which replaces a second person and nothing else.
    """
    if user is None:
        return ""
    if not user_can_bring_out(user, page):
        return rules.names_no_own_service(page.kind)["affected_services"]
    if not alone and refuses(page, revision, user, changed=False):
        return reason(page)
    return ""


def guard(action: PublishPageRevisionAction, *args: Any, **kwargs: Any) -> Any:
    """Wagtail's publishing, refused to whoever wrote the words alone.

    Without a user it is the machine that publishes: a date that was approved, the demo, a rule that
    two people made. `break_glass` marks its revision. Raises Refused; an impossible notice raises
    ValidationError; in both cases nothing is stored.
    """
    page = action.object
    if not isinstance(page, NoticePage):
        return _execute(action, *args, **kwargs)
    with transaction.atomic():
        alone = getattr(action.revision, "published_alone", False)
        if why := refusal(page, action.revision, action.user, alone=alone):
            raise Refused(why)
        return _execute(action, *args, **kwargs)


def copied(action: CopyPageAction, page: Any, *args: Any, **kwargs: Any) -> Any:
    """Wagtail's copying; of a notice without its revisions: who copies it has written it."""
    kept = action.copy_revisions
    action.copy_revisions = kept and not issubclass(page.specific_class, NoticePage)
    try:
        return _copy(action, page, *args, **kwargs)
    finally:
        action.copy_revisions = kept


def changed_words(form: Any) -> bool:
    """Whether an editor's bound form changes any of the words."""
    changed = set(form.changed_data) & WORDS
    return any(_differs(form, name) for name in changed)


def _differs(form: Any, name: str) -> bool:
    before, after = form.get_initial_for_field(form.fields[name], name), form.cleaned_data[name]
    if name == "body":
        return same_words.rich(before) != same_words.rich(after)
    if name not in TIMES:
        return not isinstance(after, str) or same_words.plain(before) != same_words.plain(after)
    if before is None or after is None:
        return before is not after
    return bool(before.replace(second=0, microsecond=0) != after.replace(second=0, microsecond=0))


def form_errors(page: NoticePage, user: Any, *, changed: bool) -> None:
    """For the editor's form, which has a place for the reason. Raises ValidationError."""
    revision = page.get_latest_revision() if page.pk else None
    if refuses(page, revision, user, changed=changed):
        raise ValidationError(reason(page), code="takes_two")


def connect() -> None:
    """Stand at Wagtail's one way to publish and at its one to copy; from `AppConfig.ready()`."""
    PublishPageRevisionAction.execute = guard
    CopyPageAction._copy_page = copied


def _words(revision: "Revision") -> dict[str, Any]:
    """The words as they are stored; a revision of this very request holds its moments unwritten.

    A revision that knows nothing of a field says nothing in it.
    """
    found = {name: revision.content.get(name) or "" for name in sorted(WORDS)}
    stored: dict[str, Any] = json.loads(json.dumps(found, cls=DjangoJSONEncoder))
    for name in TIMES:
        stored[name] = same_words.minute(stored[name])
    return stored | {"body": same_words.rich(stored["body"])}
