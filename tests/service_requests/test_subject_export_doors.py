"""The doors to somebody's data: staff screen, command, tracking page, API."""

import io
import json
import re
import stat
import zipfile

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from cms_pages.enums import Role
from desk_core.models import AuditEntry
from persian.digits import to_ascii
from service_requests.attachments import IncomingFile
from service_requests.enums import Kind
from service_requests.limits import EXPORTS
from tests.cms_pages.factories import staff_user
from tests.service_requests.factories import (
    NATURAL,
    PDF,
    head_of,
    make_case,
    register,
    upload,
)
from tests.service_requests.test_subject_export import ANONYMOUS, MOBILE, superuser

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
URL = "/admin/requests/data-export/"
API = "/api/desk/v1"
NUMBER = NATURAL["national_id"]
FILLED = {
    "national_id": NUMBER,
    "reason": "export_in_person",
    "document": "national_card",
    "reference": "1405/312",
    "identity_checked": "on",
    "language": "fa",
    "hand_out": "1",
}


def archive_of(response) -> zipfile.ZipFile:
    assert response["Content-Type"] == "application/zip", response.content.decode()[:2000]
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def data_of(response) -> dict:
    return json.loads(archive_of(response).read("export.json"))


# The staff's screen


def test_the_address_is_the_one_that_the_menu_leads_to(client):
    client.force_login(head_of(make_case()))
    assert reverse("service_requests_admin:data_export") == URL
    page = client.get(URL)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert URL in client.get(reverse("wagtailadmin_home")).content.decode()


@pytest.mark.parametrize(
    "role", [Role.OFFICER, Role.SECRETARIAT, Role.AUDITOR, Role.EDITOR, Role.ADMINISTRATOR]
)
def test_other_roles_have_no_such_screen(client, role):
    case = make_case()
    place = {"department": case.department} if role == Role.OFFICER else {}
    client.force_login(staff_user(role, **place))
    for answer in (client.get(URL), client.post(URL, FILLED), client.post(URL, {"find": "1"})):
        assert answer.status_code in (302, 403)
        assert not answer.streaming
    assert URL not in client.get(reverse("wagtailadmin_home")).content.decode()
    assert not AuditEntry.objects.filter(action__contains="exported").exists()


def test_nobody_gets_anything_without_signing_in(client):
    make_case()
    for answer in (client.get(URL), client.post(URL, FILLED)):
        assert answer.status_code == 302
        assert "/login/" in answer["Location"]


def test_find_shows_facts_and_the_number_stays_out_of_addresses_and_trail(client):
    case = make_case()
    client.force_login(head_of(case))
    page = client.post(URL, {"national_id": NUMBER, "find": "1"})
    assert page.status_code == 200
    text = page.content.decode()
    assert case.code in re.sub(r"<[^>]+>", "", text)
    for word in ("آسفالت", NATURAL["last_name"]):
        assert word not in text
    assert 'name="left_out"' in text
    assert 'name="added"' not in text
    entry = AuditEntry.objects.get(action="subject.searched")
    assert entry.detail == {"by": ["national_id"], "found": 1}


def test_a_number_in_the_address_finds_nothing(client):
    case = make_case()
    client.force_login(head_of(case))
    page = client.get(URL, FILLED)
    assert case.code not in to_ascii(page.content.decode())
    assert NUMBER not in to_ascii(page.content.decode())


def test_hand_out_sends_the_file(client):
    case = make_case(files=[IncomingFile.of(upload())])
    client.force_login(head_of(case))
    response = client.post(URL, FILLED)
    assert "no-store" in response["Cache-Control"]
    assert "attachment" in response["Content-Disposition"]
    assert case.code not in response["Content-Disposition"]
    archive = archive_of(response)
    data = json.loads(archive.read("export.json"))
    assert [found["code"] for found in data["cases"]] == [case.code]
    assert archive.read(data["cases"][0]["files"][0]["path"]) == PDF


