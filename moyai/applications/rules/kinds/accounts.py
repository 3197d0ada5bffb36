"""Kind of field for the account that money is paid to: 口座.

Banks and branches are those of zengin-code 1.1.0.20260824 (全国銀行協会の金融機関コード・店番号, 1,146 banks).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

import jaconv

from moyai.applications.rules.expressions.types import TEXT, Type
from moyai.applications.rules.kinds.base import (
    Kind,
    Read,
    Reading,
    Settings,
    Showing,
    Wrong,
    WrongParts,
    is_blank,
    line,
)
from moyai.applications.rules.result import Param
from moyai.applications.rules.text import BLANKS, folded, graphemes
from moyai.applications.rules.words import Words

ACCOUNT_PARTS = {
    "bank": Words("銀行コード", "bank code"),
    "branch": Words("支店コード", "branch code"),
    "type": Words("預金の種類", "type of account"),
    "number": Words("口座番号", "account number"),
    "holder": Words("口座名義（カナ）", "account holder in kana"),
}
POSTAL_PARTS = {
    "symbol": Words("記号", "symbol (kigō)"),
    "symbol_number": Words("番号", "number (bangō)"),
    "holder": ACCOUNT_PARTS["holder"],
}
ACCOUNT_TYPES = {
    "ordinary": Words("普通", "ordinary"),
    "current": Words("当座", "current"),
    "savings": Words("貯蓄", "savings"),
}
YUCHO = "9900"
LONGEST_HOLDER = 100
_TYPE_WORDS = {
    **{code: code for code in ACCOUNT_TYPES},
    **{str(words): code for code, words in ACCOUNT_TYPES.items()},
    **{f"{words}預金": code for code, words in ACCOUNT_TYPES.items()},
    "総合": "ordinary",
    "通常貯金": "ordinary",
    "振替": "current",
}
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_HOLDER = re.compile("[ァ-ヺー・（）．，／「」－A-Z0-9　]+")
_MARKS = str.maketrans(
    {"(": "（", ")": "）", ".": "．", ",": "，", "/": "／", "｡": "．", "-": "－", " ": "　"}
)


@functools.cache
def branches_of(bank: str) -> tuple[str, Mapping[str, str]] | None:
    """The name of a bank and of its branches by code; None when there is no such bank."""
    from zengin_code import (
        Bank,
    )  # read when the first account is looked at: no other form needs 30,000 branches

    found = Bank.all.get(bank)
    if found is None:
        return None
    return str(found.name), {code: str(branch.name) for code, branch in found.branches.items()}


def names_of(bank: str, branch: str) -> tuple[str, str]:
    """The names of a bank and a branch, "" for what is not known."""
    found = branches_of(bank)
    return (found[0], found[1].get(branch, "")) if found else ("", "")


def from_symbol(symbol: str, number: str) -> dict[str, str]:
    """ゆうちょ銀行の記号・番号 as bank, branch, type and account number, for transfers from other banks.

    記号 1XXX0: branch = its 2nd and 3rd digits and 8, ordinary, the number without its last digit, which is 1.
    記号 0XXXX: branch = 2nd and 3rd digits and 9, current. A sixth digit (再発行) takes no part. Raises WrongParts.
    """
    wrong: list[tuple[str, str, dict[str, Param]]] = []
    if not re.fullmatch(r"(?:1[0-9]{3}0|0[0-9]{4})[0-9]?", symbol, re.ASCII):
        wrong.append(("symbol", "not_symbol", {}))
    if not re.fullmatch(r"[0-9]{1,8}", number, re.ASCII):
        wrong.append(("symbol_number", "not_symbol_number", {}))
    if wrong:
        raise WrongParts(wrong)
    ordinary = symbol[0] == "1"
    if (ordinary and (number[-1] != "1" or len(number) < 2)) or (not ordinary and len(number) > 7):
        raise Wrong("not_symbol_number", "symbol_number")
    return {
        "bank": YUCHO,
        "branch": symbol[1:3] + ("8" if ordinary else "9"),
        "type": "ordinary" if ordinary else "current",
        "number": (number[:-1] if ordinary else number).zfill(7),
    }


def _code(part: str, given: Any, digits: int) -> str:
    """Digits with the zeros that were left out in front."""
    if isinstance(given, int) and not isinstance(given, bool) and 0 <= given < 10**digits:
        given = str(given)
    text = folded(line(given)).replace("-", "").replace(" ", "")
    if len(text) > digits or not _DIGITS.fullmatch(text):
        raise Wrong("not_code", what=ACCOUNT_PARTS[part], digits=digits)
    return text.zfill(digits)


def _holder(given: Any) -> str:
    text = line(given).strip(BLANKS)
    if len(text) > LONGEST_HOLDER:
        raise Wrong("too_long", max=LONGEST_HOLDER, count=graphemes(text))
    text = jaconv.hira2kata(jaconv.h2z(jaconv.z2h(text, kana=False, ascii=True, digit=True), kana=True))
    text = re.sub("　+", "　", text.upper().translate(_MARKS))
    if not _HOLDER.fullmatch(text):
        raise Wrong("not_holder")
    return text


class BankAccount(Kind):
    """口座 — {bank, branch, type, number, holder}, or ゆうちょ {symbol, symbol_number, holder}, which is converted.

    bank 4 digits, branch 3, number 7 (zeros in front are put back), type ordinary, current or savings (普通・当座・
    貯蓄), holder in katakana as in the passbook (full width kept). Bank and branch must exist; of stored answers this
    is not asked again, as branches close.
    """

    name, ja, missing = "bank_account", "口座", "missing_text"
    en = "Bank account"

    def value_type(self, settings: Settings) -> Type:
        return Type("account")

    def parts(self, settings: Settings) -> Mapping[str, Type]:
        return {**dict.fromkeys(ACCOUNT_PARTS, TEXT), "type": Type("text", frozenset(ACCOUNT_TYPES))}

    def reader(self, settings: Settings) -> Read:
        names = Words("・".join(ACCOUNT_PARTS.values()), ", ".join(one.en for one in ACCOUNT_PARTS.values()))

        def read(value: Any, reading: Reading) -> dict[str, str]:
            if not isinstance(value, dict):
                raise Wrong("not_parts", parts=names)
            given = {part: one for part, one in value.items() if not is_blank(one)}
            postal = "symbol" in given or "symbol_number" in given
            asked = POSTAL_PARTS if postal else ACCOUNT_PARTS
            if (
                not value.keys() <= ACCOUNT_PARTS.keys() | POSTAL_PARTS.keys()
                or not given.keys() <= asked.keys()
            ):
                raise Wrong(
                    "account_twice" if postal else "not_parts", **({} if postal else {"parts": names})
                )
            wrong: list[tuple[str, str, dict[str, Param]]] = [
                (part, "missing_part", {"part": words}) for part, words in asked.items() if part not in given
            ]
            kept: dict[str, str] = {}
            for part, one in given.items():
                try:
                    kept[part] = _part(part, one)
                except Wrong as found:
                    wrong.extend((part, code, params) for _, code, params in found.found)
            if wrong:
                raise WrongParts(wrong)
            if postal:
                kept = {**from_symbol(kept["symbol"], kept["symbol_number"]), "holder": kept["holder"]}
            if reading.uploads is not None:
                _exists(kept, postal)
            return {part: kept[part] for part in ACCOUNT_PARTS}

        return read

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        bank, branch = names_of(kept["bank"], kept["branch"])
        words = ACCOUNT_TYPES[kept["type"]].in_language(showing.language)
        code, place = kept["bank"], kept["branch"]
        if showing.language == "en":
            return f"{bank} ({code}) {branch} ({place}), {words} {kept['number']}, {kept['holder']}"
        return f"{bank}（{code}）{branch}（{place}）　{words}　{kept['number']}　{kept['holder']}"


def _part(part: str, given: Any) -> str:
    if part == "holder":
        return _holder(given)
    if part == "type":
        code = _TYPE_WORDS.get(folded(line(given)))
        if code is None:
            raise Wrong("not_option")
        return code
    if part in ("symbol", "symbol_number"):
        return folded(line(given)).replace("-", "").replace(" ", "")
    return _code(part, given, {"bank": 4, "branch": 3, "number": 7}[part])


def _exists(kept: Mapping[str, str], postal: bool) -> None:
    found = branches_of(kept["bank"])
    if found is None:
        raise Wrong("bank_unknown", "bank", number=kept["bank"])
    if kept["branch"] not in found[1]:
        if postal:
            raise Wrong("not_symbol", "symbol")
        raise Wrong("branch_unknown", "branch", number=kept["branch"], bank=found[0])
