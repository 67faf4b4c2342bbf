"""What runs inside the site beside the live one: the real restore, then a sample through the apps.

    python -m desk_core.backup.rehearsal NAME IDENTITY SAMPLE REPORT

writes one object of JSON to the file REPORT. Started by `verifying` with the settings of `scratch`.
"""

import json
import sys
from pathlib import Path
from typing import Any


def rehearse(name: str, identity: str, sample: int) -> dict[str, Any]:
    """Restore into this site, read a sample of it; problems are told, not raised.

    `hindered` is what this machine failed at, which says nothing about the backup.
    """
    from desk_core.backup import samples
    from desk_core.backup.errors import HINDRANCES, BackupError, in_a_line
    from desk_core.backup.restoring import restore

    try:
        counts = restore(name=name, identity=identity)
        read = samples.read_all(sample)
    except HINDRANCES as error:
        return {"problems": [], "counts": {}, "hindered": in_a_line(error)}
    except BackupError as error:
        return {"problems": [str(error)], "counts": {}}
    return {"problems": read.problems, "counts": {**counts, "opened": read.opened}}


def main() -> None:
    """Set Django up, rehearse, report."""
    import django

    django.setup()
    from desk_core.backup import scratch

    scratch.hold()
    name, identity, sample, report = sys.argv[1:]
    found = rehearse(name, identity, int(sample))
    Path(report).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
