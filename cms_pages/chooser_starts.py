"""Wagtail's choosers outside the page editor, started by a script of ours instead of inline code.

`BaseChooser.render` puts a `<script>` behind the field, which the content policy of the admin
forbids: the buttons for moving and copying pages and those of the settings would do nothing. Here
it writes down what to start, and `static/cms_pages/choosers.js` starts it.
"""

import json
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.widgets import BaseChooser


def write_down_the_start() -> None:
    """Let every chooser be rendered so."""
    BaseChooser.render = _render


def _render(
    widget: BaseChooser, name: str, value: Any, attrs: Any = None, renderer: Any = None
) -> SafeString:
    """The field, and beside it the chooser's class, the field's id and the options as JSON."""
    identity = attrs["id"]
    data = widget.get_value_data(value)
    options = widget.get_js_init_options(identity, name, data)
    return format_html(
        '{}<template data-desk-chooser="{}" data-for="{}" data-options="{}"></template>',
        SafeString(widget.render_html(name, data, attrs)),
        widget.js_constructor,
        identity,
        json.dumps(options),
    )
