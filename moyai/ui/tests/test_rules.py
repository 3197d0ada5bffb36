"""Every accepted and every refused form of what is taken in at the edge."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.ui import rules
from moyai.ui.rules import Unreadable


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("１２３", "123"),
        ("　ＡＢ１　", "AB1"),
        ("\u200b123\ufeff", "123"),
        ("\u00a043\u00a0", "43"),
        ("\t5\r\n", "5"),
        *((f"043{dash}245", "043-245") for dash in "-‐‑‒–—―−－ｰー"),
        ("コーヒー", "コーヒー"),  # a long vowel between letters is not a hyphen
    ],
)
def test_width_blanks_and_dashes_fold(typed: str, kept: str) -> None:
    assert rules.fold(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ちば　はなこ", "チバ　ハナコ"),
        ("ﾁﾊﾞ ﾊﾅｺ", "チバ　ハナコ"),
        ("ﾊﾟﾋﾟﾌﾟ", "パピプ"),
        ("チバ  ハナコ", "チバ　ハナコ"),
        ("ヴァイオレット・マリー", "ヴァイオレット・マリー"),
        ("ゔぃくとる", "ヴィクトル"),
        ("ｺｰﾋｰ", "コーヒー"),
        ("スミス−ジョン", "スミスージョン"),
        (" ミー ", "ミー"),
    ],
)
def test_kana_of_every_kind_becomes_wide_katakana(typed: str, kept: str) -> None:
    assert rules.kana(typed) == kept


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("千葉", "not_kana"), ("Hanako", "not_kana"), ("チバ1", "not_kana"), ("　", "empty")],
)
def test_kana_refuses_kanji_latin_and_nothing(typed: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        rules.kana(typed)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("typed", "yen"),
    [
        ("12345", 12345),
        ("１２，３４５", 12345),
        ("12,345円", 12345),
        ("¥12,345", 12345),
        ("￥12345", 12345),
        ("金12,345円", 12345),
        ("金12,345円也", 12345),
        ("3万5千円", 35000),
        ("３万５千円", 35000),
        ("1億2000万", 120_000_000),
        ("2百5十", 250),
        ("千円", 1000),
        ("1万", 10_000),
        ("1億", 100_000_000),
        ("0", 0),
        (" 1 234 円", 1234),
    ],
)
def test_amounts_as_people_write_them(typed: str, yen: int) -> None:
    assert rules.amount_yen(typed) == yen


@pytest.mark.parametrize("typed", ["△1,000", "▲1000", "-1000", "−1,000円", "－１，０００"])
def test_minus_amounts_where_allowed_and_only_there(typed: str) -> None:
    assert rules.amount_yen(typed, negative=True) == -1000
    with pytest.raises(Unreadable, match="negative"):
        rules.amount_yen(typed)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("円", "empty"),
        ("¥", "empty"),
        ("1.5", "decimal"),
        ("１．５円", "decimal"),
        ("約100円", "not_number"),
        ("1万2万", "not_number"),
        ("12万千百abc", "not_number"),
        ("△", "not_number"),
        ("万", "not_number"),
        ("9999999999999999", "too_large"),
    ],
)
def test_amounts_that_are_none(typed: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        rules.amount_yen(typed)
    assert refused.value.reason == reason


@given(st.integers(min_value=0, max_value=10**15))
def test_any_amount_reads_back_as_it_is_shown(yen: int) -> None:
    assert rules.amount_yen(f"{yen:,}円") == yen
    assert rules.amount_yen(f"{yen:,}".translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789,"})) == yen


@pytest.mark.parametrize(
    ("typed", "value"), [("１２", 12), ("1,234", 1234), ("△3", -3), ("-3", -3), ("+7", 7), (" 0 ", 0)]
)
def test_whole_numbers_in_any_width(typed: str, value: int) -> None:
    assert rules.whole_number(typed) == value


@pytest.mark.parametrize(
    ("typed", "reason"), [("", "empty"), ("1.0", "decimal"), ("二", "not_number"), ("-", "not_number")]
)
def test_whole_numbers_refuse_the_rest(typed: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        rules.whole_number(typed)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "typed",
    [
        "0432455111",
        "043-245-5111",
        "(043)245-5111",
        "+81 43 245 5111",
        "０４３−２４５−５１１１",
        "043 245 5111",
        "043ー245ー5111",
        "　043‐245‐5111　",
    ],
)
def test_one_telephone_number_in_every_form(typed: str) -> None:
    assert rules.phone(typed) == "+81432455111"
    assert rules.phone_shown("+81432455111") == "043-245-5111"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("043", "not_phone"),
        ("04324551111111", "not_phone"),
        ("abc", "not_phone"),
        ("043-245-5111 内線12", "extension"),
    ],
)
def test_telephone_numbers_that_are_none(typed: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        rules.phone(typed)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "typed", ["2600013", "260-0013", "〒260-0013", "２６０－００１３", "260ー0013", " 260 0013 "]
)
def test_one_postal_code_in_every_form(typed: str) -> None:
    assert rules.postal_code(typed) == "2600013"
    assert rules.postal_code_shown("2600013") == "260-0013"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("260001", "not_seven_digits"),
        ("26000133", "not_seven_digits"),
        ("26O0013", "not_seven_digits"),
    ],
)
def test_postal_codes_of_other_lengths(typed: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        rules.postal_code(typed)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Hanako@Example.JP", "Hanako@example.jp"),
        ("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", "hanako@example.jp"),
        ("　a.b+c@mail.city.chiba.jp ", "a.b+c@mail.city.chiba.jp"),
        ("da.me.@docomo.ne.jp", "da.me.@docomo.ne.jp"),  # old mobile addresses break the standard
    ],
)
def test_mail_addresses_as_people_type_them(typed: str, kept: str) -> None:
    assert rules.mail_address(typed) == kept


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("hanako", "no_at"),
        ("@example.jp", "no_at"),
        ("hanako@", "not_mail"),
        ("hanako@example", "not_mail"),
        ("hana ko@example.jp", "not_mail"),
        ("hanako@-example.jp", "not_mail"),
        ("hanako@exa_mple.jp", "not_mail"),
        ("hanako@gmial.com", "likely"),
    ],
)
def test_mail_addresses_that_are_none(typed: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        rules.mail_address(typed)
    assert refused.value.reason == reason


def test_a_slip_in_the_domain_offers_the_likely_one() -> None:
    with pytest.raises(Unreadable) as refused:
        rules.mail_address("hanako@gmial.com")
    assert refused.value.hint == "hanako@gmail.com"


@pytest.mark.parametrize("typed", ["k7rm-4t2x", "Ｋ７ＲＭ４Ｔ２Ｘ", "K7RM 4T2X", "k7rmー4t2x", "K7RM.4T2X"])
def test_a_secret_ignores_case_width_blanks_and_hyphens(typed: str) -> None:
    assert rules.bare_code(typed) == "K7RM4T2X"


def test_codes_of_a_fixed_length() -> None:
    assert rules.digits("1203-4857-1926", length=12) == "120348571926"
    for typed, reason in (("", "empty"), ("12a", "not_digits"), ("123", "length")):
        with pytest.raises(Unreadable) as refused:
            rules.digits(typed, length=12)
        assert refused.value.reason == reason
    assert rules.group_in_fours("120348571926") == rules.group_in_fours("1203-4857-1926") == "1203-4857-1926"


def test_names_stay_exactly_as_given() -> None:
    for name in ("葛󠄀城 太郎", "髙﨑　﨑", "María-José", "㈱山田", "ﾔﾏﾀﾞ"):
        assert rules.name_as_given(f"　{name} ") == name
    for typed, reason in ((" ", "empty"), ("a\x00b", "control"), ("a\nb", "control")):
        with pytest.raises(Unreadable) as refused:
            rules.name_as_given(typed)
        assert refused.value.reason == reason


@pytest.mark.parametrize("typed", ["○", "◯", "有", "はい", "1", "１", "TRUE", "true", "はい　"])
def test_yes(typed: str) -> None:
    assert rules.yes_or_no(typed) is True


@pytest.mark.parametrize("typed", ["×", "無", "いいえ", "0", "false"])
def test_no(typed: str) -> None:
    assert rules.yes_or_no(typed) is False


@pytest.mark.parametrize(("typed", "reason"), [("", "empty"), ("2", "not_choice"), ("たぶん", "not_choice")])
def test_neither_yes_nor_no(typed: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        rules.yes_or_no(typed)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("text", "count"),
    [("abc", 3), ("葛󠄀城", 2), ("か\u3099", 1), ("a\r\nb", 3), ("👨‍👩‍👧", 1), ("👍🏽", 1), ("", 0)],
)
def test_characters_are_counted_as_a_reader_counts(text: str, count: int) -> None:
    assert rules.count_characters(text) == count


def test_clock_text_says_morning_and_afternoon() -> None:
    assert rules.clock_text(datetime(2026, 4, 1, 10, 5)) == "2026年4月1日 午前10時5分"
    assert rules.clock_text(datetime(2026, 4, 1, 12, 0)) == "2026年4月1日 午後0時"
    assert rules.clock_text(datetime(2026, 4, 1, 17, 15)) == "2026年4月1日 午後5時15分"


@given(st.text(max_size=40))
def test_no_reader_breaks_on_any_text(text: str) -> None:
    readers = (
        rules.kana,
        rules.amount_yen,
        rules.whole_number,
        rules.phone,
        rules.postal_code,
        rules.mail_address,
    )
    for reader in (*readers, rules.name_as_given, rules.yes_or_no):
        try:
            reader(text)
        except Unreadable as problem:
            assert problem.reason
    assert rules.fold(text) == rules.fold(rules.fold(text))
