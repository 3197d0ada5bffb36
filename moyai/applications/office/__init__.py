"""Pages of staff, by noun. Every module here is mounted: its `urlpatterns`, and its `MENU` in the order of `FIRST`."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from django.utils.translation import gettext_lazy as _

FIRST = ("inbox", "procedures")  # of the side menu; the others follow by name

_names = sorted(module.name for module in iter_modules(__path__))
_modules: list[Any] = [
    import_module(f"{__name__}.{name}")
    for name in (*FIRST, *(name for name in _names if name not in FIRST))
]

MENU = [
    (_("受付箱"), "applications_office_inbox"),
    (_("手続き"), "applications_office_procedures"),
    *(entry for module in _modules for entry in getattr(module, "MENU", ())),
]

# The pages of one application come last: their address begins with its number.
urlpatterns = [
    pattern
    for module in sorted(_modules, key=lambda module: module.__name__.endswith((".acts", ".case")))
    for pattern in getattr(module, "urlpatterns", ())
]
