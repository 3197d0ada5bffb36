"""列 — what a cell of the workbook may hold, how it is written and how it is read.

The same columns make the forms of the pages: what a clerk types there and in the workbook is read by one function.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from moyai.calendars.public import DateRefused, parse_date
from moyai.ui.public import (
    Unreadable,
    fold,
    kana,
    mail_address,
    phone,
    phone_shown,
    postal_code,
    postal_code_shown,
    trim,
    whole_number,
)

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,19}", re.ASCII)
TIME = re.compile(r"([0-9]{1,2})[:時]([0-9]{1,2})分?", re.ASCII)
YES = ("○", "◯", "〇", "はい", "1", "true", "yes")
NO = ("", "×", "いいえ", "0", "false", "no", "-", "—")
NOTHING: Mapping[str, str] = MappingProxyType({})
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


class Wrong(ValueError):
    """A cell that cannot be taken; the message is for the clerk."""

    @property
    def message(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `name` of the field, `head` in the sheet, kind of value, and its limits.

    Kinds: text, lines (text with line breaks), kana, code, codes, words (a set of `words`), choice (one of
    `words`: stored → said), flag, whole, yen, decimal, date, time, postal, phone, mail; of policies: yes_no (○, × or
    nothing said), list (of `words` or plain codes, in the order given), wholes (a list of numbers), day (a date
    kept as 2026-04-01).
    """

    name: str
    head: str
    kind: str = "text"
    required: bool = False
    most: int = 100  # characters of a text, the greatest whole number, digits before the point
    least: int = 0
    places: int = 0  # digits after the point
    words: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    empty: Any = ""  # what an empty cell means
    width: int = 14
    hint: str = ""


def read(column: Column, raw: Any) -> Any:
    """The value of a cell, as the workbook or a form gives it. Raises Wrong."""
    if raw is None or (isinstance(raw, str) and not trim(raw)):
        if column.required:
            raise Wrong(_("必ず入れてください。"))
        return column.empty
    return _READERS[column.kind](column, raw)


def write(column: Column, value: Any) -> str | int | float | date | None:
    """What is written into the cell; `read(column, write(column, v)) == v`."""
    if column.kind == "flag":
        return "○" if value else None
    if value is None or value in ("", [], ()):
        return None
    if column.kind == "day":
        return date.fromisoformat(value)
    if column.kind == "time":
        return time_words(value)
    if column.kind == "choice":
        return str(column.words.get(value, value))
    if column.kind == "words":
        return "、".join(column.words.get(one, one) for one in value)
    if column.kind == "yes_no":
        return "○" if value else "×"
    if column.kind == "list":
        return "、".join(column.words.get(one, one) for one in value)
    if column.kind in ("codes", "wholes"):
        return "、".join(str(one) for one in value)
    if column.kind == "decimal":
        return f"{value:f}"
    if column.kind == "phone":
        return phone_shown(value)
    if column.kind == "postal":
        return postal_code_shown(value)
    return value  # type: ignore[no-any-return]


def time_words(minutes: int) -> str:
    """9:00, 24:00."""
    return f"{minutes // 60}:{minutes % 60:02d}"


# --- how each kind is read -----------------------------------------------------------------------------


def _plain(raw: Any) -> str:
    """The cell as text: numbers as a person would write them."""
    if isinstance(raw, bool):
        return "○" if raw else ""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    if isinstance(raw, datetime):
        raise Wrong(_("日付ではなく文字で入れてください。"))
    if isinstance(raw, (date, time, timedelta)):
        raise Wrong(_("日付や時刻ではなく文字で入れてください。"))
    return str(raw)


def _text(column: Column, raw: Any) -> str:
    text = _plain(raw).replace("\r\n", "\n").replace("\r", "\n")
    if column.kind != "lines":
        text = re.sub(r"[\n\t]+", " ", text)
    text = trim(text)
    if _CONTROL.search(text):
        raise Wrong(_("文字ではない制御記号が入っています。"))
    if len(text) > column.most:
        raise Wrong(
            _("%(most)s文字以内にしてください（今は%(now)s文字）。")
            % {"most": f"{column.most:,}", "now": f"{len(text):,}"}
        )
    return text


def _kana(column: Column, raw: Any) -> str:
    try:
        return _text(column, kana(_plain(raw)))
    except Unreadable:
        raise Wrong(_("カタカナかひらがなで入れてください。")) from None


def _code(column: Column, raw: Any) -> str:
    code = fold(_plain(raw))
    if not CODE.fullmatch(code):
        raise Wrong(_("半角の英数字、-（ハイフン）、_（下線）で20文字以内にしてください。"))
    return code


def _several(raw: Any) -> list[str]:
    return [one for one in (trim(part) for part in re.split(r"[、,，\n]", _plain(raw))) if one]


def _codes(column: Column, raw: Any) -> tuple[str, ...]:
    return tuple(sorted({_code(column, one) for one in _several(raw)}))


def _list(column: Column, raw: Any) -> list[str]:
    """In the order given: an order of steps or of priority is one of meaning."""
    if column.words:
        return [_choice(column, one) for one in _several(raw)]
    found = _several(raw)
    if any(len(one) > column.most for one in found):
        raise Wrong(_("1つを%(most)s文字以内にしてください。") % {"most": column.most})
    return found


