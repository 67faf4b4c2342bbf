"""What `cms_pages` stores: the facts (departments, staff, services) and the pages that show them."""

from cms_pages.models.departments import Department, Membership
from cms_pages.models.services import Service

__all__ = ["Department", "Membership", "Service"]
