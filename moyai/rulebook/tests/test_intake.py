"""JSONの読取り: what is not JSON, or says two things, is refused with a sentence. Pure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.rulebook.intake import TooLarge, UnreadableJson, read_json


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "中身がありません。JSONを渡してください。"),
        (b" \n", "中身がありません。JSONを渡してください。"),
        (b'{"a": 1,\n "b" 2}', "JSONとして読めません。2行目の6文字目を確かめてください。"),
        (b"{'a': 1}", "JSONとして読めません。1行目の2文字目を確かめてください。"),
        (b'{"a": 1, "a": 2}', "「a」が2回書かれています。1つにしてください。"),
        (b'{"a": NaN}', "「NaN」は数として使えません。"),
        (b'{"a": -Infinity}', "「-Infinity」は数として使えません。"),
        (b'{"a": ' + b"9" * 5000 + b"}", "桁の多すぎる数があります。"),
        (b"[" * 30 + b"]" * 30, "入れ子が深すぎます。20段までにしてください。"),
        (b"[" * 30_000, "入れ子が深すぎます。20段までにしてください。"),
        (b'{"a": "\\ud800"}', "文字として使えない符号（対になっていないサロゲート）があります。"),
        (b'{"\\ud800": 1}', "文字として使えない符号（対になっていないサロゲート）があります。"),
        ("あ".encode("cp932"), "文字コードがUTF-8ではありません。"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(raw: bytes, message: str) -> None:
    with pytest.raises(UnreadableJson) as refused:
        read_json(raw)
    assert str(refused.value) == message


def test_too_much_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooLarge):
        read_json(b" " * 70_000)


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert read_json(b'\xef\xbb\xbf{"a": [1, "x", null, true]}') == {"a": [1, "x", None, True]}


@given(st.binary(max_size=60))
def test_any_bytes_are_json_or_a_refusal(raw: bytes) -> None:
    try:
        read_json(raw)
    except UnreadableJson as refused:
        assert str(refused).endswith("。")
