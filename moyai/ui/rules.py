"""入力の受け入れ — what is taken in at the edge and how it is kept. Pure: no Django, no clock.

Nobody is ever asked for 全角 or 半角. Each reader returns the canonical value or raises `Unreadable`
with one of the named reasons; the words stand in `forms.py`, so that this file knows no language.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import datetime

import jaconv
import phonenumbers

BRANDS = ("blue", "sky", "aqua", "green", "purple", "ink", "red", "orange", "yellow", "lime", "magenta")

# For the inside of a character class: - ‐ ‑ ‒ – — ― − － ｰ ー ﹣ ﹘. NFKC leaves most of
# them as they are; between digits they all mean the same hyphen.
DASHES = r"\-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\uff70\u30fc\ufe63\ufe58"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_DASH_BETWEEN = re.compile(rf"(?<=[0-9])[{DASHES}](?=[0-9])")
_MAIL_TYPOS = {
    "gmial.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gmail.co": "gmail.com",
    "gmail.con": "gmail.com",
    "gmal.com": "gmail.com",
    "yahooo.co.jp": "yahoo.co.jp",
    "yaho.co.jp": "yahoo.co.jp",
    "docomo.ne.co.jp": "docomo.ne.jp",
    "softbank.ne.co.jp": "softbank.ne.jp",
    "ezweb.ne.co.jp": "ezweb.ne.jp",
    "icloud.co": "icloud.com",
    "hotmial.com": "hotmail.com",
}


class Unreadable(ValueError):
    """A value that cannot be taken as this kind; `reason` is a word of the code, never shown as it is."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


def trim(text: str) -> str:
    """Take blanks of every width and invisible signs off both ends."""
    return text.strip().strip(INVISIBLE + " 　\t\r\n\v\f").strip()


def fold(text: str) -> str:
    """NFKC, trimmed, any dash between digits to '-'. For numbers and codes, never for names."""
    folded = trim(unicodedata.normalize("NFKC", text))
    return _DASH_BETWEEN.sub("-", folded)


def bare_code(text: str) -> str:
    """整理番号, 口座番号 and the like: folded, upper case, without blanks, dashes and dots between."""
    folded = unicodedata.normalize("NFKC", trim(text)).upper()
    return re.sub(rf"[\s{DASHES}{INVISIBLE}.]", "", folded)


def digits(text: str, *, length: int) -> str:
    """A code of exactly `length` digits. Refuses: letters, other lengths."""
    code = bare_code(text)
    if not code:
        raise Unreadable("empty")
    if not re.fullmatch(r"[0-9]+", code):
        raise Unreadable("not_digits")
    if len(code) != length:
        raise Unreadable("length")
    return code


def kana(text: str) -> str:
    """フリガナ in full-width katakana, one full-width blank between words. Refuses: kanji, Latin, digits."""
    joined = unicodedata.normalize("NFC", jaconv.h2z(trim(text), kana=True, ascii=False, digit=False))
    wide = jaconv.hira2kata(joined)
    wide = re.sub(r"[\s　\u00a0]+", "　", wide)
    wide = re.sub(rf"(?<=[ァ-ヺー])[{DASHES}]", "ー", wide)
    if not wide:
        raise Unreadable("empty")
    if not re.fullmatch(r"[ァ-ヺー・ヽヾ　]+", wide):
        raise Unreadable("not_kana")
    return wide


def whole_number(text: str) -> int:
    """A whole number in any width, with or without commas; △ and any dash in front mean minus."""
    body = re.sub(r"[,，、\s]", "", unicodedata.normalize("NFKC", trim(text)))
    if not body:
        raise Unreadable("empty")
    sign = 1
    if re.match(rf"[△▲+{DASHES}]", body):
        sign = 1 if body[0] == "+" else -1
        body = body[1:]
    if re.fullmatch(r"[0-9]*\.[0-9]*", body) and body != ".":
        raise Unreadable("decimal")
    if not re.fullmatch(r"[0-9]+", body):
        raise Unreadable("not_number")
    return sign * int(body)


_UNITS = (("兆", 10**12), ("億", 10**8), ("万", 10**4))


def amount_yen(text: str, *, negative: bool = False, limit: int = 10**15) -> int:
    """金額 in yen: 12345, １２，３４５, 12,345円, ¥12,345, 3万5千円, △1,000 where `negative`.

    Refuses: decimals, an empty sign, minus where not allowed, more than `limit`.
    """
    body = re.sub(r"[,，、\s]", "", unicodedata.normalize("NFKC", trim(text)))
    body = body.removeprefix("金").lstrip("¥\\").removesuffix("円").removesuffix("也").removesuffix("円")
    if not body:
        raise Unreadable("empty")
    sign = 1
    if re.match(rf"[△▲{DASHES}]", body):
        sign, body = -1, body[1:].lstrip("¥\\")
    if "." in body:
        raise Unreadable("decimal")
    yen = _with_units(body)
    if sign < 0 and not negative:
        raise Unreadable("negative")
    if yen > limit:
        raise Unreadable("too_large")
    return sign * yen


def _with_units(body: str) -> int:
    total = 0
    rest = body
    for sign, worth in _UNITS:
        if sign in rest:
            head, rest = rest.split(sign, 1)
            total += _below_ten_thousand(head) * worth
    if rest or not total:
        total += _below_ten_thousand(rest)
    return total


