"""The arithmetic against RFC 6962 and against the verifier that shares no line with it."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.draws import rules, verify_draw

# Roots of the first n of these leaves: the known answers of Certificate Transparency (RFC 6962) logs.
LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
ids = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_.:", min_size=1, max_size=12)
seeds = st.text("0123456789abcdef", min_size=6, max_size=40)


@st.composite
def lists(draw: st.DrawFn) -> list[str]:
    found = draw(st.lists(ids, unique=True, max_size=40))
    return rules.canonical([f"{one}|{draw(st.integers(1, 4))}" for one in found])


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_rfc_6962(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    by_name = {f"leaf{at}": bytes.fromhex(value) for at, value in enumerate(LEAVES)}
    hashed = {name: hashlib.sha256(b"\x00" + value).digest() for name, value in by_name.items()}
    monkeypatch.setattr(rules, "_leaf", hashed.__getitem__)
    monkeypatch.setattr(verify_draw, "leaf", hashed.__getitem__)
    names = list(by_name)[:size]
    assert rules.root(names) == verify_draw.merkle_root(names) == ROOTS[size]


def test_a_path_is_that_of_rfc_6962(monkeypatch: pytest.MonkeyPatch) -> None:
    by_name = {f"leaf{at}": bytes.fromhex(value) for at, value in enumerate(LEAVES)}
    monkeypatch.setattr(rules, "_leaf", lambda name: hashlib.sha256(b"\x00" + by_name[name]).digest())
    names = list(by_name)
    assert rules.proof(names, 5) == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert rules.proof_holds("leaf5", 5, 8, rules.proof(names, 5), ROOTS[8])


def test_a_ticket_is_the_hash_of_seed_label_and_id() -> None:
    expected = hashlib.sha256(b"03 12 18 25 33 41|yoga-2026-12|a1").hexdigest()
    assert rules.ticket("03 12 18 25 33 41", "yoga-2026-12", "a1") == expected


def test_equal_tickets_go_by_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "ticket", lambda _seed, _label, entry: "00" if entry != "b" else "ff")
    assert [line for line, _ticket in rules.in_order(["c", "b", "a"], seed="x", label="y")] == ["a", "c", "b"]


@given(lists(), seeds)
def test_the_order_does_not_depend_on_how_the_list_came(lines: list[str], seed: str) -> None:
    there = rules.in_order(lines, seed=seed, label="round")
    assert there == rules.in_order(list(reversed(lines)), seed=seed, label="round")
    assert sorted(line for line, _ticket in there) == sorted(lines)


@given(lists(), seeds, st.integers(0, 60), st.data())
def test_winners_fit_and_nobody_who_fitted_was_passed_over(
    lines: list[str], seed: str, places: int, data: st.DataObject
) -> None:
    withdrawn = {rules.id_of(line) for line in lines if data.draw(st.booleans())}
    found = rules.drawn(lines, seed=seed, label="round", places=places, withdrawn=withdrawn)
    left = places
    for one in found:
        quantity = rules.quantity_of(one.line)
        if rules.id_of(one.line) in withdrawn:
            assert one.outcome == rules.WITHDRAWN
        elif one.outcome == rules.WON:
            left -= quantity
            assert left >= 0
        else:
            assert one.outcome == rules.NOT_WON and quantity > left


@given(lists(), st.data())
def test_every_entry_has_a_proof_and_no_other_entry_can_use_it(lines: list[str], data: st.DataObject) -> None:
    if not lines:
        return
    at = data.draw(st.integers(0, len(lines) - 1))
    top, path = rules.root(lines), rules.proof(lines, at)
    asked: dict[str, Any] = {"entry": lines[at], "index": at, "size": len(lines), "path": path, "root": top}
    assert rules.proof_holds(lines[at], at, len(lines), path, top) and verify_draw.check_proof(asked) == []
    other = f"{lines[at]}1"
    assert not rules.proof_holds(other, at, len(lines), path, top)
    assert verify_draw.check_proof(asked | {"entry": other})
    assert not rules.proof_holds(lines[at], at, len(lines), [*path, "00" * 32], top)
    assert not rules.proof_holds(lines[at], len(lines), len(lines), path, top)
    if path:
        assert not rules.proof_holds(lines[at], at, len(lines), path[:-1], top)
        assert not rules.proof_holds(lines[at], at, len(lines), ["xx", *path[1:]], top)


@pytest.mark.parametrize("bad", [["a", "a|2"], ["日本"], ["a b"], [""], ["a\n"], ["x" * 81]])
def test_what_is_no_list_is_refused(bad: list[str]) -> None:
    with pytest.raises(rules.NotADraw):
        rules.canonical(bad)


@pytest.mark.parametrize("typed", ["", "12345", "１２３４５６", "12|34|56", "x" * 129, "a\u00e9bcdef"])
def test_what_is_no_seed_is_refused(typed: str) -> None:
    with pytest.raises(rules.NotADraw):
        rules.seed_of(typed)


def test_a_seed_is_the_same_however_its_spaces_were_typed() -> None:
    assert rules.seed_of("  03 12\t18  25 ") == "03 12 18 25"


@pytest.mark.parametrize("line", ["a|0", "a|-1", "a|x", "a|", "a|1.5"])
def test_a_quantity_is_a_whole_number(line: str) -> None:
    with pytest.raises(rules.NotADraw):
        rules.quantity_of(line)


def test_each_of_ten_entries_comes_first_about_as_often() -> None:
    """Over 10,000 seeds: chi-square with 9 degrees of freedom stays under its 0.1 % limit, 27.88."""
    lines = [f"e{number}" for number in range(10)]
    first: dict[str, int] = dict.fromkeys(lines, 0)
    for number in range(10_000):
        first[rules.in_order(lines, seed=f"seed-{number:06}", label="round")[0][0]] += 1
    assert sum((count - 1000) ** 2 / 1000 for count in first.values()) < 27.88
