"""負担金の表 — shares with what explains them (C17), drafts side by side, trials of mixes (Y18, Y24)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from moyai.calendars.public import wareki
from moyai.council.figures.columns import words_column, year_words, yen_column
from moyai.council.models import Burden, BurdenShare, Pledge
from moyai.council.queries.burdens import Compared
from moyai.council.rules.bills import basis_in_words, exact_yen, mix_in_words, percent_of
from moyai.council.rules.savings import Trial, percent
from moyai.documents.public import Column, FigureTable, Row, all_rows_of
from moyai.tenants.public import Body


def shares_table(
    burden: Burden,
    shares: Sequence[BurdenShare],
    parts: Mapping[int, Sequence[int]],
    pledges: Mapping[int, Pledge] | None = None,
) -> FigureTable:
    """負担金の算定表 — of each member: basis, part, exact quota, place of its remainder, yen, and what falls into each half.

    With `pledges` (誓約書 in force, by body) also the day of each member's, and how many are in.
    """
    names = [row["name"] for row in burden.halves]
    notes = [_("分け方：%(mix)s") % {"mix": mix_in_words(burden.mix)}]
    if burden.selection_on:
        notes.append(_("選定日：%(day)s（この日より前に割合を決定）") % {"day": wareki(burden.selection_on)})
    if pledges is not None:
        notes.append(_("誓約書：%(count)s") % {"count": pledges_in(shares, pledges)})
    return FigureTable(
        caption=_("%(line)sの負担金（%(year)s）")
        % {"line": burden.cost_line.name, "year": year_words(burden.fiscal_year)},
        rows_label=_("団体名"),
        columns=[
            words_column("basis", _("算定の基礎")),
            words_column("weight", _("割合")),
            words_column("quota", _("正確な配分額")),
            Column("rank", _("端数の順位"), down=False),
            yen_column("yen", _("負担額")),
            *(yen_column(f"h{place}", name) for place, name in enumerate(names)),
            *([words_column("pledge", _("誓約の日"))] if pledges is not None else []),
        ],
        rows=all_rows_of(
            [
                Row(
                    share.body.code,
                    share.body.name,
                    {
                        "basis": basis_in_words(share.basis),
                        "weight": percent_of(share.weight),
                        "quota": exact_yen(share.quota),
                        "rank": share.rank,
                        "yen": share.yen,
                        **_halves(parts.get(share.pk, ())),
                        **_pledged(share, pledges),
                    },
                )
                for share in shares
            ]
        ),
        unit=_("円"),
        as_of=burden.payers_on,
        notes=notes,
        source=_("負担金の算定"),
    )


def _halves(pieces: Sequence[int]) -> dict[str, int | Decimal | str | None]:
    return {f"h{place}": yen for place, yen in enumerate(pieces)}


def _pledged(share: BurdenShare, pledges: Mapping[int, Pledge] | None) -> dict[str, int | Decimal | str | None]:  # fmt: skip
    if pledges is None:
        return {}
    one = pledges.get(share.body_id)
    return {"pledge": wareki(one.pledged_on) if one else _("未提出")}


def pledges_in(shares: Sequence[BurdenShare], pledges: Mapping[int, Pledge]) -> str:
    """5団体のうち4団体が提出."""
    count = sum(share.body_id in pledges for share in shares)
    return _("%(all)s団体のうち%(count)s団体が提出") % {"all": len(shares), "count": count}


def compared_table(draft: Burden, decided: Burden, rows: Sequence[Compared]) -> FigureTable:
    """案→決定 — what each member was told in autumn and what was decided in spring (C17)."""
    return FigureTable(
        caption=_("%(line)s：案と決定の比較（%(year)s）")
        % {"line": decided.cost_line.name, "year": year_words(decided.fiscal_year)},
        rows_label=_("団体名"),
        columns=[
            yen_column("draft", _("第%(n)s案") % {"n": draft.number}),
            yen_column("decided", _("第%(n)s案（比べる案）") % {"n": decided.number}),
            yen_column("difference", _("増減")),
        ],
        rows=all_rows_of(
            [
                Row(
                    one.body.code,
                    one.body.name,
                    {
                        "draft": one.draft_yen,
                        "decided": one.decided_yen,
                        "difference": one.difference_yen,
                    },
                )
                for one in rows
            ]
        ),
        unit=_("円"),
        source=_("負担金の算定"),
    )


def trials_table(trials: Sequence[Trial], bodies: Mapping[str, Body], target: Fraction) -> FigureTable:
    """負担の試算 — mixes side by side, what each member saves, and who would save less than the target (Y18, Y24)."""
    columns = [yen_column("now", _("いまの経費"))]
    values: dict[str, dict[str, int | Decimal | str | None]] = {}
    for place, trial in enumerate(trials):
        columns += [
            yen_column(f"yen{place}", trial.name),
            words_column(f"rate{place}", _("%(name)sの削減率") % {"name": trial.name}),
        ]
        for saving in trial.savings:
            of = values.setdefault(saving.code, {"now": saving.now_yen})
            of[f"yen{place}"] = saving.yen
            below = _("（目標に届かない）") if saving.code in trial.below else ""
            of[f"rate{place}"] = f"{percent(saving.rate)}{below}"
    told = [
        _("%(name)s：目標に届かない団体 %(count)s（%(names)s）")
        % {
            "name": trial.name,
            "count": len(trial.below),
            "names": "、".join(bodies[code].name for code in trial.below) or _("なし"),
        }
        for trial in trials
    ]
    return FigureTable(
        caption=_("負担の試算（削減の目標 %(target)s）") % {"target": percent(target)},
        rows_label=_("団体名"),
        columns=columns,
        rows=all_rows_of([Row(code, bodies[code].name, of) for code, of in sorted(values.items())], label=_("合計")),
        unit=_("円"),
        notes=[*told, _("目標に届くかは、丸める前の分数で判定しています。")],
        source=_("負担金の算定の規則"),
    )
