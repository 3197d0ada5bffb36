"""The text a card signs, and what the certificate says of the person. Pure: no Django, no clock, no network.

Source: 公的個人認証サービス 署名用電子証明書のプロファイル (subjectAltName otherName, arc 1.2.392.200149.8.5.5);
the meaning of the members .1 to .6 as of 2026-11, checked against certificates published by their readers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

NAME = "1.2.392.200149.8.5.5.1"
NAME_SUBSTITUTES = "1.2.392.200149.8.5.5.2"  # which signs of the name stand for others: one digit each
SEX = "1.2.392.200149.8.5.5.3"  # 1 男, 2 女, 3 不明
BORN_ON = "1.2.392.200149.8.5.5.4"  # era digit (1 明治 … 5 令和) and YYYYMMDD in the Gregorian calendar
ADDRESS = "1.2.392.200149.8.5.5.5"
ADDRESS_SUBSTITUTES = "1.2.392.200149.8.5.5.6"

SEXES = {"1": "male", "2": "female", "3": "unknown"}


@dataclass(frozen=True, slots=True)
class Person:
    """基本4情報 of a 署名用電子証明書, as written there."""

    name: str
    born_on: date | None  # None: 不詳 in part
    born_on_written: str
    sex: str  # male, female, unknown
    address: str
    has_substitutes: bool = False  # a sign of name or address stands for one the card cannot write


def content_of(*, body: str, title: str, answers_hash: str, asked_at: datetime, nonce: str) -> str:
    """電子署名の対象 — the exact text (UTF-8, line feeds) that is signed for one application.

    `answers_hash` is the SHA-256 of the canonical answers in hexadecimal; the nonce makes each text the only
    one of its kind. Raises ValueError for another kind of hash, or for a line within a line.
    """
    if not re.fullmatch(r"[0-9a-f]{64}", answers_hash):
        raise ValueError("the answers are named by their SHA-256 in lower-case hexadecimal")
    lines = (
        "もやい 電子署名の対象 第1版",
        f"団体：{body}",
        f"手続：{title}",
        f"申込みの内容の要約値（SHA-256）：{answers_hash}",
        f"署名を求めた時刻：{asked_at.isoformat(timespec='seconds')}",
        f"番号：{nonce}",
    )
    if any("\n" in line or "\r" in line for line in lines):
        raise ValueError("a title is one line")
    return "\n".join(lines) + "\n"


def person_in(names: Mapping[str, str]) -> Person | None:
    """基本4情報 from the otherNames of a certificate by OID; None when it is not a 署名用電子証明書."""
    if not names.get(NAME) or not names.get(ADDRESS) or BORN_ON not in names:
        return None
    return Person(
        name=names[NAME],
        born_on=born_on(names[BORN_ON]),
        born_on_written=names[BORN_ON],
        sex=SEXES.get(names.get(SEX, ""), "unknown"),
        address=names[ADDRESS],
        has_substitutes=any(
            digit not in "0"
            for oid in (NAME_SUBSTITUTES, ADDRESS_SUBSTITUTES)
            for digit in names.get(oid, "")
        ),
    )


def born_on(written: str) -> date | None:
    """The date of birth of a certificate; None for 不詳 and for what is no date.

    >>> born_on("319890107"), born_on("319890000")
    (datetime.date(1989, 1, 7), None)
    """
    match = re.fullmatch(r"[0-5](\d{4})(\d{2})(\d{2})", written)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def name_key(name: str) -> str:
    """A name to compare by: without blanks, widths folded, variants left as they are.

    >>> name_key("ＳＭＩＴＨ　John") == name_key("Smith JOHN")
    True
    """
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).casefold()


def address_key(address: str) -> str:
    """An address to compare by: 一丁目2番3号, 1丁目2番地3 and 1-2-3 are one.

    >>> address_key("千葉市中央区千葉港１丁目２番３号") == address_key("千葉市中央区千葉港一丁目2-3")
    True
    """
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", address))
    text = re.sub("[‐‑‒–—―ー−ｰ－]", "-", text)
    text = re.sub(r"([一二三四五六七八九十]+)(?=丁目|番|号)", lambda found: str(_number(found[1])), text)
    text = re.sub(r"(?<=\d)(?:丁目|番地の|番地|番|号|の)(?=\d)", "-", text)
    return re.sub(r"(?<=\d)(?:丁目|番地|番|号)(?!\d)", "", text).rstrip("-")


def _number(kanji: str) -> int:
    digits = {sign: value for value, sign in enumerate("〇一二三四五六七八九")}
    if "十" not in kanji:
        return int("".join(str(digits[sign]) for sign in kanji))
    tens, _ten, ones = kanji.partition("十")
    return digits.get(tens, 1) * 10 + digits.get(ones, 0)


def differing(person: Person, *, name: str, born: date | None, address: str) -> list[str]:
    """Which of name, born_on and address given in an application are not the signer's; blanks are not compared."""
    wrong = []
    if name and name_key(name) != name_key(person.name):
        wrong.append("name")
    if born is not None and person.born_on != born:
        wrong.append("born_on")
    if address and not address_key(address).startswith(address_key(person.address)):
        wrong.append("address")  # a building may follow what the register has
    return wrong
