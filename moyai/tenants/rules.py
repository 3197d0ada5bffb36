"""Numbers that name bodies and cases: pure, no Django."""

from __future__ import annotations

import hashlib
import hmac

PUBLIC_DIGITS = 11  # payload digits of a public number; one check digit follows


def code_check_digit(five: str) -> int:
    """検査数字 of a 全国地方公共団体コード: weights 6,5,4,3,2; 11 minus the sum modulo 11, last digit.

    Source: 総務省 全国地方公共団体コード仕様.
    """
    if len(five) != 5 or not five.isascii() or not five.isdigit():
        raise ValueError("a body code has five digits before its check digit")
    total = sum(int(digit) * weight for digit, weight in zip(five, (6, 5, 4, 3, 2), strict=True))
    return (11 - total % 11) % 10


def code_ok(code: str) -> bool:
    """Whether six digits are a 全国地方公共団体コード with the right 検査数字."""
    return len(code) == 6 and code.isascii() and code.isdigit() and code_check_digit(code[:5]) == int(code[5])


def number_check_digit(digits: str) -> int:
    """ISO 7064 MOD 11,10: finds every single wrong digit and nearly every swap of neighbours."""
    product = 10
    for digit in digits:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10


def with_check_digit(digits: str) -> str:
    return digits + str(number_check_digit(digits))


def public_number_ok(number: str) -> bool:
    """Whether twelve digits are a 整理番号 that was typed without a slip."""
    return (
        len(number) == PUBLIC_DIGITS + 1
        and number.isascii()
        and number.isdigit()
        and with_check_digit(number[:-1]) == number
    )


def scatter(serial: int, key: bytes) -> str:
    """A serial as eleven digits whose order cannot be guessed without `key`; two serials never meet.

    A Feistel network of six rounds over 37 bits (a permutation), walked until it lands below 10^11.
    """
    if not 0 <= serial < 10**PUBLIC_DIGITS:
        raise ValueError("the serial is out of the range of public numbers")
    value = serial
    while True:
        left, right = value >> 18, value & 0x3FFFF
        bits_left, bits_right = 19, 18
        for turn in range(6):
            digest = hmac.digest(key, bytes((turn,)) + right.to_bytes(4, "big"), hashlib.sha256)
            left ^= int.from_bytes(digest[:4], "big") & ((1 << bits_left) - 1)
            left, right, bits_left, bits_right = right, left, bits_right, bits_left
        value = left << bits_right | right
        if value < 10**PUBLIC_DIGITS:
            return f"{value:011d}"
