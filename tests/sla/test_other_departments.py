"""Staff of another department, who type the addresses of an agreement's screens by hand."""

import pytest
from django.urls import reverse

from cms_pages.enums import Role
from sla import admin_urls
from sla.models import AgreementVersion
from tests.cms_pages.factories import DepartmentFactory, staff_user
from tests.sla.factories import make_page, make_signed

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
TITLE = "توافق‌نامهٔ راه"


@pytest.fixture
def version(db) -> AgreementVersion:
    roads = DepartmentFactory(key="roads", name="راه")
    return make_signed(department=roads, title=TITLE).version


def screens(version: AgreementVersion) -> list[str]:
    """Every address of the admin with the key of a version in it; taken from the list itself."""
    found = []
    for pattern in admin_urls.urlpatterns:
        # The cases behind a figure open for all who work with cases; each sees their own there.
        if not str(pattern.pattern).startswith("versions/") or pattern.name == "counted_cases":
            continue
        found.append(reverse(f"sla_admin:{pattern.name}", args=[version.pk]))
    found.append(reverse("sla_agreementversion_modeladmin_inspect", args=[version.pk]))
    found.append(reverse("sla_agreement_modeladmin_edit", args=[version.agreement_id]))
    return found


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD, Role.SECRETARIAT, Role.COMPLAINTS])
def test_no_screen_of_the_agreement_opens(client, version, role):
    elsewhere = DepartmentFactory(key="housing", name="مسکن")
    place = None if role == Role.COMPLAINTS else elsewhere
    client.force_login(staff_user(role, place))
    opened = screens(version)
    assert len(opened) >= 8
    for address in opened:
        for answer in (client.get(address), client.post(address, {"step": "announce"})):
            assert answer.status_code in (302, 403, 404, 405), address
            assert TITLE not in answer.content.decode()
    assert AgreementVersion.objects.count() == 1


def test_a_draft_of_theirs_is_compared_nowhere(client, version):
    draft = make_page(department=version.agreement.department, title="پیش‌نویس پنهان")
    client.force_login(staff_user(Role.HEAD, DepartmentFactory(key="housing")))
    page = version.pages.first()
    numbers = f"{version.number}-{draft.version.number}"
    for address in (f"{page.get_url()}changes/", f"{page.get_url()}changes/{numbers}/"):
        answer = client.get(address, follow=True)
        assert "پیش‌نویس پنهان" not in answer.content.decode()
    assert client.get(f"/agreements/desk/{draft.version.number}/text.json").status_code == 404
