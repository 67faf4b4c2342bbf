"""The editor's form of recurring maintenance: who changes a rule is written down."""

from typing import Any

from django.db import transaction
from wagtail.admin.forms import WagtailAdminModelForm


class RuleForm(WagtailAdminModelForm):
    """Every change takes back an approval: it was given to what the rule said before."""

    def save(self, commit: bool = True) -> Any:
        """Note the person, and let another approve anew.

        Without a change nothing is written: somebody may have approved it in the meantime.
        """
        if self.instance.pk and not self.has_changed():
            return self.instance
        self.instance.changed_by = self.for_user
        self.instance.approved_by = None
        # Whoever approves meanwhile waits for the row, and then finds the services, too.
        with transaction.atomic():
            return super().save(commit)
