"""How tests are spread over processes: one at a time, but for modules with dear shared fixtures.

Each process that ran a test of such a module would make its server, desk or browser anew. (The
marks of pytest-xdist for this are lost with pytest 9.2.)
"""

from typing import Any

from xdist.scheduler import LoadScopeScheduling

TOGETHER = frozenset(
    f"tests/{module}.py"
    for module in (
        "browser/face/test_face",
        "browser/test_accessibility",
        "browser/test_agreements",
        "browser/test_choosers",
        "browser/test_editor",
        "browser/test_promises",
        "browser/test_registering",
        "portal/test_query_budget",
        "portal/test_settings_wagtail_v3",
        "portal/test_signed_by_api_v3",
    )
)


class Spreading(LoadScopeScheduling):
    """Hands out a test, or all tests of a module that is named above."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if module in TOGETHER else nodeid


def scheduler(config: Any, log: Any) -> Spreading:
    """For `pytest_xdist_make_scheduler`."""
    return Spreading(config, log)
