"""会員のページ — pages of a member's staff, by noun. Every module here is mounted: its `urlpatterns`, and its `MENU`."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

FIRST = ("home",)  # of the side menu; the others follow by name

_names = sorted(module.name for module in iter_modules(__path__))
_names = [*(name for name in FIRST if name in _names), *(name for name in _names if name not in FIRST)]
_modules: list[Any] = [import_module(f"{__name__}.{name}") for name in _names]

MENU = [entry for module in _modules for entry in getattr(module, "MENU", ())]
urlpatterns = [pattern for module in _modules for pattern in getattr(module, "urlpatterns", ())]
