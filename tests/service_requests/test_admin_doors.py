"""No URL of the admin shows or changes a case that the reader may not know of."""

import uuid

import pytest
from django.contrib.auth.models import Permission
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from wagtail.models import ModelLogEntry, PageLogEntry, ReferenceIndex

from cms_pages.enums import Role
from persian.digits import to_ascii
from service_requests import conversation, letters, notes, workflow
from service_requests.attachments import IncomingFile
from service_requests.enums import Direction, Kind
from service_requests.models import Attachment, Case, Credential, LetterBook, Secretariat
from tests.cms_pages.factories import DepartmentFactory, UserFactory, make_site, staff_user
from tests.service_requests.factories import make_case, officer_of, upload

pytestmark = [pytest.mark.django_db, pytest.mark.screen]


def patterns(resolver, prefix=""):
    """Every URL pattern below a resolver, as text."""
    for found in resolver.url_patterns:
        route = prefix + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from patterns(found, route)
        elif isinstance(found, URLPattern):
            yield route, found


def case_doors(case: Case, file: Attachment) -> list[str]:
    """Every address of the admin that names one case, its credential or its file."""
    values = {
        "instance_pk": None,
        "case_id": str(case.pk),
        "attachment_id": str(file.pk),
        "letter_id": str(case.letters.get().pk),
        "report_id": str(uuid.uuid4()),
    }
    doors = []
    for route, found in patterns(get_resolver()):
        name = found.name or ""
        if not route.startswith("admin/") or "service_requests" not in (
            route + (found.lookup_str or "")
        ):
            continue
        keys = set(found.pattern.converters) | set(
            getattr(getattr(found.pattern, "regex", None), "groupindex", {})
        )
        # What is no case's own (deputies, tokens, forms to register on) has tests of its own.
        if keys <= {"key"} or (keys == {"pk"} and "modeladmin" not in name):
            continue
        if "modeladmin" in name:
            credential = Credential.objects.get(case=case)
            of_the_case = {
                "case": case.pk,
                "credential": credential.pk,
                "surveyanswer": uuid.uuid4(),
                "letter": case.letters.get().pk,
            }
            # What is the same for all cases (books, hours, teams) has tests of its own.
            pk = of_the_case.get(name.split("_modeladmin")[0].split("_")[-1], 0)
            doors.append(reverse(name, args=[pk]))
        else:
            namespace = "service_requests_admin:" + name
            doors.append(reverse(namespace, kwargs={key: values[key] for key in keys}))
    return doors


def with_everything(kind: str = Kind.REQUEST) -> Case:
    """A case with a file and a letter."""
    case = make_case(kind, files=[IncomingFile.of(upload())])
    secretariat = Secretariat.objects.create(name="دبیرخانه")
    book = LetterBook.objects.create(secretariat=secretariat, direction=Direction.INCOMING)
    letters.register_incoming(case=case, actor=UserFactory(is_superuser=True), book=book)
    case.refresh_from_db()
    return case


def strangers(case: Case):
    department = case.department
    return {
        "officer of another department": staff_user(Role.OFFICER),
        "head of another department": staff_user(Role.HEAD),
        "complaints office": staff_user(Role.COMPLAINTS),
        "editor": staff_user(Role.EDITOR, department),
        "administrator": staff_user(Role.ADMINISTRATOR),
        "nobody": staff_user(None),
        "all permissions by hand": all_permissions(),
    }


def all_permissions():
    user = staff_user(Role.EDITOR)
    user.user_permissions.set(Permission.objects.all())
    return type(user).objects.get(pk=user.pk)


def test_others_get_nothing_at_any_door(client):
    case = with_everything()
    doors = case_doors(case, Attachment.objects.get())
    assert len(doors) >= 9
    for who, user in strangers(case).items():
        client.force_login(user)
        for door in doors:
            for send in (client.get, client.post):
                response = send(door, {"action": "start_review", "start_review-expected": 1})
                assert response.status_code in {302, 403, 404, 405}, (who, door)
                if response.status_code == 302:
                    assert response["Location"].startswith("/admin"), (who, door)
                    assert who in {"nobody"} or "login" not in response["Location"], (who, door)
                if not response.streaming:
                    assert case.code not in to_ascii(response.content.decode())
    case.refresh_from_db()
    assert (case.state, case.version) == ("registered", 2)


