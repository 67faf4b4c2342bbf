"""Settings of a site beside the live one: the same, with another database and other storages.

`REHEARSAL_SITE` names a file of JSON that says which; `desk_core.backup.scratch` writes it.
"""

import copy
import json
import os
from importlib import import_module
from pathlib import Path

_given = json.loads(Path(os.environ["REHEARSAL_SITE"]).read_text(encoding="utf-8"))
_live = import_module(_given["settings"])
globals().update({name: getattr(_live, name) for name in dir(_live) if name.isupper()})

DATABASES = copy.deepcopy(_live.DATABASES)
DATABASES["default"]["NAME"] = _given["database"]
STORAGES = {**copy.deepcopy(_live.STORAGES), **_given["storages"]}
CACHES = {
    alias: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": alias}
    for alias in _live.CACHES
}
DESK_ERASURE_LEDGER = Path(_given["ledger"])
