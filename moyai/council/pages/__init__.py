"""会員以外にも開くページ — public pages of the council, by noun. Every module here is mounted: its `urlpatterns`, and its `MENU`."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

_names = sorted(module.name for module in iter_modules(__path__))
_modules: list[Any] = [import_module(f"{__name__}.{name}") for name in _names]

MENU = [entry for module in _modules for entry in getattr(module, "MENU", ())]
urlpatterns = [pattern for module in _modules for pattern in getattr(module, "urlpatterns", ())]
