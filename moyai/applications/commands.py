"""The commands of 電子申請 on `moyai`."""

from __future__ import annotations

import argparse

from moyai.applications import commands_forms, commands_keeping


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds every command of this package."""
    commands_forms.add_commands(commands)
    commands_keeping.add_commands(commands)
