"""Tables that pages of the secretariat and of members show alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from moyai.operations.asking import table
from moyai.operations.queries.agreements import Agreement
from moyai.operations.words import BASES, agreement_badge, level_words


def agreed_list(agreements: Sequence[Agreement]) -> dict[str, Any] | None:
    """事業ごとの判定; None where nothing was agreed."""
    rows: list[list[Any]] = []
    for one in agreements:
        assert one.level.service is not None
        lowest = one.lowest
        rows.append(
            [
                {"text": one.level.service.name, "head": True},
                level_words(one.part),
                _("%(met)s／%(judged)s") % {"met": one.met, "judged": len(one.judged)},
                lowest.printed if lowest is not None else "—",
                agreement_badge(one),
                BASES[one.basis],
            ]
        )
    if not rows:
        return None
    return table(
        _("事業ごとの約束と判定"),
        [_("事業"), (_("約束"), True), (_("達成／判定した数"), True), (_("最も低い稼働率"), True), _("判定"), _("判定の根拠")],
        rows,
    )  # fmt: skip
