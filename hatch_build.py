"""How the wheel is put together: each app gets its templates and static files, one the texts."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

APPS = ("persian", "desk_core", "cms_pages", "sla", "notices", "service_requests")
# What belongs to no single app (error pages, overrides of the Wagtail admin) travels with this one.
HOME = "desk_core"


class Assemble(BuildHookInterface):
    """Maps the folders of the repository, which are laid out for reading, to those of the apps."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the catalogues and tell hatchling where everything goes."""
        root = Path(self.root)
        include = build_data["force_include"]
        for kind in ("templates", "static"):
            for entry in sorted((root / kind).iterdir()):
                app = entry.name if entry.name in APPS else HOME
                include[str(entry)] = f"{app}/{kind}/{entry.name}"
        self._catalogues(root, include)

    def _catalogues(self, root: Path, include: dict[str, str]) -> None:
        import polib

        built = root / "build" / "locale"
        for language in ("fa", "en"):
            for domain in ("django", "djangojs"):
                whole = polib.POFile()
                # The desk's own texts first: where both translate a text, theirs is the one.
                for folder in ("locale", "locale/wagtail"):
                    source = root / folder / language / "LC_MESSAGES" / f"{domain}.po"
                    if not source.exists():
                        continue
                    catalogue = polib.pofile(str(source))
                    whole.metadata = whole.metadata or catalogue.metadata
                    known = {(e.msgctxt, e.msgid) for e in whole}
                    whole.extend(
                        e
                        for e in catalogue.translated_entries()
                        if (e.msgctxt, e.msgid) not in known
                    )
                if len(whole):
                    target = built / language / "LC_MESSAGES" / f"{domain}.mo"
                    target.parent.mkdir(parents=True, exist_ok=True)
                    whole.save_as_mofile(str(target))
                    include[str(target)] = f"{HOME}/locale/{language}/LC_MESSAGES/{domain}.mo"