def test_what_was_found_by_telephone_is_chosen_by_hand(client):
    nobodys = make_case(Kind.SUGGESTION, person=ANONYMOUS)
    client.force_login(superuser())
    values = {**FILLED, "national_id": "", "mobile": MOBILE}
    page = client.post(URL, {"mobile": MOBILE, "find": "1"})
    assert 'name="added"' in page.content.decode()
    refused = client.post(URL, values)
    assert refused.status_code == 422
    assert refused.context["hand_out"].non_field_errors()
    assert data_of(client.post(URL, {**values, "added": nobodys.code}))["count"] == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"national_id": "123"}, "national_id"),
        ({"national_id": ""}, ""),
        ({"reason": ""}, "reason"),
        ({"document": "x"}, "document"),
        ({"reference": "گلنار آزمونی"}, "reference"),
        ({"reference": "1" * 300}, "reference"),
        ({"identity_checked": ""}, "identity_checked"),
        ({"language": "xx"}, "language"),
    ],
)
def test_errors_stand_at_their_field_and_nothing_typed_is_lost(client, changes, field):
    case = make_case()
    client.force_login(head_of(case))
    values = {**FILLED, **changes, "left_out": "999999999999"}
    response = client.post(URL, values)
    assert response.status_code == 422
    forms = [response.context["subject"], response.context["hand_out"]]
    errors = {name: texts for form in forms for name, texts in form.errors.items()}
    assert list(errors) == [field or "__all__"]
    text = response.content.decode()
    assert f'value="{values["national_id"]}"' in text or not values["national_id"]
    assert not AuditEntry.objects.filter(action__contains="exported").exists()


def test_nothing_found_is_said_clearly(client):
    make_case(person={**NATURAL, "national_id": "0084575948"})
    client.force_login(superuser())
    page = client.post(URL, {"national_id": NUMBER, "find": "1"}).content.decode()
    assert '<p role="status">' in page
    assert 'name="hand_out"' not in page


def test_what_belongs_to_another_number_is_only_counted(client):
    other = make_case(person={**NATURAL, "national_id": "0084575948"})
    client.force_login(superuser())
    page = client.post(URL, {"national_id": NUMBER, "mobile": MOBILE, "find": "1"})
    assert page.context["found"].elsewhere == 1
    assert other.code not in to_ascii(page.content.decode())
    values = {**FILLED, "mobile": MOBILE, "added": other.code}
    assert client.post(URL, values).status_code == 422


def test_more_cases_than_the_screen_names_go_in_all_the_same(client, monkeypatch):
    monkeypatch.setattr("service_requests.admin.data_export._MOST_NAMED", 2)
    for _n in range(3):
        make_case()
    client.force_login(superuser())
    page = client.post(URL, {"national_id": NUMBER, "find": "1"})
    assert page.content.decode().count('name="left_out"') == 2
    assert page.context["unnamed"] == 1
    assert data_of(client.post(URL, FILLED))["count"] == 3


# The command


