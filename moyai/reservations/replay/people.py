"""利用者 of a replayed year: common names, made birthdays and addresses, a city hall's telephone number; nobody twice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from moyai.reservations.actions.registration_facts import Facts, MemberFacts

SURNAMES = (
    ("佐藤", "サトウ"), ("鈴木", "スズキ"), ("髙橋", "タカハシ"), ("田中", "タナカ"), ("伊藤", "イトウ"), ("渡辺", "ワタナベ"),
    ("山本", "ヤマモト"), ("中村", "ナカムラ"), ("小林", "コバヤシ"), ("加藤", "カトウ"), ("𠮷田", "ヨシダ"), ("﨑山", "サキヤマ"),
    ("石井", "イシイ"), ("宮内", "ミヤウチ"), ("鵜澤", "ウザワ"), ("石橋", "イシバシ"),
)  # fmt: skip
GIVEN = (
    ("翔", "ショウ"), ("蓮", "レン"), ("大輔", "ダイスケ"), ("健太", "ケンタ"), ("誠", "マコト"), ("浩", "ヒロシ"), ("愛", "アイ"),
    ("美咲", "ミサキ"), ("陽菜", "ヒナ"), ("恵子", "ケイコ"), ("花子", "ハナコ"), ("一郎", "イチロウ"), ("次郎", "ジロウ"),
)  # fmt: skip
CLUBS = (
    "バドミントンクラブ",
    "合唱団",
    "卓球会",
    "書道会",
    "囲碁同好会",
    "体操クラブ",
    "太極拳の会",
    "フットサルクラブ",
    "茶道会",
)
DAYS: Final = 20_000  # birthdays
STEP: Final = 7_919  # a prime: neighbours in the list are not neighbours in age
OLDEST: Final = date(1938, 4, 2)
MEMBERS: Final = 5
OUTSIDE_IN: Final = 12  # one of so many lives elsewhere


def _who(number: int) -> tuple[str, str, date]:
    """The name, kana and birthday of the n-th person: no two have the same kana and birthday below four million."""
    rest, surname = divmod(number, len(SURNAMES))
    rest, given = divmod(rest, len(GIVEN))
    family, name = SURNAMES[surname], GIVEN[given]
    born_on = OLDEST + timedelta(days=rest * STEP % DAYS)
    return f"{family[0]}　{name[0]}", f"{family[1]}　{name[1]}", born_on


def person(number: int) -> Facts:
    name, kana, born_on = _who(number)
    return Facts(
        kind="person",
        name=name,
        kana=kana,
        born_on=born_on,
        postal_code="2600013",
        address=f"中央町{number % 9 + 1}丁目{number % 30 + 1}番{number % 20 + 1}号",
        phone="+81432455111",  # a city hall's own: Japan keeps no range of numbers for examples
        resident_class="outside" if number % OUTSIDE_IN == 0 else "resident",
    )


def group(number: int) -> Facts:
    """The n-th group. Its representative and members are among nobody else's."""
    name, kana, born_on = _who(1_000_000 + number)
    members = [_who(1_500_000 + number * MEMBERS + place) for place in range(MEMBERS)]
    return Facts(
        kind="group",
        name=f"{SURNAMES[number % len(SURNAMES)][0]}{CLUBS[number % len(CLUBS)]}（{number + 1}）",
        kana="クラブ",
        representative=name,
        representative_kana=kana,
        born_on=born_on,
        postal_code="2600013",
        address=f"本町{number % 9 + 1}丁目{number % 30 + 1}番",
        phone="+81432455111",
        resident_class="resident",
        members=tuple(MemberFacts(name, kana, born_on) for name, kana, born_on in members),
    )
