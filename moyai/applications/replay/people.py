"""Applicants of a replayed year: common names, made addresses, a city hall's telephone number."""

from __future__ import annotations

import random
from typing import Any

SURNAMES = (
    ("佐藤", "サトウ"), ("鈴木", "スズキ"), ("高橋", "タカハシ"), ("田中", "タナカ"), ("伊藤", "イトウ"),
    ("渡辺", "ワタナベ"), ("山本", "ヤマモト"), ("中村", "ナカムラ"), ("小林", "コバヤシ"), ("加藤", "カトウ"),
    ("吉田", "ヨシダ"), ("山田", "ヤマダ"), ("佐々木", "ササキ"), ("山口", "ヤマグチ"), ("松本", "マツモト"),
    ("井上", "イノウエ"), ("木村", "キムラ"), ("林", "ハヤシ"), ("斎藤", "サイトウ"), ("清水", "シミズ"),
    ("石井", "イシイ"), ("宮内", "ミヤウチ"), ("鵜澤", "ウザワ"), ("石橋", "イシバシ"), ("髙橋", "タカハシ"),
    ("﨑山", "サキヤマ"), ("𠮷田", "ヨシダ"), ("東海林", "ショウジ"),
)  # fmt: skip
GIVEN = (
    ("翔", "ショウ"), ("蓮", "レン"), ("大輔", "ダイスケ"), ("健太", "ケンタ"), ("誠", "マコト"), ("浩", "ヒロシ"),
    ("美咲", "ミサキ"), ("陽菜", "ヒナ"), ("愛", "アイ"), ("恵子", "ケイコ"), ("久美子", "クミコ"), ("花子", "ハナコ"),
    ("一郎", "イチロウ"), ("次郎", "ジロウ"), ("さくら", "サクラ"), ("ひかり", "ヒカリ"),
)  # fmt: skip


def person(dice: random.Random) -> dict[str, Any]:
    """Name, kana, birthday, address and telephone, as a form takes them."""
    surname, given = dice.choice(SURNAMES), dice.choice(GIVEN)
    return {
        "name": f"{surname[0]} {given[0]}",
        "kana": f"{surname[1]} {given[1]}",
        "born_on": f"{dice.randint(1935, 1999)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}",
        "address": {
            "postal_code": f"26{dice.randint(0, 9)}{dice.randint(0, 9999):04d}",
            "prefecture": "千葉県",
            "city": dice.choice(("中央町", "本町", "緑町", "栄町", "旭町")),
            "street": f"{dice.randint(1, 9)}丁目{dice.randint(1, 30)}番{dice.randint(1, 20)}号",
        },
        "phone": "0432455111",  # a city hall's own: Japan keeps no range of numbers for examples
    }
