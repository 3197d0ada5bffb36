"""新規利用団体の費用負担 (C13) as a published rule: what it pays on joining, whom that is credited to, and the monthly shares after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from moyai.money.public import Share, blend, credits_of, months_between, shares
from moyai.reservations.rules.joining import (
    BASIS_WORDS,
    PERCENT,
    Basis,
    CannotJoin,
    Part,
    entry_yen,
    mix_among,
    mix_of,
    parts_of,
    remaining,
)
from moyai.rulebook.public import (
    BadCase,
    Example,
    Step,
    Terms,
    Version,
    Worked,
    case_of,
    day,
    list_of,
    rule,
    text,
    whole,
    yen,
)

RULE = "reservation-joining-fee"
SOURCE = (
    "共同運営の協議会の費用負担の取扱い（例）：残りの期間に当たる共通の費用を、加入する団体を含めて分ける"
)
NEWCOMER = "加入する団体"
MEMBER = case_of(
    code=text("団体コード", "Code of the body", 6, minLength=1),
    name=text("団体名", "Name", 60, default=""),
    facilities=whole("館数", "Facilities", 0, 100_000, default=0),
    users=whole("登録利用者数", "Registered users", 0, 100_000_000, default=0),
    paid_yen={
        **yen("これまでに負担した額（どの団体も0なら、同じ割合で負担したとする）", "Paid so far"),
        "default": 0,
    },
)
_EQUAL = Version(
    from_on=date(2017, 4, 1),
    until_on=date(2026, 3, 31),
    parameters={"equal_percent": 100, "facilities_percent": 0, "users_percent": 0, "unit_yen": 1},
    source="協議会の定め（例）：均等割。実際の割合は、各協議会の負担金の取扱いによる。",
)
_MIXED = Version(
    from_on=date(2026, 4, 1),
    parameters={"equal_percent": 40, "facilities_percent": 40, "users_percent": 20, "unit_yen": 1},
    source="協議会の定め（例）：均等割40％・館数割40％・利用者割20％。実際の割合は、各協議会の負担金の取扱いによる。",
)


def _members(*facts: tuple[int, int, int]) -> list[dict[str, Any]]:
    return [
        {"code": f"12{number:04}", "facilities": halls, "users": users, "paid_yen": paid}
        for number, (halls, users, paid) in enumerate(facts, 1)
    ]


def _example(result: int, note: str, *, on: date, members: list[dict[str, Any]], **more: Any) -> Example:
    case = {
        "cost_yen": 12_000_000,
        "contract_from": "2016-04-01",
        "months": 120,
        "joins_on": on.isoformat(),
        "members": members,
    }
    return Example({**case, **more}, result, on=on, note=note)


_FIVE = _members(*[(0, 0, 0)] * 5)
_TWO = _members((30, 6_000, 0), (10, 4_000, 0))


@rule(
    RULE,
    title=("施設予約に新しく加わる団体の費用負担", "What a body pays that joins the facility reservation"),
    source=SOURCE,
    input=case_of(
        cost_yen=yen("共通の初期費用", "Common cost of building it"),
        contract_from=day("共同利用の始まり", "Begin of the shared use"),
        months=whole("共同利用の月数", "Months of the shared use", 1, 600),
        joins_on=day("加入する日", "Day of joining"),
        facilities=whole("加入する団体の館数", "Facilities of the newcomer", 0, 100_000, default=0),
        users=whole("加入する団体の登録利用者数", "Users of the newcomer", 0, 100_000_000, default=0),
        own_yen={**yen("固有の費用（移行・データ抽出）", "Its own cost (moving its data)"), "default": 0},
        monthly_yen={**yen("共通の運用費（月額）", "Common cost of running it, a month"), "default": 0},
        members=list_of("いまの利用団体", "Bodies that use it now", MEMBER, 2_000, minItems=1),
    ),
    output=yen("加入するときに納める額", "To pay on joining"),
    terms={
        "equal_percent": ("均等割（%）", "Equally, percent"),
        "facilities_percent": ("館数割（%）", "By facilities, percent"),
        "users_percent": ("利用者割（%）", "By registered users, percent"),
        "unit_yen": ("端数の単位（円）", "Unit of rounding, yen"),
    },
    versions=[_EQUAL, _MIXED],
    examples=[
        _example(
            1_400_000,
            "120か月のうち36か月が過ぎて5団体に加わる。12,000,000円 × 84/120 ÷ 6",
            on=date(2019, 4, 1),
            members=_FIVE,
        ),
        _example(2_000_000, "始まりの月から加わる。6分の1", on=date(2017, 4, 1), members=_FIVE, contract_from="2017-04-01"),
        _example(16_666, "最後の月に加わる。12,000,000円 × 1/120 ÷ 6", on=date(2026, 3, 1), members=_FIVE),
        _example(16_666, "月の途中でも、その月から負担する", on=date(2026, 3, 31), members=_FIVE),
        _example(
            1_900_000, "固有の費用500,000円を加える", on=date(2019, 4, 1), members=_FIVE, own_yen=500_000
        ),
        _example(6_000_000, "1団体だけのところに初めから加わる", on=date(2017, 4, 1), members=_FIVE[:1],
                 contract_from="2017-04-01"),
        _example(
            1_920_000,
            "40％ × 1/3 ＋ 40％ × 10/50 ＋ 20％ × 0/10,000 ＝ 16/75。9,000,000円の16/75",
            on=date(2026, 10, 1),
            members=_TWO,
            contract_from="2024-04-01",
            facilities=10,
        ),
        _example(
            2_820_000,
            "利用者10,000人を移して加わる。16/75に20％ × 10,000/20,000を加える",
            on=date(2026, 10, 1),
            members=_TWO,
            contract_from="2024-04-01",
            facilities=10,
            users=10_000,
        ),
        _example(
            1_200_000,
            "施設も利用者もない団体は均等割だけ。9,000,000円 × 40％ ÷ 3",
            on=date(2026, 10, 1),
            members=_TWO,
            contract_from="2024-04-01",
        ),
        _example(0, "共通の初期費用がないとき", on=date(2026, 10, 1), members=_TWO, contract_from="2024-04-01", cost_yen=0),
    ],
)  # fmt: skip
def reservation_joining_fee(case: Mapping[str, Any], terms: Terms) -> Worked:
    """共通の初期費用のうち残りの期間に当たる額を、加入する団体を含めた全団体で分けて負担する。どの団体にもない基礎の分は、均等に分ける。その額は、先の団体が負担した割合で先の団体に充当する。"""
    members: Sequence[Mapping[str, Any]] = case["members"]
    codes = [one["code"] for one in members]
    if len(set(codes)) < len(codes):
        raise BadCase({"members": "同じ団体コードが2回あります。"})
    begun, newcomer = (
        months_between(case["contract_from"], case["joins_on"]),
        Basis(case["facilities"], case["users"]),
    )
    bases = {one["code"]: Basis(one["facilities"], one["users"]) for one in members}
    try:
        mix = mix_of({name: terms[f"{name}_percent"] for name in BASIS_WORDS})
        left = remaining(case["cost_yen"], months=case["months"], begun=begun)
        parts = parts_of(mix, newcomer, list(bases.values()))
        entry = entry_yen(left, parts, unit_yen=terms["unit_yen"])
        paid = {one["code"]: one["paid_yen"] for one in members}
        if not any(paid.values()):
            paid = _by_mix(mix, case["cost_yen"], bases)
    except CannotJoin as cannot:
        raise BadCase({cannot.where: cannot.words}) from None
    names = {one["code"]: one["name"] or one["code"] for one in members}
    total = entry + case["own_yen"]
    rest = case["months"] - begun
    steps = [
        Step("共通の初期費用", case["cost_yen"], unit="円"),
        Step("残りの月数", rest, formula=f"{case['months']}か月 − 過ぎた{begun}か月（加入する月から負担する）", unit="か月"),
        Step("残りの期間に当たる額", _yen(left), formula=f"{case['cost_yen']:,} × {rest}/{case['months']}", unit="円"),
        *(_part_step(part) for part in parts),
        Step("加入時の負担額", entry, formula=_entry_formula(left, parts), source=f"{terms['unit_yen']:,}円未満切捨て", unit="円"),
        *_credit_steps(entry, paid, names),
        *_monthly_steps(case, mix, newcomer, bases, names),
        Step("固有の費用（実費）", case["own_yen"], unit="円"),
        Step("加入するときに納める額", total, formula=f"{entry:,} ＋ {case['own_yen']:,}", unit="円"),
    ]  # fmt: skip
    return total, steps


def _by_mix(mix: Mapping[str, int], yen: int, bases: Mapping[str, Basis]) -> dict[str, int]:
    """What these bodies bear of a sum, by the mix."""
    return {one.key: one.amount_yen for one in _shared(mix, yen, bases)}


def _shared(mix: Mapping[str, int], yen: int, bases: Mapping[str, Basis]) -> list[Share]:
    mixed = blend(
        [
            (Fraction(percent, PERCENT), {code: basis.of(name) for code, basis in bases.items()})
            for name, percent in mix_among(mix, list(bases.values())).items()
        ]
    )
    return shares(yen, mixed)


def _yen(exact: Fraction) -> int | str:
    return exact.numerator if exact.denominator == 1 else f"{exact.numerator:,}/{exact.denominator:,}"


def _part_step(part: Part) -> Step:
    words = BASIS_WORDS[part.basis]
    return Step(
        f"{words}の割合",
        f"{part.fraction.numerator}/{part.fraction.denominator}",
        formula=f"{part.percent}％ × {part.own:,}/{part.all:,}",
    )


def _entry_formula(left: Fraction, parts: Sequence[Part]) -> str:
    whole = sum((part.fraction for part in parts), Fraction(0))
    amount = _yen(left)
    words = f"{amount:,}" if isinstance(amount, int) else amount
    return f"{words} × {whole.numerator}/{whole.denominator}"


def _credit_steps(entry: int, paid: Mapping[str, int], names: Mapping[str, str]) -> list[Step]:
    """先の団体への充当 — of the whole sum, in proportion to what each paid; the parts add up to it."""
    if not entry:
        return []
    whole = sum(paid.values())
    return [
        Step(
            f"{names[one.key]}に充当する額",
            one.amount_yen,
            formula=f"{entry:,} × {paid[one.key]:,}/{whole:,}",
            source="" if place else "負担した額の割合による。端数は余りの大きい団体から",
            unit="円",
        )
        for place, one in enumerate(credits_of(entry, paid))
    ]


def _beside(before: int, after: int) -> str:
    """What a body bears now, and by how much that changes."""
    if after == before:
        return f"いまと同じ{before:,}円"
    return f"いまは{before:,}円（{abs(after - before):,}円{'増' if after > before else '減'}）"


def _monthly_steps(
    case: Mapping[str, Any],
    mix: Mapping[str, int],
    newcomer: Basis,
    bases: Mapping[str, Basis],
    names: Mapping[str, str],
) -> list[Step]:
    """月額の負担 from the month of joining on: shared anew among all; what was borne before is not touched."""
    monthly = case["monthly_yen"]
    if not monthly:
        return []
    # The newcomer has no code yet: its key sorts behind every code of a body.
    after = _by_mix(mix, monthly, {**bases, "~": newcomer})
    before = _by_mix(mix, monthly, bases)
    return [
        *(
            Step(
                f"{names[code]}の月額（加入する月から）",
                after[code],
                formula=_beside(before[code], after[code]),
                unit="円",
            )
            for code in sorted(bases)
        ),
        Step(f"{NEWCOMER}の月額（加入する月から）", after["~"], formula=f"{monthly:,}円のうち", unit="円"),
    ]
