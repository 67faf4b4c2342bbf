"""Every defect of the stock ModelAdmin is closed: scoped, explicit, bounded, written down."""

import csv
import io
import re
import uuid
from typing import Any, ClassVar

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import include, path
from openpyxl import load_workbook
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.admin.panels import FieldPanel
from wagtail.models import ModelLogEntry
from wagtail.utils.urlpatterns import decorate_urlpatterns
from wagtail_modeladmin.options import ModelAdmin

from desk_core.audit_words import action_label
from desk_core.enums import MessageState
from desk_core.modeladmin import DeskModelAdmin, counting
from desk_core.modeladmin import checks as modeladmin_checks
from desk_core.modeladmin.access import DeskURLFinder
from desk_core.models import AuditEntry, OutgoingMessage, SubjectKey
from desk_core.spreadsheets import safe_text
from persian.jalali import format_datetime

pytestmark = pytest.mark.screen

INDEX = "/admin/desk_core/outgoingmessage/"


class LetterAdmin(DeskModelAdmin):
    """Letters of one unit: `template` plays the unit, a user's last name names theirs."""

    model = OutgoingMessage
    list_display: ClassVar = ("dedupe", "channel", "state", "attempts", "due_at")
    list_filter: ClassVar = ("state",)
    list_select_related: ClassVar = ("subject_key",)
    list_export: ClassVar = ("dedupe", "state", "attempts", "due_at", "is_new", "finished_at")
    search_fields: ClassVar = ("error",)
    search_exact_fields: ClassVar = ("dedupe",)
    allowed_lookups: ClassVar = ("channel",)
    ordering: ClassVar = ("-due_at",)
    inspect_view_enabled = True
    inspect_view_fields: ClassVar = ("dedupe", "state", "attempts", "due_at")
    panels: ClassVar = [FieldPanel("error")]
    writes_wagtail_log = False

    def is_new(self, obj: OutgoingMessage) -> bool:
        return obj.attempts == 0

    is_new.short_description = "is new"

    def visible_to(self, user: Any) -> Any:
        if user.is_superuser:
            return OutgoingMessage.objects.all()
        return OutgoingMessage.objects.filter(template=user.last_name)


letter_admin = LetterAdmin()
urlpatterns = [
    path(
        "admin/",
        include(
            decorate_urlpatterns(
                list(letter_admin.get_admin_urls_for_registration()), require_admin_access
            )
        ),
    ),
    path("admin/", include(wagtailadmin_urls)),
]


@pytest.fixture(autouse=True)
def _addresses(settings) -> None:
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def subject(db) -> SubjectKey:
    return SubjectKey.objects.create(key_id="test", wrapped=b"x")


@pytest.fixture
def make(subject):
    def letter(unit: str = "roads", **fields: Any) -> OutgoingMessage:
        values = {
            "channel": "email",
            "subject_key": subject,
            "sealed": b"sealed",
            "template": unit,
            "language": "fa",
            "dedupe": uuid.uuid4().hex,
            **fields,
        }
        return OutgoingMessage.objects.create(**values)

    return letter


def staff(unit: str, *actions: str) -> Client:
    """Somebody of that unit, signed in, with these permissions on letters."""
    user = User.objects.create_user(f"u{uuid.uuid4().hex[:8]}", password="x", last_name=unit)
    names = [f"{action}_outgoingmessage" for action in actions]
    kind = ContentType.objects.get_for_model(OutgoingMessage)
    for name in names:
        permission, _ = Permission.objects.get_or_create(
            content_type=kind, codename=name, defaults={"name": name}
        )
        user.user_permissions.add(permission)
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = Client()
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def officer(db) -> Client:
    return staff("roads", "view", "change", "delete", "export")


@pytest.fixture
def reader(db) -> Client:
    return staff("roads", "view")


def address(action: str, pk: Any) -> str:
    # As the library quotes it: the hyphens of a UUID stay.
    return f"{INDEX}{action}/{pk}/"


ACTIONS = ("inspect", "edit", "delete", "history")


