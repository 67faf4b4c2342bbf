"""What `cms_pages` stores: facts (departments, staff, services) and the pages that show them."""

from cms_pages.models.base import BasePage
from cms_pages.models.content import ContentPage, FaqPage, PrivacyPage, ServiceDeskPage
from cms_pages.models.department_pages import DepartmentIndexPage, DepartmentPage
from cms_pages.models.departments import Department, Membership
from cms_pages.models.desk_settings import DeskSettings
from cms_pages.models.home import HomePage
from cms_pages.models.service_pages import ServiceIndexPage, ServicePage
from cms_pages.models.services import Need, Service

__all__ = [
    "BasePage",
    "ContentPage",
    "Department",
    "DepartmentIndexPage",
    "DepartmentPage",
    "DeskSettings",
    "FaqPage",
    "HomePage",
    "Membership",
    "Need",
    "PrivacyPage",
    "Service",
    "ServiceDeskPage",
    "ServiceIndexPage",
    "ServicePage",
]
