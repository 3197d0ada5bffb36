"""計算例 of the fee rules, worked out by hand from the 団体の定め（例）; each runs as a test."""

from __future__ import annotations

from typing import Any

from moyai.rulebook.public import Example

WEEKDAY, SATURDAY, SUNDAY = "2026-05-13", "2026-05-16", "2026-05-17"
_FRAMES = {"am": ("午前", 540, 720), "pm": ("午後", 780, 1020), "night": ("夜間", 1080, 1290)}
_PROJECTOR = {"code": "projector", "name": "プロジェクター", "yen": 200, "per": "use", "count": 1}
_TABLES = {"code": "table", "name": "長机", "yen": 50, "per": "hour", "count": 4}
_SCORER = {"code": "scorer", "name": "得点板", "yen": 300, "per": "frame", "count": 1}


def _hours(policy: str, starts: int, ends: int, **more: Any) -> dict[str, Any]:
    """A use from–to in hours of the day: 9.5 is half past nine."""
    return {"policy": policy, "on": WEEKDAY, "starts": int(starts * 60), "ends": int(ends * 60)} | more


def _frames(policy: str, names: str, **more: Any) -> dict[str, Any]:
    """A use of コマ by their codes: "am pm"."""
    spans = [(code, *_FRAMES[code]) for code in names.split()]
    return {
        "policy": policy,
        "on": WEEKDAY,
        "starts": spans[0][2],
        "ends": spans[-1][3],
        "frames": [
            {"code": code, "name": name, "starts": starts, "ends": ends} for code, name, starts, ends in spans
        ],
    } | more


def _hall(starts: float, ends: float, **more: Any) -> dict[str, Any]:
    return _hours("community_hall", starts, ends, **({"room": "meeting"} | more))  # type: ignore[arg-type]


def _gym(unit: str, names: str, **more: Any) -> dict[str, Any]:
    return _frames("gymnasium", names, unit=unit, **more)


def _concert(names: str, **more: Any) -> dict[str, Any]:
    return _frames("concert_hall", names, **({"unit": "hall"} | more))


def _court(starts: float, ends: float, **more: Any) -> dict[str, Any]:
    return _hours("tennis_court", starts, ends, **more)  # type: ignore[arg-type]


_OWN = {
    "rounding": "floor",
    "rounding_yen": 1,
    "tax": "none",
    "through": "least",
    "order": ["room"],
    "prices": [
        {"frames": ["am"], "yen": 1_000},
        {"frames": ["pm"], "yen": 1_000},
        {"frames": ["night"], "yen": 1_500},
        {"frames": ["am", "pm"], "yen": 1_800},
        {"frames": ["am", "pm", "night"], "yen": 3_400},
    ],
}

