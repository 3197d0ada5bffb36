"""Kinds of field for numbers that carry a check digit: 法人番号, and a body's own such as お客様番号."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from moyai.applications.rules.kinds.base import Kind, Read, Reading, Schema, Settings, Showing, Wrong, line
from moyai.applications.rules.result import Param
from moyai.applications.rules.text import folded

_DIGITS = re.compile(r"[0-9]+", re.ASCII)
# 行政手続における特定の個人を識別するための番号の利用等に関する法律施行令 第8条, 総務省令 第5条
_INDIVIDUAL_NUMBER_WEIGHTS = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]


def _digits(value: Any, count: int) -> str:
    text = folded(line(value)).replace("-", "").replace(" ", "")
    if len(text) != count or not _DIGITS.fullmatch(text):
        raise Wrong("not_digits", digits=count)
    return text


class CorporateNumber(Kind):
    """法人番号 — 13 digits, the first of which checks the others; also written T1234567890123 (登録番号).

    Check digit: 9 - (sum of digit × 1, 2, 1, 2 … from the right, modulo 9); 法人番号の指定等に関する省令 第2条.
    Kept as 13 digits, shown 1-2345-6789-0123.
    """

    name, ja = "corporate_number", "法人番号"
    en = "Corporate Number"
    free = True

    def reader(self, settings: Settings) -> Read:
        def read(value: Any, reading: Reading) -> str:
            text = _digits(line(value).strip().lstrip("TtＴｔ"), 13)
            weighed = sum(int(one) * (1 + i % 2) for i, one in enumerate(reversed(text[1:])))
            if int(text[0]) != 9 - weighed % 9:
                raise Wrong("check_digit")
            return text

        return read

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        return "-".join((kept[:1], kept[1:5], kept[5:9], kept[9:]))


class CheckNumber(Kind):
    """検査数字つきの番号 — `digits` digits of which the last checks the others, for customer numbers and the like.

    weights: one for each digit but the last, from the left. The weighed sum modulo `modulus` gives the last
    digit: by "complement" (modulus - remainder, the usual way) or as "remainder" itself; a result of more than
    one digit counts as 0. split: products of two digits count as the sum of their digits (Luhn). Never the
    weights of 個人番号.
    """

    name, ja = "check_number", "検査数字つきの番号"
    en = "Number with a check digit"
    free = True
    settings: ClassVar[dict[str, Schema]] = {
        "digits": {"type": "integer", "minimum": 2, "maximum": 20},
        "weights": {
            "type": "array",
            "minItems": 1,
            "maxItems": 19,
            "items": {"type": "integer", "minimum": 0, "maximum": 97},
        },
        "modulus": {"type": "integer", "minimum": 2, "maximum": 97},
        "check": {"enum": ["complement", "remainder"]},
        "split": {"type": "boolean"},
    }
    needed = ("digits", "weights", "modulus")

    def faults(self, settings: Settings) -> Iterator[tuple[str, str, dict[str, Param]]]:
        if len(settings["weights"]) != settings["digits"] - 1:
            yield ".weights", "e_weights", {"count": settings["digits"] - 1}
        if settings["modulus"] == 11 and settings["weights"] == _INDIVIDUAL_NUMBER_WEIGHTS:
            yield ".weights", "e_individual_number", {}

    def reader(self, settings: Settings) -> Read:
        count, modulus = settings["digits"], settings["modulus"]
        weights, split = tuple(settings["weights"]), settings.get("split", False)
        complement = settings.get("check", "complement") == "complement"

        def read(value: Any, reading: Reading) -> str:
            text = _digits(value, count)
            total = 0
            for one, weight in zip(text, weights, strict=False):
                product = int(one) * weight
                total += sum(divmod(product, 10)) if split else product
            rest = total % modulus
            check = (modulus - rest) % modulus if complement else rest
            if int(text[-1]) != (check if check < 10 else 0):
                raise Wrong("check_digit")
            return text

        return read

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        return " ".join(kept[i : i + 4] for i in range(0, len(kept), 4))
