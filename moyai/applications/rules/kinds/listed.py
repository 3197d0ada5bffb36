"""Kind of field for a choice out of a long list of the edition: 一覧から選択."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from moyai.applications.rules.expressions.types import Type
from moyai.applications.rules.kinds.base import Kind, Read, Reading, Schema, Settings, Showing, Wrong, line
from moyai.applications.rules.kinds.choices import labels
from moyai.applications.rules.result import Param
from moyai.applications.rules.text import folded


class Listed(Kind):
    """一覧から選択 — the code of a row of one of the edition's `lists`, of up to 1,000 rows.

    The words of the row are taken too when only one row has them. The compiler puts the rows of the list
    into the settings as `options`.
    """

    name, ja, missing = "listed", "一覧から選択", "missing_choice"
    en = "Choose from a long list"
    settings: ClassVar[dict[str, Schema]] = {"list": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}}
    needed = ("list",)

    def value_type(self, settings: Settings) -> Type:
        return Type("text", frozenset(labels(settings["options"])))

    def faults(self, settings: Settings) -> Iterator[tuple[str, str, dict[str, Param]]]:
        if not settings["options"]:
            yield ".list", "e_no_list", {"id": settings["list"]}

    def reader(self, settings: Settings) -> Read:
        names = labels(settings["options"])
        codes: dict[str, list[str]] = {}
        for code, label in names.items():
            codes.setdefault(folded(label), []).append(code)

        def read(value: Any, reading: Reading) -> str:
            if isinstance(value, str) and value in names:
                return value
            meant = codes.get(folded(line(value)), ()) if isinstance(value, str) else ()
            if len(meant) != 1:
                raise Wrong("not_listed")
            return meant[0]

        return read

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        return next((str(one["label"]) for one in settings["options"] if one["value"] == kept), str(kept))