class TestOneObject:
    @pytest.mark.parametrize("action", ACTIONS)
    def test_ones_own_is_shown(self, officer, make, action):
        assert officer.get(address(action, make().pk)).status_code == 200

    @pytest.mark.parametrize("method", ["get", "post"])
    @pytest.mark.parametrize("action", ACTIONS)
    def test_another_units_is_not_found(self, officer, make, action, method):
        other = make("housing")
        assert getattr(officer, method)(address(action, other.pk)).status_code == 404
        assert OutgoingMessage.objects.filter(pk=other.pk).exists()

    @pytest.mark.parametrize("action", ACTIONS)
    @pytest.mark.parametrize("pk", ["1", "abc", "-", "9" * 400, str(uuid.UUID(int=0))])
    def test_what_is_no_identity_is_not_found(self, officer, action, pk):
        assert officer.get(address(action, pk)).status_code == 404

    @pytest.mark.parametrize("action", ACTIONS)
    def test_a_stranger_is_sent_to_the_login(self, client, make, action):
        known = client.get(address(action, make().pk))
        unknown = client.get(address(action, uuid.uuid4()))
        assert known.status_code == unknown.status_code == 302
        assert "login" in known["Location"]

    @pytest.mark.parametrize("action", ["inspect", "history", "edit", "delete"])
    def test_the_admin_alone_opens_nothing(self, make, action):
        assert staff("roads").get(address(action, make().pk)).status_code == 302

    @pytest.mark.parametrize("action", ["edit", "delete"])
    def test_reading_does_not_open_writing(self, reader, make, action):
        letter = make()
        assert reader.get(address(action, letter.pk)).status_code == 302
        assert reader.post(address(action, letter.pk), {"error": "x"}).status_code == 302
        letter.refresh_from_db()
        assert letter.error == ""

    def test_only_listed_fields_are_shown_with_labels_zeros_and_jalali_dates(self, reader, make):
        letter = make(attempts=0, provider_id="secret-number")
        html = reader.get(address("inspect", letter.pk)).content.decode()
        assert "secret-number" not in html
        assert str(MessageState.WAITING.label) in html
        assert format_datetime(letter.due_at) in html
        assert re.search(r"<dd>\s*[0۰]\s*</dd>", html)

    def test_only_listed_fields_can_be_written(self, officer, make):
        letter = make()
        officer.post(address("edit", letter.pk), {"error": "seen", "template": "housing"})
        letter.refresh_from_db()
        assert (letter.error, letter.template) == ("seen", "roads")

    def test_nothing_can_be_added_without_the_permission(self, officer):
        assert officer.get(f"{INDEX}create/").status_code == 302

    def test_deleting_deletes(self, officer, make):
        letter = make()
        officer.post(address("delete", letter.pk))
        assert not OutgoingMessage.objects.filter(pk=letter.pk).exists()

    def test_reports_link_only_for_whom_it_is_visible(self, officer, make):
        finder = type(
            "Finder",
            (DeskURLFinder,),
            {
                "permission_helper": letter_admin.permission_helper,
                "url_helper": letter_admin.url_helper,
                "model_admin": letter_admin,
            },
        )
        assert finder(officer.user).get_edit_url(make()) is not None
        assert finder(officer.user).get_edit_url(make("housing")) is None


class TestWrittenDown:
    def entries(self) -> list[tuple[str, str]]:
        return list(AuditEntry.objects.order_by("pk").values_list("action", "target"))

    def test_reading_is(self, reader, make):
        letter = make()
        reader.get(address("inspect", letter.pk))
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.actor) == ("object.read", reader.user)
        assert entry.target == f"desk_core.outgoingmessage:{letter.pk}"

    def test_editing_and_deleting_are_and_what_was_written_is_not(self, officer, make):
        letter = make()
        officer.post(address("edit", letter.pk), {"error": "confidential"})
        officer.post(address("delete", letter.pk))
        assert [action for action, _ in self.entries()] == ["object.edit", "object.delete"]
        assert "confidential" not in str(list(AuditEntry.objects.values()))
        assert AuditEntry.objects.first().detail == {"fields": ["error"]}

    def test_a_refusal_shows_nothing_and_is_not_a_read(self, officer, make):
        officer.get(address("inspect", make("housing").pk))
        assert self.entries() == []

    def test_wagtails_log_is_kept_out_where_asked(self, officer, make):
        letter = make()
        officer.post(address("edit", letter.pk), {"error": "x"})
        officer.post(address("delete", letter.pk))
        assert ModelLogEntry.objects.count() == 0

    def test_the_history_is_then_the_audit_trail(self, officer, make):
        letter = make()
        officer.post(address("edit", letter.pk), {"error": "x"})
        html = officer.get(address("history", letter.pk)).content.decode()
        assert action_label("object.edit") in html
        assert officer.user.username in html

    def test_an_export_is_and_says_names_only(self, officer, make):
        make(error="hidden words")
        list(officer.get(f"{INDEX}?export=csv&q=hidden").streaming_content)
        entry = AuditEntry.objects.get(action="list.export")
        assert entry.detail["rows"] == 1
        assert entry.detail["narrowed_by"] == ["q"]
        assert "hidden" not in str(entry.detail)


