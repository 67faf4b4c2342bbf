"""Every queryset for staff begins at `visible_to(user)`: asked of the code and of what runs."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.test import RequestFactory

from desk_core.modeladmin import DeskModelAdmin
from desk_core.modeladmin.checks import registered
from service_requests import models
from service_requests.models import Case
from tests.cms_pages.factories import UserFactory
from tests.service_requests.factories import make_case

ROOT = Path(__file__).resolve().parents[2]
MANAGERS = ("objects", "_default_manager", "_base_manager")
ROOMS = ("service_requests/admin", "service_requests/api")
# What a queryset of theirs may begin with instead: nothing, or the rows of one case in hand.
HARMLESS = {"visible_to", "words_visible_to", "led_by", "none", "of_case"}
# The facts of the case in hand, after a step that may have taken it out of sight.
IN_HAND = {("staff_doors.py", "Case", "for_list")}
# Rules and places, which name no case; whoever leads a department sees its own.
OF_NO_CASE = {
    *("Team", "VisitingHours", "VisitException", "VisitRules", "DepartmentRules"),
    *("Survey", "SurveyVersion", "Improvement", "MessageText", "ReminderStep", "RetentionRule"),
    *("RequestForm", "FormVersion", "RequestFormPage", "SurveyResultsPage"),
}
OF_CASES = {
    name
    for name in models.__all__
    if name not in OF_NO_CASE | {"Secretariat", "LetterBook", "LetterCounter"}
}


def beginnings(source: str):
    """(line, model, first method) of every queryset that begins at a manager in a module."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Attribute):
            continue
        manager = node.value
        if manager.attr in MANAGERS and isinstance(manager.value, ast.Name):
            yield node.lineno, manager.value.id, node.attr


def test_no_door_of_the_staff_begins_at_anything_else():
    found, seen = [], 0
    for room in ROOMS:
        for path in sorted((ROOT / room).glob("*.py")):
            for line, model, method in beginnings(path.read_text("utf-8")):
                seen += model in OF_CASES
                if (path.name, model, method) in IN_HAND:
                    continue
                if model in OF_CASES and method not in HARMLESS:
                    found.append(f"{path.name}:{line} {model}.objects.{method}")
    assert not found
    assert seen >= 8


def test_the_search_of_the_code_finds_what_it_is_for():
    assert list(beginnings("rows = Case.objects.filter(pk=1)")) == [(1, "Case", "filter")]


def test_every_list_of_the_admin_begins_there(monkeypatch):
    request = RequestFactory().get("/")
    request.user = UserFactory.build(is_superuser=True)
    admins = list(registered())
    assert {admin.model for admin in admins} >= {Case, models.Credential, models.Letter}
    for admin in admins:
        assert isinstance(admin, DeskModelAdmin)
        monkeypatch.setattr(admin, "visible_to", lambda user, of=admin: of.model.objects.none())
        assert admin.get_queryset(request).query.is_empty(), admin


@pytest.mark.django_db
def test_whoever_has_no_role_sees_nothing_of_any_case():
    make_case()
    nobody = UserFactory()
    personal = [
        model
        for model in apps.get_app_config("service_requests").get_models()
        if hasattr(model._default_manager.all(), "visible_to")
    ]
    assert Case in personal
    for model in personal:
        if model.__name__ not in OF_NO_CASE:
            assert not model._default_manager.visible_to(nobody).exists(), model
