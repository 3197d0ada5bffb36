"""総合振込 — a transfer list as banks take it: 全銀協 fixed-length records of 120 bytes, half-width kana. Pure.

Source: 全国銀行協会「全銀協標準通信プロトコル」総合振込 (ヘッダー 1, データ 2, トレーラ 8, エンド 9).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

import jaconv

LENGTH: Final = 120
TYPES: Final = {"ordinary": "1", "current": "2", "savings": "4"}
# What the records may hold (全銀の文字): capitals, digits, half-width kana, and these signs.
SIGNS: Final = frozenset(" ()-./,\\｢｣")
_SMALL: Final = str.maketrans("ｧｨｩｪｫｯｬｭｮ", "ｱｲｳｴｵﾂﾔﾕﾖ")
_BARS: Final = str.maketrans("ー‐－−–—ｰ", "-------")


class NotTransferable(ValueError):
    """A row that no bank takes; the message says why."""


@dataclass(frozen=True, slots=True)
class Sender:
    """委託者 — who transfers, from which account, on which day."""

    code: str  # 委託者コード, 10 digits
    name: str  # 委託者名
    on: date  # 振込指定日
    bank: str
    branch: str
    type: str
    number: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """振込 — one payee and a sum in yen. The holder in kana."""

    bank: str
    branch: str
    type: str
    number: str
    holder: str
    yen: int
    key: str = ""  # 顧客コード: our own number, up to 20 digits


def half_width(text: str) -> str:
    """Text in the letters of the records: half-width kana without small ones, capitals. Raises NotTransferable."""
    # Katakana first, voicing marks as letters of their own; then what is left in ASCII.
    narrow = jaconv.z2h(
        jaconv.hira2kata(unicodedata.normalize("NFKC", text)).translate(_BARS),
        kana=True,
        ascii=True,
        digit=True,
    )
    made = (
        narrow.translate(_SMALL)
        .translate(_BARS)
        .upper()
        .replace("･", ".")
        .replace("｡", ".")
        .replace("､", ",")
    )
    for sign in made:
        fits = sign in SIGNS or (sign.isascii() and (sign.isalnum())) or "ｱ" <= sign <= "ﾟ" or sign == "ｦ"
        if not fits:
            raise NotTransferable(f"全銀の文字にできません：{sign}")
    return made


def _text(value: str, width: int) -> str:
    return half_width(value)[:width].ljust(width)


def _digits(value: str | int, width: int, what: str) -> str:
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= width):
        raise NotTransferable(f"{what}が{width}桁の数字ではありません")
    return text.rjust(width, "0")


def _account(bank: str, branch: str, kind: str, number: str) -> tuple[str, str, str, str]:
    if kind not in TYPES:
        raise NotTransferable("預金種目がありません")
    return (
        _digits(bank, 4, "銀行番号"),
        _digits(branch, 3, "支店番号"),
        TYPES[kind],
        _digits(number, 7, "口座番号"),
    )


def header(sender: Sender, *, bank_kana: str = "", branch_kana: str = "") -> str:
    """ヘッダー・レコード: 種別 21 (総合振込), コード区分 0 (JIS)."""
    bank, branch, kind, number = _account(sender.bank, sender.branch, sender.type, sender.number)
    return (
        "1210"
        + _digits(sender.code, 10, "委託者コード")
        + _text(sender.name, 40)
        + f"{sender.on:%m%d}"
        + bank
        + _text(bank_kana, 15)
        + branch
        + _text(branch_kana, 15)
        + kind
        + number
        + " " * 17
    )


def data(one: Transfer, *, bank_kana: str = "", branch_kana: str = "") -> str:
    """データ・レコード of one transfer. Raises NotTransferable."""
    bank, branch, kind, number = _account(one.bank, one.branch, one.type, one.number)
    if one.yen <= 0:
        raise NotTransferable("金額が1円以上ではありません")
    holder = half_width(one.holder).strip()
    if not holder:
        raise NotTransferable("受取人の名がありません")
    return (
        "2"
        + bank
        + _text(bank_kana, 15)
        + branch
        + _text(branch_kana, 15)
        + " " * 4  # 手形交換所番号
        + kind
        + number
        + holder[:30].ljust(30)
        + _digits(one.yen, 10, "金額")
        + "0"  # 新規コード
        + _digits(one.key or 0, 20, "顧客コード")
        + "7"  # 電信振込
        + " "  # 識別
        + " " * 7
    )


def trailer(count: int, total_yen: int) -> str:
    """トレーラ・レコード: count and sum."""
    return "8" + _digits(count, 6, "件数") + _digits(total_yen, 12, "合計金額") + " " * 101


END: Final = "9" + " " * (LENGTH - 1)


def encoded(records: Iterable[str]) -> bytes:
    """The file: records of 120 bytes in JIS X 0201, each with CRLF."""
    lines = list(records)
    assert all(len(line) == LENGTH for line in lines), [len(line) for line in lines]
    return "".join(f"{line}\r\n" for line in lines).encode("cp932")