class TestList:
    def test_only_ones_own_rows(self, reader, make):
        mine, other = make(dedupe="mine-1"), make("housing", dedupe="other-1")
        html = reader.get(INDEX).content.decode()
        assert mine.dedupe in html
        assert other.dedupe not in html

    def test_no_permission_no_list(self, db):
        assert staff("roads").get(INDEX).status_code == 302
        assert staff("roads", "delete", "add").get(INDEX).status_code == 302

    @pytest.mark.parametrize(
        "query",
        ["sealed__startswith=a", "provider_id__regex=^1", "subject_key__wrapped__contains=x",
         "nope=1", "id=abc", "pk=1", "state=waiting", "state__startswith=w", "channel__regex=e",
         "attempts__gt=1", "o__x=1", "template=housing", "subject_key__id__exact=1",
         "export=pdf", "e=1%00", "q=" + "x" * 201,
         "channel=%00", "&".join(f"a{n}=1" for n in range(40))],
    )  # fmt: skip
    def test_a_look_up_that_is_not_listed_is_a_bad_request(self, officer, make, query):
        make()
        assert officer.get(f"{INDEX}?{query}").status_code == 400

    @pytest.mark.parametrize(
        "query",
        ["", "state__exact=waiting", "channel=email", "q=x", "o=1", "o=-1.2", "o=99", "o=a",
         "o=--", "p=2", "p=0", "p=-5", "p=abc", "p=" + "9" * 50, "state__exact=nope", "e=1",
         "q=" + "x" * 200, "q=%27%22%25_", "o=-0.0.0"],
    )  # fmt: skip
    def test_a_listed_one_and_any_page_and_order_is_answered(self, reader, make, query):
        make()
        assert reader.get(f"{INDEX}?{query}").status_code == 200

    def test_filters_and_listed_look_ups_narrow(self, reader, make):
        (
            make(dedupe="sent-1", state="sent"),
            make(dedupe="wait-1"),
            make(dedupe="sms-1", channel="sms"),
        )
        html = reader.get(f"{INDEX}?state__exact=sent").content.decode()
        assert "sent-1" in html
        assert "wait-1" not in html
        html = reader.get(f"{INDEX}?channel=sms").content.decode()
        assert "sms-1" in html
        assert "wait-1" not in html

    def test_the_search_knows_every_keyboard_and_exact_codes(self, reader, make):
        make(dedupe="123456", error="پیگیری کارت"), make(dedupe="777", error="دیگر")
        for typed in ("كارت پيگيري", "کارت", "۱۲۳۴۵۶", "123 456"):
            html = reader.get(INDEX, {"q": typed}).content.decode()
            assert "۱۲۳۴۵۶" in html, typed
            assert "۷۷۷" not in html, typed
        assert "۱۲۳۴۵۶" not in reader.get(INDEX, {"q": "1234"}).content.decode()

    def test_the_number_of_queries_does_not_grow_with_the_rows(
        self, reader, make, django_assert_max_num_queries
    ):
        for _ in range(3):
            make()
        reader.get(INDEX)
        with django_assert_max_num_queries(40) as few:
            reader.get(INDEX)
        for _ in range(40):
            make()
        with django_assert_max_num_queries(len(few)):
            reader.get(INDEX)

    def test_one_bounded_count_and_no_other(
        self, reader, make, monkeypatch, django_assert_max_num_queries
    ):
        monkeypatch.setattr(counting, "MOST_COUNTED", 60)
        for _ in range(70):
            make()
        with django_assert_max_num_queries(40) as queries:
            response = reader.get(INDEX)
        counts = [q["sql"] for q in queries if "COUNT(" in q["sql"] and "outgoing" in q["sql"]]
        assert len(counts) == 1
        assert "LIMIT 61" in counts[0]
        assert response.context["paginator"].has_more
        assert response.context["result_count"] not in ("60", "۶۰")
        assert response.context["paginator"].num_pages == 2

    def test_an_empty_list_says_so(self, reader):
        response = reader.get(INDEX)
        assert response.status_code == 200
        assert not response.context["all_count"]


