"""Pages outside a body. Every module here is mounted."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

urlpatterns: list[Any] = []
for _module in sorted(module.name for module in iter_modules(__path__)):
    urlpatterns += getattr(import_module(f"{__name__}.{_module}"), "urlpatterns", [])
