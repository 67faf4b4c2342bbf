"""The demo's staff: one user for each role, all with the password of the development settings."""

from django.conf import settings
from django.contrib.auth import get_user_model
from wagtail.users.models import UserProfile

from cms_pages import staffing
from cms_pages.enums import Role
from cms_pages.models import Department

# user name, first and last name, role, department
STAFF = [
    ("admin", "سرپرست", "سامانه", None, None),
    ("officer", "سارا", "کارشناس", Role.OFFICER, "roads"),
    ("head", "رضا", "رئیس", Role.HEAD, "roads"),
    ("officer2", "نادر", "کارشناس", Role.OFFICER, "housing"),
    ("complaints", "مینا", "رسیدگی", Role.COMPLAINTS, None),
    ("secretariat", "پویا", "دبیر", Role.SECRETARIAT, None),
    ("editor", "آوا", "ویراستار", Role.EDITOR, None),
    ("auditor", "کاوه", "بازرس", Role.AUDITOR, None),
    ("manager", "شیدا", "مدیر", Role.ADMINISTRATOR, None),
]


def build_people() -> None:
    """Create them; `admin` is a superuser."""
    users = get_user_model()
    for username, first, last, role, department in STAFF:
        user = users.objects.create_user(
            username,
            f"{username}@desk.example",
            settings.DEMO_PASSWORD,
            first_name=first,
            last_name=last,
            is_superuser=role is None,
            is_staff=role is None,
        )
        UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": "fa"})
        if role is not None:
            place = Department.objects.get(key=department) if department else None
            staffing.assign(user=user, role=role, department=place)


def are_here() -> bool:
    """Whether the demo's staff exist, so that cases can be made for them."""
    names = [row[0] for row in STAFF]
    return get_user_model().objects.filter(username__in=names).count() == len(names)


def table() -> list[str]:
    """Who they are, line by line, for the console."""
    lines = []
    for username, _first, _last, role, department in STAFF:
        what = str(Role(role).value) if role else "superuser"
        lines.append(f"  {username:<12} {what:<14} {department or ''}".rstrip())
    return lines
