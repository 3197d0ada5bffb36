"""検証できる抽選 — canonical list, Merkle root, tickets, order, winners. Pure; the arithmetic of the house.

An entry is one line of ASCII: `id` or `id|attributes`. The list is sorted by id; its root is the SHA-256 Merkle
tree hash of RFC 6962 (section 2.1) over the lines. The ticket of an entry is
SHA-256(seed "|" label "|" id), all ASCII; the lower ticket goes first, equal tickets by id.
`verify_draw.py` does the same again without this file.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,80}")
LINE: Final = re.compile(r"[A-Za-z0-9._:-]{1,80}(\|[\x21-\x7b\x7d\x7e]{0,200}){0,20}")
LABEL: Final = re.compile(r"[A-Za-z0-9._:-]{1,160}")
SEED: Final = re.compile(r"[\x20-\x7b\x7d\x7e]{6,128}")

WON: Final = "won"
NOT_WON: Final = "not_won"
WITHDRAWN: Final = "withdrawn"


class NotADraw(ValueError):
    """What was given is not the list, label or seed of a draw; the words name the entry."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One entry in the order of the draw: its ticket, and what came of it."""

    line: str
    ticket: str
    outcome: str


def id_of(line: str) -> str:
    """The part of an entry that its ticket is made from."""
    return line.partition("|")[0]


def canonical(lines: Iterable[str]) -> list[str]:
    """名簿 — the entries sorted by id. Raises NotADraw for a line that is no entry, or an id that is there twice."""
    found = sorted(lines, key=id_of)
    for line in found:
        if not LINE.fullmatch(line):
            raise NotADraw(f"not an entry: {line!r}")
    for before, line in itertools.pairwise(found):
        if id_of(before) == id_of(line):
            raise NotADraw(f"the entry is there twice: {id_of(line)}")
    return found


def root(lines: Sequence[str]) -> str:
    """マークル根 of a list, hex. The root of no entries is the hash of nothing (RFC 6962)."""
    level = [_leaf(line) for line in lines]
    if not level:
        return sha256(b"").hexdigest()
    while len(level) > 1:
        level = _above(level)
    return level[0].hex()


def proof(lines: Sequence[str], index: int) -> list[str]:
    """所在の証明 — the audit path of the entry at `index` (from 0), hex, from the leaf up."""
    level = [_leaf(line) for line in lines]
    path = []
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            path.append(level[beside].hex())
        level = _above(level)
        index //= 2
    return path


def proof_holds(line: str, index: int, size: int, path: Sequence[str], expected_root: str) -> bool:
    """Whether an entry stands at `index` of the list of `size` entries with this root."""
    if not 0 <= index < size:
        return False
    at, last, value = index, size - 1, _leaf(line)
    for step in path:
        if last == 0:
            return False
        try:
            beside = bytes.fromhex(step)
        except ValueError:
            return False
        if at % 2 or at == last:
            value = _node(beside, value)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            value = _node(value, beside)
        at, last = at // 2, last // 2
    return last == 0 and value.hex() == expected_root


def ticket(seed: str, label: str, entry_id: str) -> str:
    """抽選番号 — SHA-256 of seed, round label and entry id, hex. Raises NotADraw."""
    for value, shape in ((seed, SEED), (label, LABEL), (entry_id, ID)):
        if not shape.fullmatch(value):
            raise NotADraw(f"not usable in a ticket: {value!r}")
    return sha256(f"{seed}|{label}|{entry_id}".encode("ascii")).hexdigest()


def in_order(lines: Iterable[str], *, seed: str, label: str) -> list[tuple[str, str]]:
    """抽選の順番 — (line, ticket), lower ticket first, equal tickets by id."""
    tickets = [(ticket(seed, label, id_of(line)), id_of(line), line) for line in lines]
    return [(line, number) for number, _id, line in sorted(tickets)]


def drawn(
    lines: Sequence[str], *, seed: str, label: str, places: int, withdrawn: Collection[str] = ()
) -> list[Drawn]:
    """当選 — in order, whoever still fits whole. Each line ends with its quantity: `id|3` asks for three.

    Who does not fit is passed over and those behind him are tried: a party of one may win the last place that a
    party of two could not use. Who withdrew after the freeze keeps his place in the list and wins nothing.
    """
    ordered = in_order(lines, seed=seed, label=label)
    standing = [line for line, _number in ordered if id_of(line) not in withdrawn]
    wins = dict(zip(standing, in_turn([quantity_of(line) for line in standing], places), strict=True))
    outcomes = {True: WON, False: NOT_WON, None: WITHDRAWN}
    return [Drawn(line, number, outcomes[wins.get(line)]) for line, number in ordered]


def in_turn(quantities: Sequence[int], places: int) -> list[bool]:
    """Who fits, one after the other: who does not fit whole is passed over, and those behind him are tried."""
    left, found = places, []
    for quantity in quantities:
        fits = quantity <= left
        left -= quantity if fits else 0
        found.append(fits)
    return found


def quantity_of(line: str) -> int:
    """The quantity at the end of a line; 1 where there is none. Raises NotADraw."""
    last = line.rpartition("|")[2] if "|" in line else "1"
    if not re.fullmatch(r"[1-9][0-9]{0,14}", last):
        raise NotADraw(f"no quantity: {line!r}")
    return int(last)


def seed_of(typed: str) -> str:
    """乱数の種 as it is used: single spaces, no spaces around. Raises NotADraw unless 6 to 128 signs of ASCII."""
    seed = " ".join(typed.split())
    if not SEED.fullmatch(seed):
        raise NotADraw("a seed has 6 to 128 signs of ASCII and no |")
    return seed


def _leaf(line: str) -> bytes:
    return sha256(b"\x00" + line.encode("ascii")).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _above(level: list[bytes]) -> list[bytes]:
    pairs = [
        sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)
    ]
    return pairs + level[-1:] if len(level) % 2 else pairs
