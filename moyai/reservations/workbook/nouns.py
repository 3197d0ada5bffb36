"""表 — the sheets of the plain masters: what each holds, by which columns a row is known, and its limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moyai.reservations.workbook.columns import Column

Key = tuple[Any, ...]
Row = dict[str, Any]
Rows = dict[Key, Row]
Masters = dict[str, Rows]

# 推奨データセット 公共施設一覧: バリアフリー情報, in its order.
BARRIER_FREE = {
    "elevator_braille": "点字や音声案内のあるエレベーター",
    "braille": "点字や音声による案内",
    "wheelchair_toilet": "車椅子使用者用トイレ",
    "ostomate": "オストメイト設備",
    "nursing": "授乳室",
    "diaper": "おむつ替えコーナー",
    "wheelchair_parking": "車椅子使用者用駐車施設",
    "slope": "スロープ",
    "elevator": "エレベーター",
    "wheelchair": "車椅子の貸出し",
    "guide_dog": "補助犬の同伴",
    "hearing_loop": "磁気ループ",
}
STEPS = {"0": "コマ", "15": "15分", "30": "30分", "60": "1時間"}
PER = {"frame": "1コマにつき", "hour": "1時間につき", "use": "1回につき"}
SPECIAL = {"closed": "休館", "open": "開館"}


@dataclass(frozen=True, slots=True)
class Noun:
    """One sheet. `key` names the columns a row is known by; `of` the noun it belongs to, known by the first of them."""

    name: str
    sheet: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    of: str = ""
    code: str = ""  # code of the table in Policy.Kind, of sheets of policies

    def column(self, name: str) -> Column:
        return next(one for one in self.columns if one.name == name)

    def row(self, **facts: Any) -> Row:
        """A row of these facts; every other column is empty."""
        return {column.name: facts.pop(column.name, column.empty) for column in self.columns} | facts

    def key_of(self, row: Mapping[str, Any]) -> Key:
        return tuple(row[name] for name in self.key)


def _name(head: str, most: int = 100, **more: Any) -> Column:
    return Column("name", head, required=True, most=most, width=26, **more)


_FACILITY = Column("facility", "施設コード", "code", required=True, width=12)
_ROOM = Column("room", "室場コード", "code", required=True, width=12)
_POSITION = Column("position", "並び順", "whole", most=100_000, empty=0, width=8)
_UNTIL = Column("used_until", "利用終了日", "date", empty=None, hint="最後に使える日。空欄は期限なし。")
_FROM = Column("used_from", "利用開始日", "date", required=True)

FACILITIES = Noun(
    "facilities",
    "施設",
    ("code",),
    (
        Column("code", "施設コード", "code", required=True, width=12, hint="団体の中で1つ。あとから変えません。"),
        _name("施設名"),
        Column("kana", "フリガナ", "kana", required=True, most=200, width=26),
        Column("name_en", "英語名", most=200, width=26),
        Column("category", "分類", required=True, most=40, hint="公民館、体育館など。住民が探すときの分け方です。"),
        Column("postal_code", "郵便番号", "postal", width=10),
        Column("address", "所在地", required=True, most=200, width=36),
        Column("latitude", "緯度", "decimal", least=20, most=46, places=6, empty=None),
        Column("longitude", "経度", "decimal", least=122, most=154, places=6, empty=None),
        Column("phone", "電話番号", "phone"),
        Column("email", "メールアドレス", "mail", most=254, width=24),
        Column("url", "ウェブページ", most=300, width=30),
        Column("access", "交通", most=300, width=36),
        Column("note", "備考", "lines", most=2_000, width=36),
        Column("barrier_free", "バリアフリー", "words", words=BARRIER_FREE, empty=(), width=36, hint="、で区切ります。"),
        Column("section", "担当課・指定管理者", most=60, width=20),
        _POSITION,
        Column("published", "公開", "flag", empty=False, width=6, hint="○で住民に見せます。"),
        _FROM,
        _UNTIL,
    ),
)
ROOMS = Noun(
    "rooms",
    "室場",
    ("facility", "code"),
    (
        _FACILITY,
        Column("code", "室場コード", "code", required=True, width=12, hint="施設の中で1つ。あとから変えません。"),
        _name("室場名"),
        Column("kana", "フリガナ", "kana", most=200, width=26),
        Column("name_en", "英語名", most=200, width=26),
        Column("summary", "説明", most=300, width=36),
        Column("capacity", "定員", "whole", least=1, most=1_000_000, empty=None, width=8, hint="人"),
        Column("area_m2", "面積", "decimal", most=999_999, places=2, empty=None, width=10, hint="㎡"),
        Column("purposes", "利用目的コード", "codes", empty=(), width=24, hint="、で区切ります。空欄はすべて。"),
        Column("step_minutes", "時間の取り方", "choice", required=True, words=STEPS, hint="コマ、15分、30分、1時間"),
        Column("prepare_minutes", "準備（分）", "whole", most=720, empty=0, width=10),
        Column("clear_minutes", "片付け（分）", "whole", most=720, empty=0, width=10),
        Column("needs_approval", "要審査", "flag", empty=False, width=8, hint="○で職員の承認が必要です。"),
        Column("main", "親の室場コード", "code", width=14, hint="付属室場（楽屋など）だけ。同じ施設の室場。"),
        Column("alone", "単独利用", "flag", empty=False, width=8, hint="付属室場だけで使えるとき○。ほかの室場は○。"),
        Column("lock", "スマートロック", most=40),
        _POSITION,
        Column("published", "公開", "flag", empty=False, width=6),
        _FROM,
        _UNTIL,
    ),
    of="facilities",
)
PARTS = Noun(
    "parts",
    "区画",
    ("facility", "room", "code"),
    (
        _FACILITY,
        _ROOM,
        Column("code", "区画コード", "code", required=True, width=12),
        _name("区画名", 60),
        _POSITION,
    ),
    of="rooms",
)
UNITS = Noun(
    "units",
    "利用単位",
    ("facility", "room", "code"),
    (
        _FACILITY,
        _ROOM,
        Column("code", "利用単位コード", "code", required=True, width=14),
        _name("利用単位名", 60, hint="全面、北半面など"),
        Column("name_en", "英語名", most=100, width=20),
        Column("capacity", "定員", "whole", least=1, most=1_000_000, empty=None, width=8, hint="人"),
        Column("parts", "区画コード", "codes", required=True, width=24, hint="使う区画を、で区切ります。"),
        _POSITION,
        _UNTIL,
    ),
    of="rooms",
)
FRAMES = Noun(
    "frames",
    "コマ",
    ("facility", "room", "code", "used_from"),
    (
        _FACILITY,
        _ROOM,
        Column("code", "コマコード", "code", required=True, width=12),
        _name("コマ名", 60, hint="午前、午後、夜間など"),
        Column("name_en", "英語名", most=100, width=20),
        Column("starts", "開始", "time", required=True, width=8),
        Column("ends", "終了", "time", required=True, width=8),
        Column("weight", "数え方", "whole", least=1, most=20, empty=1, width=8, hint="上限を数えるときのコマ数"),
        _FROM,
        _UNTIL,
    ),
    of="rooms",
)
PURPOSES = Noun(
    "purposes",
    "利用目的",
    ("code",),
    (
        Column("code", "利用目的コード", "code", required=True, width=14),
        _name("利用目的名", 60),
        Column("name_en", "英語名", most=100, width=20),
        Column("kind", "分類", most=20, hint="スポーツ、文化、会議など"),
        _POSITION,
    ),
)
EQUIPMENT = Noun(
    "equipment",
    "備品",
    ("facility", "code"),
    (
        _FACILITY,
        Column("code", "備品コード", "code", required=True, width=12),
        _name("備品名", 60),
        Column("name_en", "英語名", most=100, width=20),
        Column("rooms", "使える室場コード", "codes", empty=(), width=24, hint="、で区切ります。空欄は施設のどこでも。"),
        Column("stock", "数量", "whole", required=True, most=10_000, width=8),
        Column("yen", "料金", "yen", most=10_000_000, empty=0, width=10, hint="円"),
        Column("per", "料金の単位", "choice", required=True, words=PER),
        _POSITION,
        _UNTIL,
    ),
    of="facilities",
)
SPECIAL_DAYS = Noun(
    "special_days",
    "臨時開館・休館",
    ("facility", "room", "day"),
    (
        _FACILITY,
        Column("room", "室場コード", "code", width=12, hint="空欄は施設全体。"),
        Column("day", "日付", "date", required=True),
        Column("kind", "区分", "choice", required=True, words=SPECIAL, width=8),
        Column("opens", "開館時刻", "time", empty=None, width=10),
        Column("closes", "閉館時刻", "time", empty=None, width=10),
        Column("reason", "理由", required=True, width=30),
    ),
    of="facilities",
)
# In the order in which they are stored: what is referred to comes first.
PLAIN = (PURPOSES, FACILITIES, ROOMS, PARTS, UNITS, FRAMES, EQUIPMENT, SPECIAL_DAYS)
IN_THE_BOOK = (FACILITIES, ROOMS, PARTS, UNITS, FRAMES, PURPOSES, EQUIPMENT, SPECIAL_DAYS)
NOUNS = {noun.name: noun for noun in PLAIN}


def nothing() -> Masters:
    """Masters of a body that has none."""
    return {**{noun.name: {} for noun in PLAIN}, "policies": {}}
