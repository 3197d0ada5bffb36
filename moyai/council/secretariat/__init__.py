"""事務局のページ — pages of the secretariat, by noun. Every module here is mounted: its `urlpatterns`, and its
`MENU` under the headings below."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from django.utils.translation import gettext_lazy as _

# The side menu, in the order of the work.
HEADINGS = (
    (_("会員と規程"), ("uses", "comparison", "committees", "offices", "candidates", "bylaws", "postings")),
    (_("会議と報告"), ("meetings", "report")),
    (_("会計"), ("accounts", "budgets", "burdens", "bills", "settlements")),
)
FIRST = ("committee_acts", "bylaw_acts")  # committees/new/ before committees/<code>/

_names = [module.name for module in iter_modules(__path__)]
_modules: dict[str, Any] = {
    name: import_module(f"{__name__}.{name}") for name in sorted(_names, key=lambda name: (name not in FIRST, name))
}
MENU = [(*entry, heading) for heading, names in HEADINGS for name in names for entry in _modules[name].MENU]
urlpatterns = [
    pattern for module in _modules.values() for pattern in getattr(module, "urlpatterns", ())
]
