"""What happens at the council behind the scenes, by noun. Every module here is registered at start-up."""

from importlib import import_module
from pkgutil import iter_modules

for _module in sorted(module.name for module in iter_modules(__path__)):
    import_module(f"{__name__}.{_module}")
