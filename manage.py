#!/usr/bin/env python
"""Django's command line for the deployment in site/portal."""

import gc
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main() -> None:
    """Run a management command with the development settings unless told otherwise."""
    # "site" is the standard library's name, so the folder is put on the path and never imported.
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")
    # Nothing that is imported is garbage, and looking for some takes a quarter of the start:
    # `portal.apps` begins to look.
    gc.disable()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
