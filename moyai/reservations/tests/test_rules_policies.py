"""利用の決まりの形: good documents are good, bad ones are told of in Japanese with their place (A41)."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moyai.reservations.rulebook import policy_samples as samples
from moyai.reservations.rulebook.samples import TIERS
from moyai.reservations.rules.policies import KINDS, deciding_day, digest, problems

GOOD: list[tuple[str, dict[str, Any]]] = [
    (kind, document)
    for kind, documents in (
        ("opening", samples.OPENING),
        ("periods", samples.PERIODS),
        ("limits", samples.LIMITS),
        ("eligibility", samples.ELIGIBILITY),
        ("penalties", samples.PENALTIES),
    )
    for document in documents.values()
]
LOTTERY = {
    "mode": "person",
    "win_cap": 2,
    "wishes": 3,
    "entry_cap": 5,
    "groups_first": True,
    "classes_first": ["resident", "worker"],
    "enter_from": {"months": 2, "day": 1, "at": 540},
    "enter_until": {"months": 2, "day": 10, "at": 1440},
    "confirm_days": 7,
    "promote_hours": 72,
    "seed": "officials",
    "release": {"on": True, "at": 540, "minutes": 10},
}
GOOD.append(("lottery", LOTTERY))


@pytest.mark.parametrize(("kind", "document"), GOOD)
def test_a_good_document_has_no_problems(kind: str, document: dict[str, Any]) -> None:
    assert problems(kind, document) == []


@pytest.mark.parametrize(("kind", "document"), GOOD)
def test_an_unknown_item_is_named_with_what_may_stand_there(kind: str, document: dict[str, Any]) -> None:
    [problem] = problems(kind, {**document, "colour": "赤"})
    assert problem.path == ("colour",)
    assert "この項目はありません" in problem.text
    assert next(iter(KINDS[kind]["properties"])) in problem.text


HOURS = [{"opens": 540, "closes": 1260}]
MONTH = {"months": 2, "day": 1, "at": 540}
BAD: list[tuple[str, Any, tuple[str | int, ...], str]] = [
    ("opening", [], (), "項目と値の組にしてください。"),
    ("opening", {}, ("hours",), "必要です。"),
    ("opening", {"hours": []}, ("hours",), "1件以上にしてください。"),
    ("opening", {"hours": [{"opens": 540}]}, ("hours", 0, "closes"), "必要です。"),
    (
        "opening", {"hours": [{"opens": 540, "closes": 1441}]},
        ("hours", 0, "closes"), "0:00から24:00までにしてください。",
    ),
    ("opening", {"hours": [{"opens": 540.0, "closes": 1260}]}, ("hours", 0, "opens"), "整数にしてください。"),
    ("opening", {"hours": [{"opens": True, "closes": 1260}]}, ("hours", 0, "opens"), "整数にしてください。"),
    (
        "opening", {"hours": [{"opens": 1260, "closes": 540}]},
        ("hours", 0, "closes"), "閉館は開館より後の時刻にしてください。",
    ),
    (
        "opening", {"hours": [*HOURS, *HOURS]},
        ("hours", 0), "この行はすべての日に当たるので、後の行が使われません。最後に書いてください。",
    ),
    (
        "opening", {"hours": [{"from": "7-1", "until": "08-31", **HOURS[0]}]},
        ("hours", 0, "from"), "「12-29」のように、月と日を2桁ずつで書いてください。",
    ),
    (
        "opening", {"hours": [{"from": "07-01", **HOURS[0]}]},
        ("hours", 0, "from"), "期間は、初めと終わりの両方を書いてください。",
    ),
    (
        "opening", {"hours": [{"days": ["mon", "mon"], **HOURS[0]}]},
        ("hours", 0, "days"), "同じものが2回書かれています。",
    ),
    (
        "opening", {"hours": HOURS, "closed": [{"every": "week"}]},
        ("closed", 0, "weekday"), "曜日を書いてください。",
    ),
    (
        "opening", {"hours": HOURS, "closed": [{"every": "nth", "weekday": "mon"}]},
        ("closed", 0, "nth"), "第何かを書いてください。",
    ),
    (
        "opening", {"hours": HOURS, "closed": [{"every": "week", "weekday": "mon", "nth": [1]}]},
        ("closed", 0, "nth"), "第何かは、繰返しが「第n」のときだけ書きます。",
    ),
    (
        "opening", {"hours": HOURS, "closed": [{"every": "month_end", "weekday": "mon"}]},
        ("closed", 0, "weekday"), "月末の休館には曜日を書きません。",
    ),
    (
        "opening", {"hours": HOURS, "closed": [{"every": "年"}]},
        ("closed", 0, "every"), "次のどれかにしてください。毎週、第n、月末（末日）",
    ),
    (
        "periods", {"first": [{"from": MONTH, "until": {"at": 540}}]},
        ("first", 0, "until"), "何か月前・何日前・利用開始の何分前のどれか1つで書いてください。",
    ),
    (
        "periods", {"first": [{"from": {"months": 1, "days": 1, "at": 540}, "until": {"minutes": 0}}]},
        ("first", 0, "from"), "何か月前・何日前・利用開始の何分前のどれか1つで書いてください。",
    ),
    (
        "periods", {"first": [{"from": {"days": 30}, "until": {"minutes": 0}}]},
        ("first", 0, "from"), "時刻を書いてください。",
    ),
    (
        "periods", {"first": [{"from": MONTH, "until": {"minutes": 0, "at": 540}}]},
        ("first", 0, "until"), "利用開始の何分前で書くときは、時刻を書きません。",
    ),
    (
        "periods", {"first": [{"from": MONTH, "until": {"days": 3, "day": 5, "at": 540}}]},
        ("first", 0, "until"), "日は、何か月前と合わせて書いてください。",
    ),
    (
        "periods", {"first": [{"from": {"days": 3, "at": 540}, "until": {"days": 30, "at": 540}}]},
        ("first", 0, "until"), "受付の終了が開始より前です。",
    ),
    (
        "periods", {"priority": [{"from": {"of": "fiscal_year", "months": 2, "at": 540}, "until": {"minutes": 0}}]},
        ("priority", 0, "from"), "年度の4月から数えるときは、何か月前と日を書いてください。",
    ),
    (
        "periods", {"cancel_until": {}},
        ("cancel_until",), "何か月前・何日前・利用開始の何分前のどれか1つで書いてください。",
    ),
    ("limits", {"limits": [{"name": "上限", "span": "month"}]}, ("limits", 0, "most"), "必要です。"),
    (
        "limits", {"limits": [{"name": "", "span": "month", "most": 1}]},
        ("limits", 0, "name"), "1文字以上にしてください。",
    ),
    (
        "limits", {"limits": [{"name": "上" * 61, "span": "month", "most": 1}]},
        ("limits", 0, "name"), "60文字以内にしてください。",
    ),
    (
        "limits", {"limits": [{"name": "上限", "span": "standing", "by": "asked", "most": 1}]},
        ("limits", 0, "by"), "これから使う分の合計は、利用日で数えます。",
    ),
    (
        "limits", {"limits": [{"name": "上限", "span": "day", "most": 1}] * 2},
        ("limits", 1, "name"), "同じ名前の上限があります。",
    ),
    (
        "limits", {"longest_minutes": 60, "shortest_minutes": 90},
        ("shortest_minutes",), "1回の最短が最長より長くなっています。",
    ),
    (
        "eligibility", {"group": {"inside_numerator": 1}},
        ("group", "inside_denominator"), "割合は、分子と分母の両方を書いてください。",
    ),
    (
        "eligibility", {"group": {"inside_numerator": 3, "inside_denominator": 2}},
        ("group", "inside_numerator"), "割合の分子は分母以下にしてください。",
    ),
    ("eligibility", {"online": "yes"}, ("online",), "はい（true）か、いいえ（false）にしてください。"),
    (
        "penalties", {"points": [], "lapse": {}},
        ("lapse",), "何か月後・何日後・期間の終わりのどれか1つで書いてください。",
    ),
    (
        "penalties", {"points": [], "lapse": {"days": 1}, "suspend": [{"tenths": 1}]},
        ("suspend", 0, "months"), "停止の月数か日数のどちらか1つを書いてください。",
    ),
    (
        "penalties", {"points": [{"why": "no_show", "tenths": 1, "within_days": 1}], "lapse": {"days": 1}},
        ("points", 0, "within_days"), "日数は、直前の取消しだけに書きます。",
    ),
    ("lottery", {"enter_from": MONTH}, ("enter_until",), "申込みの開始と終了の両方を書いてください。"),
    (
        "lottery", {"enter_from": MONTH, "enter_until": {"days": 3, "at": 540}},
        ("enter_until",), "利用月の何か月前の何日かで書いてください。",
    ),
    (
        "lottery", {"enter_from": {"months": 1, "day": 1, "at": 540}, "enter_until": MONTH},
        ("enter_until",), "申込みの終了が開始より前です。",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "document", "path", "text"), BAD)
def test_a_bad_document_is_told_of_by_its_place(
    kind: str, document: Any, path: tuple[str | int, ...], text: str
) -> None:
    assert (path, text) in [(problem.path, problem.text) for problem in problems(kind, document)]


def test_a_place_is_said_in_the_words_of_the_form() -> None:
    [problem] = problems("opening", {"hours": HOURS, "closed": [{"every": "month_end"}, {"every": "week"}]})
    assert str(problem) == "休館日（2件目）の曜日：曜日を書いてください。"


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = problems(
        "opening", {"hours": [{"opens": -1, "closes": "夜"}], "closed": [{"every": "x"}], "x": 1}
    )
    assert [problem.path for problem in found] == [
        ("closed", 0, "every"),
        ("hours", 0, "closes"),
        ("hours", 0, "opens"),
        ("x",),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_every_item_of_a_policy_can_be_laid_out_as_a_sheet_and_a_form(kind: str) -> None:
    for place, schema in _walk(KINDS[kind]):
        assert schema.get("title"), place
        coded = schema["type"] == "string" and "enum" in schema
        assert not coded or set(schema["x-words"]) == set(schema["enum"]), place
        assert schema["type"] != "object" or schema["additionalProperties"] is False, place


def _walk(schema: dict[str, Any], place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, part in schema["properties"].items():
        here = f"{place}.{name}"
        yield here, part
        inside = part["items"] if part["type"] == "array" else part
        if inside["type"] == "object":
            yield from _walk(inside, here)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 2000) | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(GOOD), st.data())
def test_a_document_spoilt_anywhere_is_told_of_and_never_breaks(
    sample: tuple[str, dict[str, Any]], data: st.DataObject
) -> None:
    kind, good = sample
    document = copy.deepcopy(good)
    at: Any = document
    for _ in range(data.draw(st.integers(0, 2))):
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        inner = [key for key in keys if isinstance(at[key], (dict, list)) and at[key]]
        if not inner:
            break
        at = at[data.draw(st.sampled_from(inner))]
    key = data.draw(st.sampled_from(list(at) if isinstance(at, dict) else list(range(len(at)))))
    at[key] = data.draw(JSON)
    for problem in problems(kind, document):
        assert problem.text.endswith("。") or problem.text.startswith("次のどれかにしてください。")
    if at[key] is None:
        assert problems(kind, document)


@given(JSON)
def test_the_order_of_the_items_does_not_change_the_digest(value: Any) -> None:
    assert digest({"a": value, "b": 1}) == digest({"b": 1, "a": value})
    assert digest({"a": value}) != digest({"b": value})


def test_the_day_of_use_decides_about_money_and_opening_the_day_of_asking_about_the_rest() -> None:
    use, asked = date(2026, 10, 17), date(2026, 8, 1)
    for kind in KINDS:
        day = deciding_day(kind, day_of_use=use, asked_on=asked)
        assert day == (use if kind in ("opening", "fees", "cancellation") else asked)


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        ("periods", "cancel_until", {"days": 1, "at": 1020}),
        ("periods", "change_until", {"days": 1, "at": 1020}),
        ("lottery", "release", {"on": True, "at": 540, "minutes": 10}),
    ],
)
def test_until_when_one_cancels_and_how_a_place_comes_back_stand_in_one_kind_of_policy(
    kind: str, name: str, told: dict[str, Any]
) -> None:
    assert name in KINDS[kind]["properties"]
    assert [one for one in KINDS if name in KINDS[one]["properties"]] == [kind]
    good = dict(TIERS)
    assert problems("cancellation", good) == []
    [problem] = problems("cancellation", {**good, name: told})
    assert problem.path == (name,) and problem.text.startswith("この項目はありません。")