def _below_ten_thousand(body: str) -> int:
    if re.fullmatch(r"[0-9]+", body):
        return int(body)
    total = 0
    rest = body
    for sign, worth in (("千", 1000), ("百", 100), ("十", 10)):
        if sign in rest:
            head, rest = rest.split(sign, 1)
            if head and not re.fullmatch(r"[0-9]", head):
                raise Unreadable("not_number")
            total += int(head or "1") * worth
    if rest:
        if not re.fullmatch(r"[0-9]+", rest):
            raise Unreadable("not_number")
        total += int(rest)
    elif not total:
        raise Unreadable("not_number")
    return total


def phone(text: str) -> str:
    """電話番号 as E.164 (+81432455111). Refuses: too short or long, numbers that exist nowhere."""
    body = fold(text)
    if not body:
        raise Unreadable("empty")
    if re.search(r"内線|ext", body, re.IGNORECASE):
        raise Unreadable("extension")
    try:
        parsed = phonenumbers.parse(re.sub(rf"[{DASHES}]", "-", body), "JP")
    except phonenumbers.NumberParseException:
        raise Unreadable("not_phone") from None
    if not phonenumbers.is_possible_number(parsed) or not phonenumbers.is_valid_number(parsed):
        raise Unreadable("not_phone")
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def phone_shown(e164: str) -> str:
    """+81432455111 → 043-245-5111; a foreign number with its country."""
    try:
        parsed = phonenumbers.parse(e164, "JP")
    except phonenumbers.NumberParseException:
        return e164
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if parsed.country_code == 81
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return str(phonenumbers.format_number(parsed, style))


def postal_code(text: str) -> str:
    """郵便番号 as 7 digits: 2600013, 260-0013, 〒260-0013 in any width. Refuses: not 7 digits."""
    code = bare_code(text).lstrip("〒")
    if not code:
        raise Unreadable("empty")
    if not re.fullmatch(r"[0-9]{7}", code):
        raise Unreadable("not_seven_digits")
    return code


def postal_code_shown(code: str) -> str:
    return f"{code[:3]}-{code[3:]}" if len(code) == 7 else code


def mail_address(text: str) -> str:
    """メールアドレス: NFKC, domain in lower case.

    Refuses: no @, an impossible domain, a known slip (with the likely address as `hint`).
    """
    body = trim(unicodedata.normalize("NFKC", trim(text)))
    if not body:
        raise Unreadable("empty")
    local, at, domain = body.rpartition("@")
    if not at or not local:
        raise Unreadable("no_at")
    domain = domain.lower()
    if not re.fullmatch(r"[^\s@<>(),;:\\\"\[\]]+", local) or len(local) > 64:
        raise Unreadable("not_mail")
    if not re.fullmatch(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", domain):
        raise Unreadable("not_mail")
    if domain in _MAIL_TYPOS:
        raise Unreadable("likely", hint=f"{local}@{_MAIL_TYPOS[domain]}")
    return f"{local}@{domain}"


def yes_or_no(text: str) -> bool:
    """Yes and no as written in lists: ○ ◯ 有 はい 1 TRUE / × 無 いいえ 0 FALSE."""
    body = unicodedata.normalize("NFKC", trim(text)).upper()
    if body in {"○", "◯", "〇", "有", "有り", "あり", "はい", "1", "TRUE", "YES", "Y"}:
        return True
    if body in {"×", "✕", "無", "無し", "なし", "いいえ", "0", "FALSE", "NO", "N"}:
        return False
    raise Unreadable("empty" if not body else "not_choice")


def name_as_given(text: str) -> str:
    """氏名 exactly as given, ends trimmed. Refuses: control characters only."""
    body = text.strip(" 　\t\r\n\u00a0")
    if not body:
        raise Unreadable("empty")
    if any(unicodedata.category(sign) == "Cc" for sign in body):
        raise Unreadable("control")
    return body


def group_in_fours(code: str) -> str:
    """123456789012 → 1234-5678-9012; what is already grouped stays."""
    bare = code.replace("-", "")
    return "-".join(bare[i : i + 4] for i in range(0, len(bare), 4))


def count_characters(text: str) -> int:
    """Characters as a reader counts them: combining marks and variation selectors belong to what they follow;
    a line break is one, however the browser sends it."""
    count = 0
    joined = False
    for sign in text.replace("\r\n", "\n"):
        part_of_last = (
            unicodedata.combining(sign) != 0
            or "\ufe00" <= sign <= "\ufe0f"
            or "\U000e0100" <= sign <= "\U000e01ef"
            or "\U0001f3fb" <= sign <= "\U0001f3ff"
            or sign == "\u200d"
        )
        if not part_of_last and not joined:
            count += 1
        joined = sign == "\u200d"
    return count


def clock_text(when: datetime) -> str:
    """2026年4月1日 午前10時5分; minutes are left out on the hour; 正午 is 午後0時."""
    half = "午前" if when.hour < 12 else "午後"
    minutes = f"{when.minute}分" if when.minute else ""
    return f"{when.year}年{when.month}月{when.day}日 {half}{when.hour % 12}時{minutes}"


def short_id(text: str) -> str:
    """A stable id for an element, from its words."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]
