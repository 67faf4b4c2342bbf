"""The desk API: the same verbs and rules as the pages, for other programs."""

from service_requests.api.desk import desk_api

__all__ = ["desk_api"]
