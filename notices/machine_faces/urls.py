"""Addresses of the machine faces, below `status/`."""

from django.urls import URLPattern, path

from notices.machine_faces import views

_STATUSPAGE = {
    "summary": "summary",
    "status": "status",
    "components": "components",
    "incidents": "incidents",
    "incidents/unresolved": "unresolved",
    "scheduled-maintenances": "maintenances",
    "scheduled-maintenances/upcoming": "upcoming",
    "scheduled-maintenances/active": "active",
}
_FORMS = ("rss", "atom", "json")
_ALERTS = ("rss", "atom")

urlpatterns: list[URLPattern] = [
    *(
        path(f"api/v2/{address}.json", views.statuspage, {"body": body}, name=f"statuspage_{body}")
        for address, body in _STATUSPAGE.items()
    ),
    path("api/<path:rest>", views.nothing),
    *(path(f"history.{form}", views.feed, {"form": form}, name=f"feed_{form}") for form in _FORMS),
    path("maintenance.ics", views.calendar, name="calendar"),
    *(
        path(
            f"services/<slug:key>/history.{form}",
            views.feed,
            {"form": form},
            name=f"service_feed_{form}",
        )
        for form in _FORMS
    ),
    *(path(f"cap.{form}", views.cap_feed, {"form": form}, name=f"cap_{form}") for form in _ALERTS),
    path("cap/<uuid:notice>/<int:number>.xml", views.cap_message, name="cap_message"),
    path("widget.js", views.widget_script, name="widget"),
    path("widget.json", views.widget, name="widget_data"),
    path("services/<slug:key>/widget.json", views.widget, name="service_widget_data"),
    path("badge.svg", views.badge, name="badge"),
    path("services/<slug:key>/badge.svg", views.badge, name="service_badge"),
    path("availability/<slug:key>/badge.svg", views.availability_badge, name="availability_badge"),
    path("services/<slug:key>/maintenance.ics", views.calendar, name="service_calendar"),
]
