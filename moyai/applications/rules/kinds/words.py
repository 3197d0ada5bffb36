"""Kinds of field in which people write words: text, 氏名, フリガナ, telephone, mail, codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

import jaconv
import phonenumbers

from moyai.applications.rules.kinds.base import Kind, Read, Reading, Schema, Settings, Showing, Wrong, line
from moyai.applications.rules.result import Param
from moyai.applications.rules.text import FORBIDDEN, LONGEST_RAW_TEXT, folded, graphemes, trimmed

_LENGTH: Schema = {"type": "integer", "minimum": 1, "maximum": 20_000}
AUTOCOMPLETE: Schema = {
    "enum": [
        "off",
        "name",
        "family-name",
        "given-name",
        "bday",
        "postal-code",
        "address-level1",
        "address-level2",
        "street-address",
        "address-line2",
        "tel",
        "email",
        "organization",
        "organization-title",
    ]
}


def _within(text: str, shortest: int, longest: int) -> str:
    if len(text) > longest or len(text) < shortest * 2:
        count = graphemes(text)
        if count > longest:
            raise Wrong("too_long", max=longest, count=count)
        if count < shortest:
            raise Wrong("too_short", min=shortest, count=count)
    # Variation selectors and joined marks do not count, but a field of 10 characters is no place for 1,000
    # of them.
    if len(text) > longest * 8:
        raise Wrong("too_long", max=longest, count=len(text))
    return text


class _Lengths(Kind):
    free = True
    settings: ClassVar[dict[str, Schema]] = {
        "min_length": _LENGTH,
        "max_length": _LENGTH,
        "autocomplete": AUTOCOMPLETE,
    }
    longest: ClassVar[int] = 200

    def faults(self, settings: Settings) -> Iterator[tuple[str, str, dict[str, Param]]]:
        if settings.get("min_length", 1) > settings.get("max_length", self.longest):
            yield ".min_length", "e_min_max", {}


class Text(_Lengths):
    """1行の文字 — kept as given, ends trimmed. Up to 200 characters unless the edition says otherwise."""

    name, ja = "text", "1行の文字"
    en = "One line of text"

    def reader(self, settings: Settings) -> Read:
        shortest, longest = settings.get("min_length", 0), settings.get("max_length", self.longest)
        return lambda value, reading: _within(trimmed(line(value)), shortest, longest)


class TextArea(_Lengths):
    """複数行の文字 — kept as given; line ends become \\n.

    Up to 2,000 characters unless the edition says otherwise.
    """

    name, ja = "textarea", "複数行の文字"
    en = "Several lines of text"
    longest = 2_000

    def reader(self, settings: Settings) -> Read:
        shortest, longest = settings.get("min_length", 0), settings.get("max_length", self.longest)

        def read(value: Any, reading: Reading) -> str:
            if not isinstance(value, str):
                raise Wrong("not_text")
            if len(value) > LONGEST_RAW_TEXT:
                raise Wrong("too_long", max=longest, count=len(value))
            text = trimmed(value.replace("\r\n", "\n").replace("\r", "\n"))
            if FORBIDDEN.search(text):
                raise Wrong("control_characters")
            return _within(text, shortest, longest)

        return read


class Name(_Lengths):
    """氏名 — kept exactly as given, IVS and every rare character included; only blanks around it go.

    No normalisation.
    """

    name, ja = "name", "氏名"
    en = "Name"
    longest = 100

    def reader(self, settings: Settings) -> Read:
        shortest, longest = settings.get("min_length", 0), settings.get("max_length", self.longest)
        return lambda value, reading: _within(trimmed(line(value)), shortest, longest)


class Kana(_Lengths):
    """フリガナ — hiragana, half-width and full-width katakana in; full-width katakana kept, one full-width
    blank between.
    """

    name, ja = "kana", "フリガナ"
    en = "Name in kana"
    longest = 100
    KANA = re.compile("[ァ-ヺー・ヽヾ　]+")
    BLANKS = re.compile("[ \u3000\u00a0]+")

    def reader(self, settings: Settings) -> Read:
        shortest, longest = settings.get("min_length", 0), settings.get("max_length", self.longest)
        kana, blanks = self.KANA, self.BLANKS

        def read(value: Any, reading: Reading) -> str:
            text = trimmed(line(value))
            if not kana.fullmatch(text):
                text = jaconv.hira2kata(jaconv.h2z(text, kana=True, ascii=False, digit=False))
                text = blanks.sub("　", text)
                if not kana.fullmatch(text):
                    raise Wrong("not_kana")
            return _within(text, shortest, longest)

        return read


class Phone(Kind):
    """電話番号 — Japanese numbers in any writing, others with +; kept as E.164, shown with its area code."""

    name, ja = "phone", "電話番号"
    en = "Telephone number"
    free = True
    settings: ClassVar[dict[str, Schema]] = {"autocomplete": AUTOCOMPLETE}
    WRITING = re.compile(r"\+?[0-9()\- ./]{8,25}", re.ASCII)

    def reader(self, settings: Settings) -> Read:
        writing = self.WRITING

        def read(value: Any, reading: Reading) -> str:
            text = folded(line(value))
            if not writing.fullmatch(text):
                raise Wrong("not_phone")
            try:
                number = phonenumbers.parse(text, "JP")
            except phonenumbers.NumberParseException:
                raise Wrong("not_phone") from None
            if not phonenumbers.is_valid_number(number):
                raise Wrong("not_phone")
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

        return read

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        try:
            number = phonenumbers.parse(kept, "JP")
        except phonenumbers.NumberParseException:
            return str(kept)
        home = number.country_code == 81
        style = (
            phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
        return phonenumbers.format_number(number, style)


class Mail(Kind):
    """メールアドレス — NFKC, blanks gone, domain in lower case.

    One address; a link to it proves it, not this.
    """

    name, ja = "mail", "メールアドレス"
    en = "E-mail address"
    free = True
    settings: ClassVar[dict[str, Schema]] = {"autocomplete": AUTOCOMPLETE}
    ADDRESS = re.compile(
        r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}",
        re.ASCII,
    )
    MISTYPED: ClassVar[dict[str, str]] = {
        "gmail.con": "gmail.com",
        "gmail.co.jp": "gmail.com",
        "gmail.co": "gmail.com",
        "gmai.com": "gmail.com",
        "gmial.com": "gmail.com",
        "gamil.com": "gmail.com",
        "yahoo.co.jo": "yahoo.co.jp",
        "yahoo.ne.jp": "yahoo.co.jp",
        "yafoo.co.jp": "yahoo.co.jp",
        "docomo.co.jp": "docomo.ne.jp",
        "docomo.ne.jo": "docomo.ne.jp",
        "ezweb.co.jp": "ezweb.ne.jp",
        "softbank.co.jp": "softbank.ne.jp",
        "icloud.con": "icloud.com",
        "i.softbank.co.jp": "i.softbank.jp",
        "hotmail.con": "hotmail.com",
        "outlook.con": "outlook.com",
    }

    def reader(self, settings: Settings) -> Read:
        address = self.ADDRESS

        def read(value: Any, reading: Reading) -> str:
            text = folded(line(value))
            if len(text) > 254 or not address.fullmatch(text):
                raise Wrong("not_mail")
            local, _, domain = text.rpartition("@")
            return f"{local}@{domain.lower()}"

        return read

    def advice(self, kept: Any) -> tuple[str, dict[str, Param]] | None:
        """The address probably meant, when its domain is a common slip."""
        local, _, domain = kept.rpartition("@")
        meant = self.MISTYPED.get(domain)
        return ("mail_suggestion", {"suggestion": f"{local}@{meant}"}) if meant else None


class Microchip(Kind):
    """マイクロチップ番号 — 15 digits (ISO 11784), any width, with or without hyphens and blanks between."""

    name, ja = "microchip", "マイクロチップ番号"
    en = "Microchip number"
    free = True
    DIGITS = re.compile(r"[0-9]{15}", re.ASCII)

    def reader(self, settings: Settings) -> Read:
        digits = self.DIGITS

        def read(value: Any, reading: Reading) -> str:
            text = folded(line(value)).replace("-", "").replace(" ", "")
            if not digits.fullmatch(text):
                raise Wrong("not_digits", digits=15)
            return text

        return read

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        return f"{kept[:3]} {kept[3:7]} {kept[7:11]} {kept[11:]}"