_HALL = [
    Example(_hall(9, 11), 600, note="1時間300円 × 2時間"),
    Example(_hall(9, 12), 750, note="3時間900円は、午前の上限750円まで"),
    Example(_hall(9, 17), 1_750, note="午前750円 ＋ 午後1,500円の上限1,000円"),
    Example(_hall(10, 10.5), 300, note="30分の利用は、最低の1時間とする"),
    Example(_hall(11, 13), 600, note="2つの時間帯にまたがる。それぞれ1時間"),
    Example(_hall(16, 18.5), 1_100, note="16時から300円、17時と18時から400円（30分は1時間とする）"),
    Example(_hall(9, 12, resident_class="outside"), 1_120, note="750円の5割増1,125円、10円未満切捨て"),
    Example(_hall(13, 14.75, room="studio"), 1_000, note="30分250円 × 4（15分は30分とする）"),
    Example(_hall(9, 17, room="gallery"), 0, note="0円と定めてある室場"),
    Example(_hall(9, 12, extras=["aircon"]), 1_050, note="750円 ＋ 冷暖房100円 × 3時間"),
    Example(
        _hall(9, 11, equipment=[_PROJECTOR, _TABLES]),
        1_200,
        note="600円 ＋ 200円 × 1回 ＋ 50円 × 2時間 × 4台",
    ),
    Example(
        _hall(9, 12, extras=["aircon"], equipment=[_PROJECTOR], relief="welfare"),
        200,
        note="室場と冷暖房は免除、備品は減免しない",
    ),
    Example(_hall(9, 12, resident_class="outside", relief="social"), 560, note="割増の後の1,120円を5割減額"),
    Example(_hall(9, 12, equipment=[_PROJECTOR], relief="council"), 450, note="750 − 500 ＋ 200"),
    Example(_hall(9, 10, relief="council"), 0, note="500円の減額は、使用料300円まで"),
]
_GYM = [
    Example(_gym("all", "am"), 4_800, note="全面 午前"),
    Example(_gym("all", "am pm"), 10_000, note="通し料金。4,800 ＋ 6,400 = 11,200円より低い"),
    Example(_gym("all", "am pm night"), 16_500, note="全日の通し料金"),
    Example(_gym("half", "am pm"), 5_600, note="半面 2,400 ＋ 3,200"),
    Example(_gym("quarter", "night"), 1_800, note="4分の1面 夜間"),
    Example(_gym("all", "pm", resident_class="outside"), 12_800, note="市外の方は10割増"),
    Example(
        _gym("all", "am", resident_class="outside", commercial=True),
        19_200,
        note="市外10割増9,600円 ＋ 元の額4,800円の20割9,600円",
    ),
    Example(_gym("all", "am", admission_yen=1_000), 7_200, note="入場料1,000円以下は5割増"),
    Example(_gym("all", "am", admission_yen=1_001), 9_600, note="入場料1,000円を超えると10割増"),
    Example(
        _gym("all", "am", resident_class="outside", commercial=True, admission_yen=3_000),
        38_400,
        note="4,800 → 9,600 → 19,200 → 38,400",
    ),
    Example(_gym("half", "night", extension_minutes=60), 4_680, note="延長1時間は、夜間3,600円の3割1,080円"),
    Example(_gym("half", "night", extension_minutes=61), 5_760, note="1分でも過ぎれば2時間分 1,080円 × 2"),
    Example(
        _gym("half", "night", extension_minutes=90, resident_class="outside"),
        11_520,
        note="（3,600 ＋ 2,160） × 2",
    ),
    Example(_gym("all", "am pm night", extras=["light"]), 19_500, note="16,500円 ＋ 照明1,000円 × 3コマ"),
    Example(_gym("half", "am", extras=["light"]), 2_900, note="2,400円 ＋ 部分の照明500円"),
    Example(
        _gym("all", "am", extras=["light"], equipment=[_SCORER], relief="school"),
        1_300,
        note="学校の行事は室場を免除。照明1,000円と得点板300円は納める",
    ),
    Example(_gym("quarter", "am", kind="group", relief="youth"), 600, note="1,200円を5割減額"),
    Example(
        _gym("quarter", "am", resident_class="outside", relief="youth"),
        1_200,
        note="割増の後の2,400円を5割減額",
    ),
]
_CONCERT = [
    Example(_concert("am pm night"), 72_000, note="平日の全日"),
    Example(_concert("am pm night", on=SATURDAY), 88_000, note="土日祝の表"),
    Example(_concert("am", on="2026-05-04", holiday=True), 22_000, note="月曜日でも祝日は土日祝の表"),
    Example(_concert("am", purpose="rehearsal"), 12_600, note="練習・準備は3割引"),
    Example(_concert("am pm night", admission_yen=500), 86_400, note="72,000円の2割増"),
    Example(_concert("am pm night", admission_yen=501), 108_000, note="72,000円の5割増"),
    Example(_concert("am pm night", on=SUNDAY, admission_yen=3_001), 176_000, note="88,000円の10割増"),
    Example(
        _concert("am", resident_class="outside", admission_yen=3_000),
        32_400,
        note="18,000 → 5割増27,000 → 市外2割増32,400",
    ),
    Example(_concert("pm", commercial=True), 40_500, note="入場料のない営利の利用は5割増"),
    Example(_concert("am", on="2026-07-15"), 27_000, note="6月から9月は冷房5割が必ずかかる"),
    Example(_concert("am", on="2026-12-15"), 23_400, note="12月から3月は暖房3割が必ずかかる"),
    Example(_concert("am", on="2027-01-13"), 23_400, note="年をまたぐ期間"),
    Example(_concert("am", extras=["aircon"]), 27_000, note="期間の外は、申し出たときに5割"),
    Example(_concert("night", extension_minutes=30), 38_400, note="延長30分は32,000円の2割6,400円"),
    Example(_concert("night", extension_minutes=40), 44_800, note="30分ごとに2回"),
    Example(_concert("am", unit="", room="dressing", with_main=True), 500, note="付属室場をホールとともに"),
    Example(
        _concert("am", unit="", room="dressing", extension_minutes=30),
        1_100,
        note="楽屋のみ900円、延長は2割180円を100円単位に切上げ",
    ),
    Example(
        _concert("am", on="2026-07-15", relief="cohost"),
        8_100,
        note="室場18,000円と冷房9,000円を7割減額",
    ),
]
_COURT = [
    Example(_court(9, 11), 1_000, note="910円 ＋ 消費税91円 = 1,001円、10円未満切捨て"),
    Example(_court(9, 11, on=SATURDAY), 1_250, note="910円の25%増1,137.5円は四捨五入1,138円、税114円"),
    Example(_court(9, 10), 1_000, note="1時間の利用は、最低の2時間とする"),
    Example(_court(9, 11, on="2019-09-30"), 980, note="消費税8%の日。910 ＋ 72.8 → 73"),
    Example(_court(9, 11, on="2019-10-01"), 1_000, note="消費税10%の初日"),
    Example(_court(9, 11, resident_class="outside"), 2_000, note="1,820円 ＋ 税182円、10円未満切捨て"),
    Example(_court(18, 20, extras=["light"]), 2_320, note="910円 ＋ 照明600円 × 2時間、税211円"),
    Example(
        _court(9, 11, resident_class="outside", extension_minutes=45),
        3_050,
        note="1,820 ＋ 延長240円 × 2 × 2倍 = 2,780、税278円",
    ),
    Example(_court(9, 11, relief="senior"), 690, note="910円を3割減額し630円、税63円"),
]
_GIVEN = [
    Example(_frames("own", "am pm night", document=_OWN), 3_300, note="合計が最も低い組合せ 1,800 ＋ 1,500"),
    Example(
        _frames("own", "am pm night", document={**_OWN, "through": "longest"}),
        3_400,
        note="長い通しから取ると全日3,400円",
    ),
]

FEE_EXAMPLES = [*_HALL, *_GYM, *_CONCERT, *_COURT, *_GIVEN]
RELIEF_EXAMPLES = [
    Example(_hall(9, 12, extras=["aircon"], relief="welfare"), 1_050, note="750円と冷暖房300円の免除"),
    Example(_hall(9, 10, relief="council"), 300, note="定めは500円。使用料を超えて減らさない"),
    Example(_concert("am", on="2026-07-15", relief="cohost"), 18_900, note="18,000円と9,000円のそれぞれ7割"),
    Example(_court(9, 11, relief="senior"), 280, note="910円の3割減637円を10円未満切捨てて630円"),
    Example(_hall(9, 12), 0, note="減免のない利用"),
]
