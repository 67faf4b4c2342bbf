"""The one hardened base of every ModelAdmin of the project.

Stock wagtail-modeladmin scopes only its list, opens history to everybody, takes any look-up from
the address bar, exports with any permission and writes formulas into spreadsheets. `DeskModelAdmin`
closes all of that; a system check refuses a registered ModelAdmin that does not derive from it.
"""

from desk_core.modeladmin.access import DeskPermissionHelper
from desk_core.modeladmin.base import DeskModelAdmin
from desk_core.modeladmin.instances import (
    DeskCreateView,
    DeskDeleteView,
    DeskEditView,
    DeskHistoryView,
    DeskInspectView,
)
from desk_core.modeladmin.lists import DeskIndexView

__all__ = [
    "DeskCreateView",
    "DeskDeleteView",
    "DeskEditView",
    "DeskHistoryView",
    "DeskIndexView",
    "DeskInspectView",
    "DeskModelAdmin",
    "DeskPermissionHelper",
]
