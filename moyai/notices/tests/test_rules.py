"""States, waits, addresses and headers: pure."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.notices.rules.messages import (
    FLOW,
    State,
    address_ok,
    masked,
    may,
    message_id,
    one_line,
    split_template,
    wait_after,
)


def test_sent_is_the_end():
    assert not [event for state, event in FLOW if state is State.SENT]
    assert may("failed", "resend") and may("kept", "resend") and not may("queued", "resend")


def test_readme_prints_the_flow():
    table = (Path(__file__).parents[1] / "README.md").read_text()
    for (state, event), after in FLOW.items():
        assert re.search(rf"^\| [^|]*{state}[^|]*\| `{event}`[^|]*\| {after} \|$", table, re.MULTILINE) or (
            event == "resend"
            and re.search(r"^\| failed, kept \| `resend`[^|]*\| queued \|$", table, re.MULTILINE)
        )


def test_waits_grow_and_end_within_a_day():
    waits = [wait_after(tries) for tries in range(1, 8)]
    assert waits[5:] == [None, None]
    assert waits[:5] == sorted(waits[:5]) and sum(waits[:5], timedelta()) < timedelta(days=1)


@pytest.mark.parametrize("address", ["a@example.jp", "hanako.chiba+1@mail.example.co.jp", "x_y-z@a-b.jp"])
def test_one_mailbox_is_an_address(address):
    assert address_ok(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@",
        "@b",
        "a@b c",
        "a@b\nBcc: c@d",
        "a@b\r\nX: y",
        "a@b,c@d",
        "A <a@b>",
        "a@b>",
        "a..b@c",
        "あ@b",
        "a@b\x00",
        "a@" + "b" * 260,
        "a" * 65 + "@b",
        "a@-b",
        "a@b-",
    ],
)
def test_anything_else_is_not(address):
    assert not address_ok(address)


@given(st.text(max_size=300))
def test_a_header_line_holds_no_control(text):
    if one_line(text):
        assert not set(text) & set("\r\n\x00\x0b\x0c\x85\u2028\u2029\u202e\u200b")


@pytest.mark.parametrize("text", ["", "x" * 201, "a\nb", "a\rb", "a\x85b", "a\u2028b", "a\u202eb", "a\x00b"])
def test_a_broken_line_is_no_subject(text):
    assert not one_line(text)


def test_lists_show_no_whole_address():
    assert (masked("hanako@example.jp"), masked("")) == ("h***@example.jp", "")


def test_same_message_has_the_same_id_at_every_try():
    name = message_id(body_code="121002", number=7, sender="moyai@council.example")
    assert name == "<moyai.notice.121002.7@council.example>"
    assert name == message_id(body_code="121002", number=7, sender="moyai@council.example")
    assert name != message_id(body_code="122076", number=7, sender="moyai@council.example")
    assert message_id(body_code="121002", number=7, sender="moyai") == "<moyai.notice.121002.7@localhost>"


def test_template_is_a_subject_and_a_text():
    assert split_template("Subject: 件名\r\n\r\n本文\r\n") == ("件名", "本文\n")


@pytest.mark.parametrize(
    "source", ["", "件名\n\n本文", "Subject:\n\n本文", "Subject: 件名\n本文", "subject: 件名\n\n本文"]
)
def test_template_without_subject_is_a_mistake(source):
    with pytest.raises(ValueError, match="Subject"):
        split_template(source)
