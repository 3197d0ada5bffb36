"""What decides who may enter, without a database."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.people import rules


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example/",
        "\n//evil.example",
        "/ evil",
        "evil.example",
        "",
        "/" + "a" * 600,
    ],
)
def test_a_path_to_elsewhere_is_no_path(url: str) -> None:
    assert rules.safe_path(url) == ""


@pytest.mark.parametrize("url", ["/", "/chiba-shi/office/", "/en/account/?a=1&b=2", "/council/#top"])
def test_a_path_on_this_host_stays(url: str) -> None:
    assert rules.safe_path(url) == url


@given(st.text(max_size=40))
def test_a_safe_path_never_names_a_host(text: str) -> None:
    path = rules.safe_path("/" + text)
    assert path == "" or (path[0] == "/" and path[1:2] not in ("/", "\\") and "\\" not in path)


def test_first_and_last_day_of_a_role_count_and_no_others() -> None:
    one = SimpleNamespace(role="clerk", from_on=date(2026, 4, 1), until_on=date(2026, 4, 30))
    days = {date(2026, 4, 1) + timedelta(days=n): n for n in range(-1, 31)}
    holding = {day for day in days if rules.in_force([one], day=day)}
    assert min(holding) == date(2026, 4, 1)
    assert max(holding) == date(2026, 4, 30)
    assert len(holding) == 30


def test_an_open_role_holds_on() -> None:
    one = SimpleNamespace(role="clerk", from_on=date(2026, 4, 1), until_on=None)
    assert rules.in_force([one], day=date(2099, 1, 1)) == {"clerk"}


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("6.6.6.6", 0, "10.0.0.9"),
        ("6.6.6.6, 192.0.2.7", 1, "192.0.2.7"),
        ("6.6.6.6, 192.0.2.7, 10.0.0.2", 2, "192.0.2.7"),
        ("", 1, "10.0.0.9"),
    ],
)
def test_what_the_caller_wrote_into_the_header_proves_nothing(
    forwarded: str, proxies: int, address: str
) -> None:
    assert rules.client_address(remote="10.0.0.9", forwarded=forwarded, proxies=proxies) == address


def test_neighbours_in_one_ipv6_connection_are_one_network() -> None:
    assert rules.network_of("2001:db8:0:ab12::1") == rules.network_of("2001:db8:0:abff:1:2:3:4")
    assert rules.network_of("2001:db8:0:ab12::1") != rules.network_of("2001:db8:0:ac00::1")
    assert rules.network_of("::ffff:192.0.2.7") == "192.0.2.7"


@pytest.mark.parametrize(
    ("moment", "code"),
    [(59, "287082"), (1111111109, "081804"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_codes_of_the_app_are_those_of_rfc_6238(moment: int, code: str) -> None:
    # RFC 6238 appendix B, SHA-1, the last six of eight digits.
    assert rules.totp_code(b"12345678901234567890", rules.totp_step(moment)) == code


def test_a_code_counts_one_step_early_or_late_and_no_more() -> None:
    key = b"12345678901234567890"
    code = rules.totp_code(key, 100)
    found = [rules.matching_step(key, code, moment=(100 + away) * 30 + 5) for away in (-2, -1, 0, 1, 2)]
    assert found == [None, 100, 100, 100, None]


def test_token_and_digits_tell_nothing_of_each_other_and_depend_on_the_secret() -> None:
    assert rules.link_token(b"a", salt="s") != rules.link_token(b"b", salt="s")
    assert rules.link_token(b"a", salt="s") != rules.link_token(b"a", salt="t")
    assert len(rules.link_token(b"a", salt="s")) == 43
    assert len(rules.link_code(b"a", salt="s")) == 6


def test_addresses_are_read_as_meant() -> None:
    assert rules.lower_email("　Ｈａｎａｋｏ＠Example.JP ") == "hanako@example.jp"