class TestExport:
    def rows(self, client: Client, query: str = "") -> list[list[str]]:
        response = client.get(f"{INDEX}?export=csv{query}")
        body = b"".join(response.streaming_content)
        assert body.startswith("\ufeff".encode())
        return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))

    def test_it_needs_a_permission_of_its_own(self, reader, make):
        make()
        for kind in ("csv", "xlsx"):
            assert reader.get(f"{INDEX}?export={kind}").status_code == 302
        assert "export=csv" not in reader.get(INDEX).content.decode()

    def test_the_button_is_there_for_whoever_may(self, officer, make):
        make()
        assert "export=csv" in officer.get(INDEX).content.decode()

    def test_only_ones_own_rows(self, officer, make):
        make(dedupe="mine"), make("housing", dedupe="other")
        assert [row[0] for row in self.rows(officer)[1:]] == ["mine"]

    def test_labels_zeros_yes_and_no_local_jalali_times_and_nothing_for_nothing(
        self, officer, make
    ):
        letter = make(dedupe="a", attempts=0)
        head, row = self.rows(officer)
        assert row[1] == str(MessageState.WAITING.label)
        assert row[2] == "0"
        assert row[3] == format_datetime(letter.due_at, digits=False)
        assert re.fullmatch(r"14\d\d/\d\d/\d\d \d\d:\d\d", row[3])
        assert row[4] in ("Yes", "بله")
        assert row[5] == ""
        assert head[4] == "Is new"

    @pytest.mark.parametrize(
        "text",
        ["=1+1", "+98912", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u200b=1",
         "＝1", "|x", "%0"],
    )  # fmt: skip
    def test_no_formula_runs(self, officer, make, text):
        assert safe_text(text) == f"'{text}"
        make(dedupe=text)
        assert self.rows(officer)[1][0] == f"'{text}"

    @pytest.mark.parametrize("value", ["متن", "a=b", "1-2", "", 5, -3, 1.5, None])
    def test_plain_text_and_numbers_stay_themselves(self, value):
        assert safe_text(value) == value

    def test_a_workbook_holds_text_as_text_and_numbers_as_numbers(self, officer, make):
        make(dedupe="=1+1\x01", attempts=3)
        response = officer.get(f"{INDEX}?export=xlsx")
        sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
        row = next(iter(sheet.iter_rows(min_row=2)))
        assert (row[0].value, row[0].data_type) == ("=1+1", "s")
        assert row[2].value == 3
        assert sheet.sheet_view.rightToLeft

    def test_it_follows_the_filters(self, officer, make):
        make(dedupe="sent", state="sent"), make(dedupe="waiting")
        assert [row[0] for row in self.rows(officer, "&state__exact=sent")[1:]] == ["sent"]

    def test_too_many_rows_are_asked_to_be_narrowed(self, officer, make, monkeypatch):
        monkeypatch.setattr(LetterAdmin, "export_max_rows", {"csv": 2, "xlsx": 2})
        for _ in range(3):
            make()
        response = officer.get(f"{INDEX}?export=csv&state__exact=waiting")
        assert response.status_code == 302
        assert "export" not in response["Location"]
        assert not AuditEntry.objects.exists()

    def test_the_file_is_named_for_what_and_when(self, officer, make):
        make()
        name = officer.get(f"{INDEX}?export=csv")["Content-Disposition"]
        assert re.search(r"outgoingmessage-14\d\d-\d\d-\d\d\.csv", name)


class TestSystemChecks:
    def complaints(self, **attributes: Any) -> set[str]:
        kind = type("Admin", (attributes.pop("base", LetterAdmin),), attributes)
        return {found.id for found in modeladmin_checks.complaints(kind())}

    def test_a_complete_one_passes(self):
        assert self.complaints() == set()

    def test_what_is_missing_is_named(self):
        assert self.complaints(list_select_related=None) == {"desk_core.E103"}
        assert self.complaints(list_select_related=True) == {"desk_core.E103"}
        assert self.complaints(inspect_view_fields=()) == {"desk_core.E104"}
        assert self.complaints(allowed_lookups=("name__startswith",)) == {"desk_core.E105"}
        assert self.complaints(visible_to=DeskModelAdmin.visible_to) == {"desk_core.E102"}

    def test_a_stock_modeladmin_is_refused(self, monkeypatch):
        class Stock(ModelAdmin):
            model = OutgoingMessage

        monkeypatch.setattr(modeladmin_checks, "registered", lambda: [Stock()])
        assert [found.id for found in modeladmin_checks.check_modeladmins(None)] == [
            "desk_core.E101"
        ]

    def test_every_registered_one_of_the_project_passes(self):
        assert modeladmin_checks.check_modeladmins(None) == []

    def test_the_registered_ones_are_found(self):
        from wagtail import hooks

        stock = LetterAdmin()

        with hooks.register_temporarily("register_admin_urls", _hook_of(stock)):
            assert stock in list(modeladmin_checks.registered())


def _hook_of(self: ModelAdmin):
    """A hook as the library makes it: a function that holds its ModelAdmin."""

    def register_admin_urls():
        return self.get_admin_urls_for_registration()

    return register_admin_urls
