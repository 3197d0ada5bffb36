"""オープンデータ — published facilities in the fields of the 推奨データセット 公共施設一覧. Nothing of persons.

Source: 推奨データセット データ項目定義書「公共施設一覧」. Fields that are not kept here stay empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from moyai.reservations.models import Facility
from moyai.reservations.queries.masters import facilities_for_residents
from moyai.reservations.queries.policies import policies_of
from moyai.reservations.rules.rooms import clock_face
from moyai.reservations.workbook.nouns import BARRIER_FREE
from moyai.tenants.public import Body

FIELDS: Final = (
    "都道府県コード又は市区町村コード", "NO", "都道府県名", "市区町村名", "名称", "名称_カナ", "名称_通称", "POIコード", "住所",
    "方書", "緯度", "経度", "電話番号", "内線番号", "法人番号", "団体名", "利用可能曜日", "開始時間", "終了時間",
    "利用可能日時特記事項", "説明", "バリアフリー情報", "URL", "備考",
)  # fmt: skip
PREFECTURES: Final = (
    "北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県", "栃木県", "群馬県", "埼玉県", "千葉県",
    "東京都", "神奈川県", "新潟県", "富山県", "石川県", "福井県", "山梨県", "長野県", "岐阜県", "静岡県", "愛知県", "三重県",
    "滋賀県", "京都府", "大阪府", "兵庫県", "奈良県", "和歌山県", "鳥取県", "島根県", "岡山県", "広島県", "山口県", "徳島県",
    "香川県", "愛媛県", "高知県", "福岡県", "佐賀県", "長崎県", "熊本県", "大分県", "宮崎県", "鹿児島県", "沖縄県",
)  # fmt: skip
WEEK: Final = {"mon": "月", "tue": "火", "wed": "水", "thu": "木", "fri": "金", "sat": "土", "sun": "日"}
Row = dict[str, str]


def facility_rows(*, body: Body, on: date) -> list[tuple[Facility, Row, Mapping[str, Any] | None]]:
    """公共施設一覧 of a day: each facility, its row, and the opening policy it was read from. Three queries."""
    facilities = facilities_for_residents(body, on=on)
    policies = policies_of(body, facilities=[one.pk for one in facilities], kinds=["opening"])
    found = []
    for facility in facilities:
        policy = policies.find("opening", on=on, facility_id=facility.pk)
        document = policy.document if policy is not None else None
        found.append((facility, _row(body, facility, document), document))
    return found


def _row(body: Body, facility: Facility, opening: Mapping[str, Any] | None) -> Row:
    hours = (opening or {}).get("hours", [])
    times = {(row["opens"], row["closes"]) for row in hours}
    opens, closes = next(iter(times)) if len(times) == 1 else (None, None)  # several: the remark says which
    row = dict.fromkeys(FIELDS, "")
    return row | {
        "都道府県コード又は市区町村コード": body.code,
        "NO": facility.code,
        "都道府県名": _prefecture(body),
        "市区町村名": "" if body.kind == Body.Kind.PREFECTURE else body.name,
        "名称": facility.name,
        "名称_カナ": facility.kana,
        "住所": facility.address,
        "緯度": _degrees(facility.latitude),
        "経度": _degrees(facility.longitude),
        "電話番号": facility.phone,
        "団体名": facility.section,
        "利用可能曜日": open_weekdays(opening),
        "開始時間": f"{clock_face(opens):0>5}" if opens is not None else "",
        "終了時間": f"{clock_face(closes):0>5}" if closes is not None else "",
        "説明": facility.note,
        "バリアフリー情報": ";".join(
            BARRIER_FREE[one] for one in BARRIER_FREE if one in facility.barrier_free
        ),
        "URL": facility.url,
    }


def open_weekdays(opening: Mapping[str, Any] | None) -> str:
    """月火水木金土日 without the days on which it is closed every week; empty where no calendar is in force."""
    if not opening:
        return ""
    rows: Sequence[Mapping[str, Any]] = opening["hours"]
    named = {day for row in rows for day in (row.get("days") or WEEK)}
    shut = {row.get("weekday") for row in opening.get("closed", ()) if row["every"] == "week"}
    return "".join(word for day, word in WEEK.items() if day in named and day not in shut)


def _prefecture(body: Body) -> str:
    number = body.code[:2]
    return PREFECTURES[int(number) - 1] if number.isdigit() and 0 < int(number) <= len(PREFECTURES) else ""


def _degrees(value: Any) -> str:
    return f"{value.normalize():f}" if value is not None else ""
