"""事務局のページ — pages of the secretariat, by noun. Every module here is mounted: its `urlpatterns`, and its `MENU`."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

# Of the side menu, in the order of the work; the others follow by name.
FIRST = (
    "uses",
    "comparison",
    "committee_acts",  # committees/new/ before committees/<code>/
    "committees",
    "offices",
    "candidates",
    "bylaw_acts",
    "bylaws",
    "postings",
)

_names = sorted(module.name for module in iter_modules(__path__))
_names = [
    *(name for name in FIRST if name in _names),
    *(name for name in _names if name not in FIRST),
]
_modules: list[Any] = [import_module(f"{__name__}.{name}") for name in _names]

MENU = [entry for module in _modules for entry in getattr(module, "MENU", ())]
urlpatterns = [pattern for module in _modules for pattern in getattr(module, "urlpatterns", ())]
