"""Logs and error reports say where something went wrong, never what people wrote."""

import logging

import pytest
from django.core import mail
from django.template import Context, Engine
from django.test import Client
from django.test.utils import override_settings
from django.utils.log import AdminEmailHandler

SECRET = "سپهروشان‌تبار"


def test_a_missing_variable_is_logged_without_the_context(caplog):
    caplog.set_level(logging.DEBUG, logger="django.template")
    Engine().from_string("{{ nothing }}").render(Context({"words": SECRET}))
    assert "nothing" in caplog.text
    assert SECRET not in caplog.text
    assert SECRET not in "".join(repr(record.__dict__) for record in caplog.records)


@pytest.mark.django_db
@pytest.mark.parametrize("html", [True, False])
def test_the_report_of_a_crash_holds_no_form_cookie_or_value(html, monkeypatch):
    handler = AdminEmailHandler(include_html=html)
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)

    def crash(*args, **kwargs):
        local = f"{SECRET} local"
        raise RuntimeError("the disk is full" if local else "")

    monkeypatch.setattr("service_requests.drafts.write", crash)
    client = Client(raise_request_exception=False)
    client.cookies["desk_tracking"] = "TOKEN-OF-A-CASE-55182"
    try:
        with override_settings(ADMINS=[("A", "a@desk.example")]):
            answer = client.post(
                "/requests/new/",
                {"kind": "request", "person_type": "natural", "body": SECRET},
            )
    finally:
        logger.removeHandler(handler)
    assert answer.status_code == 500
    parts = [part for report in mail.outbox for part, _type in report.alternatives]
    whole = "".join([*(report.body for report in mail.outbox), *map(str, parts)])
    assert bool(parts) == html
    assert "the disk is full" in whole
    assert "person_type" in whole
    assert SECRET not in whole
    assert SECRET.encode("unicode_escape").decode() not in whole
    assert "TOKEN-OF-A-CASE" not in whole