def _wholes(column: Column, raw: Any) -> list[int]:
    return [_whole(column, one) for one in _several(raw)]


def _yes_no(column: Column, raw: Any) -> bool:
    text = trim(_plain(raw)).lower()
    if text in YES or text in NO:
        return text in YES
    raise Wrong(_("○か×か空欄にしてください。"))


def _day(column: Column, raw: Any) -> str:
    return _date(column, raw).isoformat()


def _words(column: Column, raw: Any) -> tuple[str, ...]:
    said = {word: stored for stored, word in column.words.items()}
    found = set()
    for one in _several(raw):
        if one not in said and one not in column.words:
            raise Wrong(
                _("「%(word)s」は使えません。%(words)sから選んでください。")
                % {"word": one[:40], "words": _listed(column.words)}
            )
        found.add(said.get(one, one))
    return tuple(one for one in column.words if one in found)


def _choice(column: Column, raw: Any) -> str:
    text = trim(_plain(raw))
    for stored, word in column.words.items():
        if text in (stored, word):
            return stored
    raise Wrong(
        _("「%(word)s」は使えません。%(words)sから選んでください。")
        % {"word": text[:40], "words": _listed(column.words)}
    )


def _listed(words: Mapping[str, str]) -> str:
    return "、".join(list(words.values())[:20])


def _flag(column: Column, raw: Any) -> bool:
    text = trim(_plain(raw)).lower()
    if text in YES:
        return True
    if text in NO:
        return False
    raise Wrong(_("○か空欄にしてください。"))


def _whole(column: Column, raw: Any) -> int:
    try:
        value = whole_number(_plain(raw).replace(",", "").replace("，", "").removesuffix("円"))
    except Unreadable:
        raise Wrong(_("整数で入れてください。")) from None
    if not column.least <= value <= column.most:
        raise Wrong(
            _("%(least)sから%(most)sの間にしてください。")
            % {"least": f"{column.least:,}", "most": f"{column.most:,}"}
        )
    return value


def _decimal(column: Column, raw: Any) -> Decimal:
    try:
        value = Decimal(str(raw) if isinstance(raw, (int, float)) else fold(_plain(raw)).replace(",", ""))
    except InvalidOperation:
        raise Wrong(_("数で入れてください。")) from None
    if not value.is_finite() or not column.least <= value <= column.most:
        raise Wrong(
            _("%(least)sから%(most)sの間にしてください。")
            % {"least": f"{column.least:,}", "most": f"{column.most:,}"}
        )
    rounded = value.quantize(Decimal(1).scaleb(-column.places))
    if rounded != value:
        raise Wrong(_("小数点より後は%(places)s桁までにしてください。") % {"places": column.places})
    return rounded


def _date(column: Column, raw: Any) -> date:
    if isinstance(raw, datetime):
        found = raw.date()
    elif isinstance(raw, date):
        found = raw
    else:
        try:
            found = parse_date(_plain(raw)).on
        except DateRefused:
            raise Wrong(_("「2026-04-01」か「令和8年4月1日」の形の日付にしてください。")) from None
    if not 1900 <= found.year <= 2099:
        raise Wrong(_("1900年から2099年までの日付にしてください。"))
    return found


def _time(column: Column, raw: Any) -> int:
    if isinstance(raw, timedelta):
        minutes = int(raw.total_seconds()) // 60
    elif isinstance(raw, datetime):  # a spreadsheet keeps 24:00 as the first day of its calendar
        minutes = (raw - datetime(1899, 12, 31)).days * 1440 + raw.hour * 60 + raw.minute  # noqa: DTZ001
    elif isinstance(raw, time):
        minutes = raw.hour * 60 + raw.minute
    elif isinstance(raw, float) and 0 < raw <= 1:
        minutes = round(raw * 1440)
    else:
        found = TIME.fullmatch(fold(_plain(raw)))
        if found is None or int(found[2]) > 59:
            raise Wrong(_("「9:00」の形の時刻にしてください。"))
        minutes = int(found[1]) * 60 + int(found[2])
    if not 0 <= minutes <= 1440:
        raise Wrong(_("0:00から24:00までの時刻にしてください。"))
    return minutes


def _with(reader: Any, words: str) -> Any:
    def read_it(column: Column, raw: Any) -> str:
        try:
            return _text(column, reader(_plain(raw)))
        except Unreadable:
            raise Wrong(_(words)) from None

    return read_it


_READERS: Mapping[str, Any] = {
    "text": _text,
    "lines": _text,
    "kana": _kana,
    "code": _code,
    "codes": _codes,
    "words": _words,
    "choice": _choice,
    "list": _list,
    "wholes": _wholes,
    "yes_no": _yes_no,
    "day": _day,
    "flag": _flag,
    "whole": _whole,
    "yen": _whole,
    "decimal": _decimal,
    "date": _date,
    "time": _time,
    "postal": _with(postal_code, "郵便番号は7桁で入れてください。"),
    "phone": _with(phone, "電話番号は市外局番から入れてください。"),
    "mail": _with(mail_address, "メールアドレスは「name@example.jp」の形で入れてください。"),
}
