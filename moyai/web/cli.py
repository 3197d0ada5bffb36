"""The `moyai` command."""

from __future__ import annotations

import argparse
import os
import sys


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moyai.web.settings")
    from moyai.web.rooms import modules

    parser = argparse.ArgumentParser(
        prog="moyai",
        description="もやい — 自治体の協議会が共同で使うシステム",
        formatter_class=argparse.RawTextHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    from moyai.web import operation

    operation.add_commands(commands)
    for module in modules("commands"):
        module.add_commands(commands)
    options = parser.parse_args(arguments)
    if not getattr(options, "without_django", False):
        import django

        from moyai.web.translations import compile_all

        compile_all()
        django.setup()
    return int(options.run(options) or 0)


if __name__ == "__main__":
    sys.exit(main())
