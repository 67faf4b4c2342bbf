"""Settings of a worker process that a test starts, and kills."""

import os
from pathlib import Path

from portal.settings import dev
from portal.settings.dev import *  # noqa: F403

DESK_CHANNELS = {
    "email": "desk_core.channels.files.FileChannel",
    "sms": "desk_core.channels.kavenegar.KavenegarChannel",
}
TEMPLATES = [
    {**dev.TEMPLATES[0], "DIRS": [*dev.TEMPLATES[0]["DIRS"], Path(os.environ["TEST_TEMPLATES"])]},
    *dev.TEMPLATES[1:],
]
