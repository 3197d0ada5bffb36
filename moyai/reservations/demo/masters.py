"""見本の施設 — a gymnasium with partitions, a hall with 楽屋, a community centre by コマ, tennis courts by the hour.

Names, times and figures are of no real place: what its body would write here.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from moyai.reservations.workbook.nouns import NOUNS, Masters, nothing

OPENED = date(2017, 4, 1)
PURPOSES = (
    ("badminton", "バドミントン", "Badminton", "スポーツ"),
    ("volleyball", "バレーボール", "Volleyball", "スポーツ"),
    ("basketball", "バスケットボール", "Basketball", "スポーツ"),
    ("table-tennis", "卓球", "Table tennis", "スポーツ"),
    ("futsal", "フットサル", "Futsal", "スポーツ"),
    ("tennis", "テニス", "Tennis", "スポーツ"),
    ("judo", "柔道・剣道", "Judo and kendo", "スポーツ"),
    ("dance", "ダンス・体操", "Dance and gymnastics", "スポーツ"),
    ("concert", "演奏会", "Concert", "文化"),
    ("rehearsal", "練習・リハーサル", "Rehearsal", "文化"),
    ("theatre", "演劇", "Theatre", "文化"),
    ("lecture", "講演会", "Lecture", "文化"),
    ("tea", "茶道・華道", "Tea ceremony and flowers", "文化"),
    ("cooking", "料理", "Cooking", "文化"),
    ("meeting", "会議", "Meeting", "会議"),
    ("study", "学習会", "Study group", "会議"),
)
DAY = (("am", "午前", "Morning", 540, 720), ("pm", "午後", "Afternoon", 780, 1020), ("night", "夜間", "Evening", 1080, 1260))
QUARTERS = tuple((f"q{number}", f"第{number}区画") for number in range(1, 5))
PARTITIONS = (
    ("all", "全面", "Whole floor", 400, ("q1", "q2", "q3", "q4")),
    ("half-n", "北半面", "North half", 200, ("q1", "q2")),
    ("half-s", "南半面", "South half", 200, ("q3", "q4")),
    ("quarter-1", "1/4面（第1）", "Quarter 1", 100, ("q1",)),
    ("quarter-2", "1/4面（第2）", "Quarter 2", 100, ("q2",)),
    ("quarter-3", "1/4面（第3）", "Quarter 3", 100, ("q3",)),
    ("quarter-4", "1/4面（第4）", "Quarter 4", 100, ("q4",)),
)


def city(name: str, town: str, today: date) -> Masters:
    """A city: all four kinds of facility. `town` begins its addresses."""
    made = _purposes()
    gymnasium(made, "chuo-gym", f"{name}中央体育館", f"{town}中央区弁天1-1", today, lat="35.612300", lon="140.118900")
    hall(made, "bunka-hall", f"{name}市民会館", f"{town}中央区要町1-1", today, lat="35.613100", lon="140.112400")
    community(made, "hanazono", "花園公民館", f"{town}花見川区花園3-12-8", lat="35.671000", lon="140.072000")
    community(made, "inage", "稲毛公民館", f"{town}稲毛区稲毛1-10-17", lat="35.636000", lon="140.091000", position=40)
    tennis(made, "aoba-tennis", "青葉の森テニスコート", f"{town}中央区青葉町977", courts=6, lat="35.600100", lon="140.137000")
    return made


def town(name: str, place: str, today: date) -> Masters:
    """A smaller body: a gymnasium, a community centre, two courts."""
    made = _purposes()
    gymnasium(made, "undo-koen", f"{name}運動公園体育館", f"{place}上本郷4434", today, lat="35.801000", lon="139.913000")
    community(made, "shimin-center", "小金原市民センター", f"{place}小金原6-6-2", lat="35.833000", lon="139.961000")
    tennis(made, "rokujitsu-tennis", "六実テニスコート", f"{place}六高台8-1", courts=2, lat="35.793000", lon="139.997000")
    return made


def _purposes() -> Masters:
    made = nothing()
    for position, (code, name, name_en, kind) in enumerate(PURPOSES):
        _add(made, "purposes", code=code, name=name, name_en=name_en, kind=kind, position=position * 10)
    return made


def _add(made: Masters, noun: str, **facts: Any) -> None:
    row = NOUNS[noun].row(**facts)
    made[noun][NOUNS[noun].key_of(row)] = row


def _facility(made: Masters, code: str, name: str, address: str, **more: Any) -> None:
    facts: dict[str, Any] = {
        "kana": "シセツ",
        "postal_code": "2600000",
        "phone": "+81432455111",
        "email": f"{code}@example.jp",
        "url": f"https://www.example.jp/{code}",
        "access": "駅から徒歩8分。駐車場は60台、うち車椅子使用者用2台。",
        "barrier_free": ("wheelchair_toilet", "wheelchair_parking", "slope", "elevator"),
        "section": "生涯学習スポーツ課",
        "published": True,
        "used_from": OPENED,
        "latitude": Decimal(more.pop("lat")),
        "longitude": Decimal(more.pop("lon")),
    }
    _add(made, "facilities", code=code, name=name, address=address, **(facts | more))


def _room(made: Masters, facility: str, code: str, name: str, **more: Any) -> None:
    units = more.pop("units", (("all", "全体", "Whole room", more.get("capacity"), ("all",)),))
    parts = more.pop("parts", (("all", "全体"),))
    frames = more.pop("frames", ())
    facts = {"step_minutes": "0", "alone": True, "published": True, "used_from": OPENED}
    _add(made, "rooms", facility=facility, code=code, name=name, **(facts | more))
    for position, (part, words) in enumerate(parts):
        _add(made, "parts", facility=facility, room=code, code=part, name=words, position=position * 10)
    for position, (unit, words, english, capacity, of) in enumerate(units):
        _add(
            made, "units", facility=facility, room=code, code=unit, name=words, name_en=english, capacity=capacity,
            parts=of, position=position * 10,
        )  # fmt: skip
    for frame, words, english, starts, ends in frames:
        _add(
            made, "frames", facility=facility, room=code, code=frame, name=words, name_en=english, starts=starts,
            ends=ends, used_from=OPENED,
        )  # fmt: skip


def gymnasium(made: Masters, code: str, name: str, address: str, today: date, **more: Any) -> None:
    """体育館 — an arena that is lent whole, by halves and by quarters, and a martial arts hall."""
    _facility(
        made, code, name, address, kana="チュウオウタイイクカン", name_en="Central Gymnasium", category="体育館",
        section="スポーツ振興課", position=10, **more,
    )  # fmt: skip
    sports = ("badminton", "basketball", "dance", "futsal", "table-tennis", "volleyball")
    _room(
        made, code, "arena", "メインアリーナ", kana="メインアリーナ", name_en="Main arena", capacity=400,
        area_m2=Decimal("1444.00"), purposes=sports, frames=DAY, parts=QUARTERS, units=PARTITIONS,
        summary="全面、半面、1/4面で使えます。バドミントンは全面で8面とれます。", position=10, lock="arena-main",
    )  # fmt: skip
    _room(
        made, code, "budo", "武道場", kana="ブドウジョウ", name_en="Martial arts hall", capacity=60,
        area_m2=Decimal("288.00"), purposes=("dance", "judo"), frames=DAY, position=20,
        parts=(("east", "東"), ("west", "西")),
        units=(
            ("all", "全面", "Whole floor", 60, ("east", "west")),
            ("east", "東半面", "East half", 30, ("east",)),
            ("west", "西半面", "West half", 30, ("west",)),
        ),
    )  # fmt: skip
    for position, (item, words, english, stock, yen, rooms) in enumerate(
        (
            ("net", "バドミントンネット（一式）", "Badminton net", 8, 100, ("arena",)),
            ("table", "卓球台", "Table-tennis table", 12, 200, ("arena",)),
            ("scoreboard", "得点板", "Scoreboard", 6, 0, ()),
            ("speaker", "放送設備", "Public address", 1, 1_000, ()),
        )
    ):
        _add(
            made, "equipment", facility=code, code=item, name=words, name_en=english, stock=stock, yen=yen, per="frame",
            rooms=rooms, position=position * 10,
        )  # fmt: skip
    _add(made, "special_days", facility=code, room="", day=today + timedelta(days=40), kind="closed", reason="設備の点検")


def hall(made: Masters, code: str, name: str, address: str, today: date, **more: Any) -> None:
    """市民会館 — a big hall whose 楽屋 are lent along with it, and a meeting room; uses are approved."""
    _facility(
        made, code, name, address, kana="シミンカイカン", name_en="Civic Hall", category="ホール・会館",
        section="文化振興課", position=20, **more,
    )  # fmt: skip
    stage = ("concert", "dance", "lecture", "rehearsal", "theatre")
    _room(
        made, code, "hall", "大ホール", kana="ダイホール", name_en="Main hall", capacity=1_000,
        area_m2=Decimal("1860.50"), purposes=stage, frames=DAY, needs_approval=True, position=10,
        summary="客席1,000席。入場料をとる催しは、使用料が変わります。",
    )  # fmt: skip
    for number, (room, words, size) in enumerate((("dressing-1", "楽屋1", 12), ("dressing-2", "楽屋2", 20))):
        _room(
            made, code, room, words, kana="ガクヤ", name_en=f"Dressing room {number + 1}", capacity=size, frames=DAY,
            main="hall", alone=False, position=20 + number,
        )  # fmt: skip
    _room(
        made, code, "meeting-1", "第1会議室", kana="ダイイチカイギシツ", name_en="Meeting room 1", capacity=36,
        purposes=("lecture", "meeting", "study"), frames=DAY, position=40,
    )  # fmt: skip
    _add(
        made, "equipment", facility=code, code="piano", name="グランドピアノ", name_en="Grand piano", stock=1, yen=6_000,
        per="use", rooms=("hall",),
    )  # fmt: skip
    _add(
        made, "equipment", facility=code, code="projector", name="プロジェクター", name_en="Projector", stock=3, yen=500,
        per="frame", position=10,
    )  # fmt: skip
    _add(
        made, "special_days", facility=code, room="hall", day=today + timedelta(days=26), kind="closed",
        reason="舞台機構の保守",
    )  # fmt: skip


def community(made: Masters, code: str, name: str, address: str, *, position: int = 30, **more: Any) -> None:
    """公民館 — rooms by 午前・午後・夜間."""
    _facility(
        made, code, name, address, kana="コウミンカン", name_en="Community Centre", category="公民館", position=position,
        **more,
    )  # fmt: skip
    for at, (room, words, english, capacity, purposes) in enumerate(
        (
            ("lecture", "講堂", "Lecture hall", 120, ("concert", "dance", "lecture", "table-tennis")),
            ("meeting", "会議室", "Meeting room", 30, ("meeting", "study")),
            ("washitsu", "和室", "Japanese-style room", 24, ("meeting", "tea")),
            ("kitchen", "料理実習室", "Kitchen", 24, ("cooking",)),
        )
    ):
        _room(
            made, code, room, words, name_en=english, capacity=capacity, purposes=purposes, frames=DAY, position=at * 10
        )
    _add(
        made, "equipment", facility=code, code="projector", name="プロジェクター", name_en="Projector", stock=2, yen=0,
        per="use",
    )  # fmt: skip


def tennis(made: Masters, code: str, name: str, address: str, *, courts: int, **more: Any) -> None:
    """テニスコート — each court by the hour."""
    _facility(
        made, code, name, address, kana="テニスコート", name_en="Tennis Courts", category="テニスコート", section="公園管理課",
        position=50, **more,
    )  # fmt: skip
    for number in range(1, courts + 1):
        _room(
            made, code, f"court-{number}", f"{number}番コート", name_en=f"Court {number}", capacity=8,
            purposes=("tennis",), step_minutes="60", position=number * 10, summary="砂入り人工芝",
        )  # fmt: skip
    _add(
        made, "equipment", facility=code, code="racket", name="貸しラケット", name_en="Racket", stock=12, yen=200,
        per="use",
    )  # fmt: skip
