"""種の入力 by two officials — one types the value that was thrown in public, another types it again; they must agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from moyai.draws.refusals import SeedRefused
from moyai.draws.rules import NotADraw, seed_of

Official = Mapping[str, Any]  # id and name, as kept with the draw


def seed_by_two(
    typed: str, *, seed: str, seed_by: Sequence[Official], official: Official
) -> tuple[str, list[Official]]:
    """The seed and who entered it, after what an official typed; it holds once two are in the list.

    The first may correct himself until the second agrees. Raises SeedRefused: no seed, two have entered it, or another
    value than the first official's.
    """
    try:
        given = seed_of(typed)
    except NotADraw as error:
        raise SeedRefused(fields={"seed": str(SeedRefused.message)}) from error
    if len(seed_by) == 2:
        raise SeedRefused(_("種は、すでに2名が入力しています。"))
    if not seed_by or seed_by[0]["id"] == official["id"]:
        return given, [official]
    if seed != given:
        raise SeedRefused(
            _("先に入力された値と違います。控えを2人で確かめてください。"),
            fields={"seed": _("先に入力された値と違います。")},
        )
    return given, [seed_by[0], official]