def test_an_officer_of_another_department_gets_404_everywhere(client):
    case = with_everything()
    client.force_login(staff_user(Role.OFFICER))
    for door in case_doors(case, Attachment.objects.get()):
        if "surveyanswer" not in door:
            assert client.get(door).status_code in {404, 405}, door
            assert client.post(door).status_code in {404, 405}, door


def test_a_complaint_is_a_404_for_the_department_complained_of(client):
    case = with_everything(Kind.COMPLAINT)
    for role in (Role.OFFICER, Role.HEAD, Role.SECRETARIAT):
        client.force_login(staff_user(role, case.department))
        for door in case_doors(case, Attachment.objects.get()):
            if "surveyanswer" not in door:
                assert client.get(door).status_code in {404, 405}, (role, door)
    client.force_login(staff_user(Role.COMPLAINTS))
    url = reverse("service_requests_case_modeladmin_inspect", args=[case.pk])
    assert client.get(url).status_code == 200


NOBODY = "00000000-0000-4000-8000-000000001405"


@pytest.mark.parametrize("pk", ["x", "1", "0" * 40, NOBODY, "%00", "a/b", "؟"])
def test_a_case_that_is_none_is_a_404(client, pk):
    client.force_login(UserFactory(is_superuser=True))
    base = reverse("service_requests_case_modeladmin_index")
    for action in ("inspect", "history", "edit", "delete"):
        assert client.get(f"{base}{action}/{pk}/").status_code == 404


def test_anonymous_people_are_sent_to_the_login(client):
    case = with_everything()
    for door in case_doors(case, Attachment.objects.get()):
        response = client.get(door)
        assert response.status_code in {302, 404, 405}, door
        if response.status_code == 302:
            assert "login" in response["Location"]


def test_nobody_edits_or_deletes_a_case_by_the_stock_forms(client):
    case = make_case()
    client.force_login(UserFactory(is_superuser=True))
    for action in ("edit", "delete"):
        url = reverse(f"service_requests_case_modeladmin_{action}", args=[case.pk])
        for response in (client.get(url), client.post(url)):
            assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert Case.objects.filter(pk=case.pk).exists()


def test_wagtails_own_doors_know_nothing_of_a_case(client):
    make_site()
    case = make_case(files=[IncomingFile.of(upload())])
    officer = officer_of(case)
    conversation.citizen_adds(case=case, text="پیام")
    case.refresh_from_db()
    notes.add(case=case, actor=officer, text="یادداشت")
    case.refresh_from_db()
    workflow.refer(
        case=case,
        actor=officer,
        expected=case.version,
        department=DepartmentFactory(),
        reason="دلیل",
    )
    client.force_login(officer)
    client.get(reverse("service_requests_case_modeladmin_inspect", args=[case.pk]))
    assert not ModelLogEntry.objects.exists()
    assert not PageLogEntry.objects.filter(label__contains=case.code).exists()
    assert not ReferenceIndex.objects.filter(
        base_content_type__app_label="service_requests"
    ).exists()
    client.force_login(UserFactory(is_superuser=True))
    for url in (
        reverse("wagtailadmin_reports:site_history"),
        reverse("wagtailadmin_reports:aging_pages"),
        reverse("wagtailadmin_pages:search") + f"?q={case.code}",
        reverse("wagtaildocs:index") + f"?q={case.code}",
        reverse("wagtailimages:index") + f"?q={case.code}",
        "/api/v2/pages/",
    ):
        response = client.get(url)
        assert response.status_code in {200, 404}, url
        page = (
            to_ascii(response.content.decode())
            .replace(f"q={case.code}", "")
            .replace(f'value="{case.code}"', "")
        )
        for secret in ("بنفشه", "گلنار", "0499370899", str(case.pk)):
            assert secret not in page, url


def test_cases_are_no_snippets_and_no_chooser_offers_them():
    from wagtail.admin.viewsets import viewsets
    from wagtail.snippets.models import get_snippet_models

    ours = {m for m in get_snippet_models() if m._meta.app_label == "service_requests"}
    assert not ours
    assert not [
        v
        for v in viewsets.viewsets
        if getattr(getattr(v, "model", None), "_meta", None)
        and v.model._meta.app_label == "service_requests"
    ]
