"""One answer for all requests about a notice: written, looked at, followed while it is given."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from desk_core.responses import never_store
from notices.enums import OVER_PHASES
from service_requests import permissions, replies
from service_requests.about_notices import answering
from service_requests.about_notices.answering import Candidate, Chosen
from service_requests.admin.about_notice import OfNotice
from service_requests.enums import GroupOutcome, GroupResult
from service_requests.errors import CaseError
from service_requests.forms import refuse
from service_requests.models import Case, GroupAnswer
from service_requests.reply_words import filled
from service_requests.texts import TEXT_MAX

#: So many of either sort are listed with a box; other quiet ones share one box.
MOST_LISTED = 150
_CHOOSE = dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose one of the options."))


class AnswerForm(forms.Form):
    """What all get, in which language, and what it makes of their cases."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"), choices=GroupOutcome.choices, error_messages=_CHOOSE
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the text"),
        choices=settings.LANGUAGES,
        error_messages=_CHOOSE,
        help_text=gettext_lazy("Requests that were written in another language are not ticked."),
    )
    stored_reply = forms.ChoiceField(label=gettext_lazy("Stored reply"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Text for the applicants"),
        widget=forms.Textarea(attrs={"rows": 8, "data-limit": TEXT_MAX}),
        help_text=gettext_lazy(
            "In braces you can name what is filled in for each: {code}, {kind}, {department}, "
            "{service}, {registered}, {today}."
        ),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.replies = {str(row.pk): row for row in replies.offered_to(user)}
        choices = [(key, row.title) for key, row in self.replies.items()]
        self.fields["stored_reply"].choices = [("", _("Choose …")), *choices]  # type: ignore[attr-defined]
        if not choices:
            del self.fields["stored_reply"]

    def with_reply(self) -> dict[str, str]:
        """What was written so far with the chosen reply behind it, variables and all."""
        reply = self.replies.get(self.data.get("stored_reply", ""))
        parts = [self.data.get("text", "")[: 2 * TEXT_MAX].strip(), reply.text if reply else ""]
        text = "\n\n".join(part for part in parts if part)[:TEXT_MAX]
        kept = {name: self.data.get(name, "") for name in ("outcome", "language", "stored_reply")}
        return {**kept, "text": text}


class AnswerLinkedView(OfNotice, WagtailAdminTemplateMixin, TemplateView):
    """GET: text and boxes. POST shows what would be done; with `confirm` it is asked for."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "service_requests/admin/answer_linked.html"
    page_title = gettext_lazy("Answer the linked requests")
    header_icon = "mail"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """A 404 for whoever works on no case."""
        if not permissions.user_can_act_in_bulk(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """An empty text, in the language of the desk."""
        initial = {"language": settings.LANGUAGE_CODE, "outcome": GroupOutcome.ANSWER}
        return self._show(AnswerForm(initial=initial, user=request.user))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Insert a reply, show the preview, or have it done."""
        form = AnswerForm(request.POST, user=request.user)
        if "insert" in request.POST:
            return self._show(AnswerForm(initial=form.with_reply(), user=request.user))
        if not form.is_valid():
            return self._refused(form)
        if request.POST.get("listed") != form.cleaned_data["language"]:
            messages.warning(
                request, _("The list below was made anew for this language. Please look again.")
            )
            return self._show(form)
        try:
            form.cleaned_data["text"] = answering.clean_words(form.cleaned_data["text"])
            if "confirm" in request.POST:
                return self._ask(form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            chosen = self._chosen_ones(form.cleaned_data["language"])
            if chosen and "edit" not in request.POST:
                return self._show(form, preview=self._preview(form.cleaned_data, chosen))
            if not chosen:
                form.add_error(None, _("Choose at least one case that you may answer."))
        return self._show(form) if "edit" in request.POST else self._refused(form)

    def _ask(self, data: dict[str, Any]) -> HttpResponseBase:
        answer = answering.ask(
            answer_id=_uuid(self.request.POST.get("answer_id", "")) or uuid4(),
            notice=self.notice,
            actor=self.request.user,
            outcome=data["outcome"],
            text=data["text"],
            language=data["language"],
            chosen=self._chosen,
            seen_at=_moment(self.request.POST.get("seen_at", "")),
        )
        return redirect("service_requests_admin:group_answer", answer.pk)

    @cached_property
    def _chosen(self) -> Chosen:
        post = self.request.POST
        shown, ticked = (set(_uuids(post.getlist(name))) for name in ("shown", "case"))
        return Chosen(ticked=ticked, left_out=shown - ticked, rest="rest" in post)

    def _chosen_ones(self, language: str) -> list[Candidate]:
        return [each for each in self._candidates(language) if self._chosen.takes(each)]

    def _candidates(self, language: str) -> list[Candidate]:
        return answering.candidates(notice=self.notice, user=self.request.user, language=language)

    def _preview(self, data: dict[str, Any], chosen: list[Candidate]) -> dict[str, Any]:
        first = chosen[0].case
        post = self.request.POST
        names = ("case", "shown", "rest", "seen_at", "answer_id", "listed")
        return {
            "count": len(chosen),
            "unquiet": sum(not each.quiet for each in chosen),
            "outcome": GroupOutcome(data["outcome"]).label,
            "code": first.code,
            "text": filled(data["text"], first, language=data["language"]),
            "fields": [
                *((name, data[name]) for name in ("outcome", "language", "text")),
                *((name, value) for name in names for value in post.getlist(name)),
            ],
        }

    def _refused(self, form: AnswerForm) -> HttpResponse:
        messages.error(self.request, _("Nothing was saved. Please correct the errors."))
        return self._show(form, status=422)

    def _show(
        self, form: AnswerForm, *, preview: dict[str, Any] | None = None, status: int = 200
    ) -> HttpResponse:
        language = form["language"].value() or settings.LANGUAGE_CODE
        found = [] if preview else self._candidates(language)
        quiet = [each for each in found if each.quiet]
        unticked = self._chosen.left_out if self.request.method == "POST" else ()
        ticked = self._chosen.ticked if self.request.method == "POST" else ()
        post = self.request.POST
        context = self.get_context_data(
            form=form,
            notice=self.notice,
            goes_on=self.notice.phase(timezone.now()) not in OVER_PHASES,
            preview=preview,
            quiet=[(each, each.case.pk not in unticked) for each in quiet[:MOST_LISTED]],
            others=len(quiet[MOST_LISTED:]),
            rest=self.request.method != "POST" or "rest" in post,
            with_matters=[
                (each, each.case.pk in ticked)
                for each in [each for each in found if not each.quiet][:MOST_LISTED]
            ],
            listed=language,
            seen_at=timezone.now().isoformat(),
            answer_id=_uuid(post.get("answer_id", "")) or uuid4(),
        )
        return self.render_to_response(context, status=status)


class GroupAnswerView(WagtailAdminTemplateMixin, TemplateView):
    """How far one's own answer is, and in which cases it could not be given."""

    http_method_names = ["get", "head", "options"]
    template_name = "service_requests/admin/group_answer.html"
    page_title = gettext_lazy("Answer to the linked requests")
    header_icon = "mail"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Another's is a 404; kept by no cache."""
        return never_store(super().dispatch(request, *args, **kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The counts, and the failures of cases that the reader still may know of."""
        rows = GroupAnswer.objects.visible_to(self.request.user).select_related("notice")
        answer = rows.filter(pk=self.kwargs["pk"]).first()
        if answer is None:
            raise Http404
        counts = answering.progress(answer)
        fine = (GroupResult.WAITING, GroupResult.DONE)
        failed: Any = answer.cases.exclude(result__in=fine).order_by("pk")
        visible = Case.objects.visible_to(self.request.user).order_by()
        failed = failed.filter(case__in=visible.values("pk")).select_related("case")
        return super().get_context_data(
            answer=answer,
            counts=[(GroupResult(key).label, count) for key, count in counts.items() if count],
            done=counts[GroupResult.DONE],
            all=sum(counts.values()),
            failed=failed[:MOST_LISTED],
            back=reverse("service_requests_admin:about_notice", args=[answer.notice_id]),
            **kwargs,
        )


def _uuids(texts: list[str]) -> list[UUID]:
    return [key for key in map(_uuid, texts[: 3 * MOST_LISTED]) if key]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime:
    """When the person saw the list; never later than now, and long ago for what is none."""
    now = timezone.now()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=now.tzinfo)
    return min(found, now) if found.tzinfo else datetime.min.replace(tzinfo=now.tzinfo)