def run(monkeypatch, numbers: str, *arguments: str) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(numbers))
    out = io.StringIO()
    call_command("export_subject", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


WHY = ("--reason=export_letter", "--document=organisation", "--reference=1405/9")


def test_the_command_lists_then_writes_a_file_for_its_owner_alone(monkeypatch, tmp_path):
    case, user = make_case(), superuser()
    who = ("--by=national_id", f"--user={user.username}")
    listed = run(monkeypatch, f"{NUMBER}\n", *who)
    assert f"theirs: 1\n  {case.code}" in listed
    assert NUMBER not in listed
    to = tmp_path / "export.zip"
    told = run(monkeypatch, f"{NUMBER}\n", *who, f"--to={to}", *WHY, "--identity-checked")
    assert told.startswith("1 cases handed out")
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    assert json.loads(zipfile.ZipFile(to).read("export.json"))["count"] == 1
    assert AuditEntry.objects.get(action="subject.exported").actor == user


def test_the_command_encrypts_for_a_key(monkeypatch, tmp_path):
    make_case()
    identity, to = pyrage.x25519.Identity.generate(), tmp_path / "export.zip.age"
    run(
        *(monkeypatch, f"{NUMBER}\n", "--by=national_id", f"--user={superuser().username}"),
        *(f"--to={to}", *WHY, "--identity-checked", f"--recipient={identity.to_public()}"),
    )
    plain = pyrage.decrypt(to.read_bytes(), [identity])
    assert zipfile.ZipFile(io.BytesIO(plain)).testzip() is None


@pytest.mark.parametrize(
    ("numbers", "more", "told"),
    [
        ("123\n", (), "^national_id: "),
        ("\n", (), "^[^:]+$"),
        (f"{NUMBER}\n", ("--reference=",), "reference: "),
        (f"{NUMBER}\n", ("--without=ALL",), "^identity_checked: "),
        (f"{NUMBER}\n", ("--recipient=age1x",), "age public key"),
    ],
)
def test_the_command_refuses_and_leaves_no_file(monkeypatch, tmp_path, numbers, more, told):
    make_case()
    to = tmp_path / "export.zip"
    with pytest.raises(CommandError, match=told) as error:
        run(
            *(monkeypatch, numbers, "--by=national_id", f"--user={superuser().username}"),
            *(f"--to={to}", *WHY, *more),
        )
    assert NUMBER not in str(error.value)
    assert not to.exists()


def test_the_command_overwrites_nothing_and_knows_the_rights(monkeypatch, tmp_path):
    case = make_case()
    to = tmp_path / "there.zip"
    to.write_text("precious")
    who = ("--by=national_id", f"--to={to}", *WHY, "--identity-checked")
    with pytest.raises(CommandError, match="cannot be written"):
        run(monkeypatch, f"{NUMBER}\n", *who, f"--user={superuser().username}")
    assert to.read_text() == "precious"
    assert not AuditEntry.objects.filter(action__contains="exported").exists()
    officer = staff_user(Role.OFFICER, case.department)
    for name in (officer.username, "nobody-here"):
        with pytest.raises(CommandError):
            run(monkeypatch, f"{NUMBER}\n", *who[:1], f"--user={name}")


def test_no_number_can_be_given_as_an_argument():
    from service_requests.management.commands.export_subject import Command

    parser = Command().create_parser("manage.py", "export_subject")
    for name in ("--national-id", "--identifier", "--mobile"):
        with pytest.raises(CommandError):
            parser.parse_args(["--by=mobile", "--user=x", name, NUMBER])


# The applicant's own doors


@pytest.fixture
def visitor(client):
    """A citizen with their one case open."""
    receipt = register(files=[IncomingFile.of(upload())])
    data = {"code": receipt.code, "password": receipt.password}
    assert client.post(reverse("service_requests:track"), data).status_code == 302
    return client, receipt


def test_the_tracking_page_offers_the_download(visitor):
    client, receipt = visitor
    address = reverse("service_requests:case_export")
    assert address in client.get(reverse("service_requests:case")).content.decode()
    response = client.get(address)
    assert "no-store" in response["Cache-Control"]
    data = data_of(response)
    assert [case["code"] for case in data["cases"]] == [receipt.code]
    assert data["language"] == "fa"
    assert NUMBER not in json.dumps(data)


def test_without_a_session_there_is_nothing(client):
    make_case()
    answer = client.get(reverse("service_requests:case_export"))
    assert answer.status_code == 302
    assert client.get(f"{API}/session/export").status_code == 401


def test_downloads_are_counted_by_the_case(visitor):
    client, receipt = visitor
    address = reverse("service_requests:case_export")
    for _n in range(EXPORTS.rate):
        assert archive_of(client.get(address)).testzip() is None
    answer = client.get(address)
    assert answer.status_code == 429
    assert not answer.streaming
    assert receipt.code in re.sub(r"<[^>]+>", "", answer.content.decode())
    assert client.head(address).status_code == 429


def test_the_api_hands_out_the_same(client):
    receipt = register()
    opened = client.post(
        f"{API}/sessions",
        {"code": receipt.code, "password": receipt.password},
        "application/json",
    ).json()
    headers = {"Authorization": f"Bearer {opened['token']}", "Accept-Language": "en"}
    data = data_of(client.get(f"{API}/session/export", headers=headers))
    assert (data["cases"][0]["code"], data["language"]) == (receipt.code, "en")
    for _n in range(EXPORTS.rate - 1):
        data_of(client.get(f"{API}/session/export", headers=headers))
    over = client.get(f"{API}/session/export", headers=headers)
    assert (over.status_code, over.json()["type"]) == (429, "urn:desk:problem:too-often")
