"""PDF from typst sources, with joined Persian letters and the font that is shipped here.

A source is a file `documents/<name>.typ` of an app. What differs goes in as JSON (`data`), never as
markup, so that nothing a person typed can become a command.
"""

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import typst

FONTS = Path(__file__).parent / "fonts"


def render_pdf(*, app: str, name: str, data: Mapping[str, Any]) -> bytes:
    """Compile `<app>/documents/<name>.typ` to PDF/A-2b; the source reads `data` as JSON."""
    source = resources.files(app) / "documents" / f"{name}.typ"
    with resources.as_file(source) as path:
        return typst.compile(
            str(path),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["a-2b"],
        )
