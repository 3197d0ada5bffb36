"""希望つきの抽選 — who gets which of his ranked wishes, in one of three modes. Pure.

A line of the list is `id|class|group|cap|wish|wish…` (`moyai.draws.rules.canonical`): the id is `person.number`, so that
all entries of one person share one ticket, that of his first entry in the list; `group` is `g` (a group) or `i`; `cap` is
the most this person may win; a wish is `unit:YYYYMMDD:from-to` in minutes of the day, preparing and clearing included.

Order: rank of the class, groups before individuals (both only where the round says so), the ticket, the id.

- person 人ごと: in this order each entry takes the best of its wishes that is still free, until its person's cap.
- wish 希望順位ごと: first everybody's first wish in this order, then the second wishes of those who have none yet, …
- slot 枠ごと: every place has its own tickets, made with the label `label:place`; the places go in the order of
  SHA-256(seed|label|place). An entry wins once.

A place is free where none of its parts is taken on that day in a minute of its time.
`verify_draw.py` does the same again without this file.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import compress
from typing import Final, NamedTuple

from moyai.draws.rules import LABEL, SEED, NotADraw, id_of, ticket

PERSON: Final = "person"
WISH: Final = "wish"
SLOT: Final = "slot"
MODES: Final = (PERSON, WISH, SLOT)
GROUP: Final = "g"
INDIVIDUAL: Final = "i"
MOST_WISHES: Final = 16
CAPPED: Final = -1  # of `waiting`: the person has won as often as he may

PLACE: Final = re.compile(r"([A-Za-z0-9._-]{1,62}):([0-9]{8}):([0-9]{1,4})-([0-9]{1,4})")
CODE: Final = re.compile(r"[a-z_]{1,20}")

Taken = tuple[str, str, int]  # part, YYYYMMDD, minute: taken before the draw


@dataclass(frozen=True, slots=True)
class Terms:
    """What a round declares before its entries end: the mode, and who goes first."""

    mode: str = PERSON
    classes_first: tuple[str, ...] = ()
    groups_first: bool = False

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise NotADraw(f"no mode: {self.mode!r}")

    def prefix(self, line: str) -> int:
        """先順位 — the part of the order that goes before the ticket; lower first."""
        _id, resident_class, group = line.split("|", 3)[:3]
        rank = len(self.classes_first)
        if resident_class in self.classes_first:
            rank = self.classes_first.index(resident_class)
        return rank * 2 + (1 if self.groups_first and group != GROUP else 0)


class Granted(NamedTuple):
    """One entry in the order of the round. `won`: which wish, from 1 (0: none); `waiting`: its place among those
    who wait, from 1 (0: it won, or the mode is slot; CAPPED: its person may win no more)."""

    line: str
    ticket: str
    won: int
    waiting: int

    @property
    def outcome(self) -> str:
        if self.won:
            return f"won.{self.won}"
        if self.waiting == CAPPED:
            return "capped"
        return f"waiting.{self.waiting}" if self.waiting else "waiting"


class Contender(NamedTuple):
    """One entry among those for one place, in the order of that place (mode slot)."""

    place: str
    line: str
    ticket: str
    won: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a draw gave, by index of the canonical list: a year's entries lie in memory once.

    `order`: indices in the order of the round; `won`: the wish each line got, from 1 (0: none); `heads`: the first
    line of each line's person; `capped`: persons who may win no more.
    """

    lines: Sequence[str]
    order: Sequence[int]
    won: Sequence[int]
    heads: Sequence[int]
    capped: frozenset[str]
    before: str  # "seed|label|", what every ticket begins with
    contenders: Sequence[Contender] = ()  # of mode slot only: by place, each in its order
    by_slot: bool = False

    def __iter__(self) -> Iterator[Granted]:
        """Every entry in the order of the round."""
        lines, heads, won, before = self.lines, self.heads, self.won, self.before.encode("ascii")
        for at, number in self.standing():
            head = lines[heads[at]].partition("|")[0].encode("ascii")
            yield Granted(lines[at], sha256(before + head).hexdigest(), won[at], number)

    def standing(self) -> Iterator[tuple[int, int]]:
        """(index, place among those who wait) in the order of the round; see `Granted.waiting`."""
        waiting = 0
        for at in self.order:
            if self.won[at]:
                yield at, 0
            elif self.capped and person_of(self.lines[at]) in self.capped:
                yield at, CAPPED
            elif self.by_slot:
                yield at, 0
            else:
                waiting += 1
                yield at, waiting


def line_of(*, entry_id: str, resident_class: str, group: bool, cap: int, wishes: Sequence[str]) -> str:
    """The published line of an entry. Raises NotADraw."""
    if not CODE.fullmatch(resident_class) or cap < 1 or not 1 <= len(wishes) <= MOST_WISHES:
        raise NotADraw(f"not an entry: {entry_id}")
    return "|".join((entry_id, resident_class, GROUP if group else INDIVIDUAL, str(cap), *wishes))


def place_of(unit: str, day: str, starts: int, ends: int) -> str:
    """The published name of a place: `unit:YYYYMMDD:from-to`. Raises NotADraw."""
    found = f"{unit}:{day}:{starts}-{ends}"
    if not PLACE.fullmatch(found) or not 0 <= starts < ends <= 1440 or len(found) > 80:
        raise NotADraw(f"not a place: {found!r}")
    return found


def person_of(line: str) -> str:
    """Whose entry a line is: its id up to the last point."""
    entry_id = id_of(line)
    return entry_id.rpartition(".")[0] or entry_id


class Places:
    """空き — what is taken of each part on each day, one bit a minute; a place once taken stays so."""

    def __init__(self, units: Mapping[str, Sequence[str]], taken: Iterable[Taken]) -> None:
        self.units = units
        self.masks: dict[tuple[str, str], int] = {}
        self.times: dict[tuple[str, str], int] = {}  # from, to: its bits, the same few for all places
        self.gone: set[str] = set()
        for part, day, minute in taken:
            self.masks[part, day] = self.masks.get((part, day), 0) | 1 << minute

    def free(self, place: str) -> bool:
        if place in self.gone:
            return False
        keys, mask = self._read(place)
        if any(self.masks.get(key, 0) & mask for key in keys):
            self.gone.add(place)
            return False
        return True

    def take(self, place: str) -> bool:
        """Take a place if it is free. Raises NotADraw for what is none."""
        if place in self.gone:
            return False
        keys, mask = self._read(place)
        self.gone.add(place)
        masks = self.masks
        for key in keys:
            if masks.get(key, 0) & mask:
                return False
        for key in keys:
            masks[key] = masks.get(key, 0) | mask
        return True

    def _read(self, place: str) -> tuple[list[tuple[str, str]], int]:
        found = PLACE.fullmatch(place)
        parts = self.units.get(found[1]) if found else None
        if found is None or not parts:
            raise NotADraw(f"not a place: {place!r}")
        times = found[3], found[4]
        mask = self.times.get(times)
        if mask is None:
            starts, ends = int(found[3]), int(found[4])
            if not 0 <= starts < ends <= 1440:
                raise NotADraw(f"not a place: {place!r}")
            mask = self.times[times] = ((1 << (ends - starts)) - 1) << starts
        return [(part, found[2]) for part in parts], mask


def draw_wishes(
    lines: Sequence[str],
    *,
    seed: str,
    label: str,
    terms: Terms,
    units: Mapping[str, Sequence[str]],
    taken: Iterable[Taken] = (),
) -> Outcome:
    """抽選 — the canonical list drawn. The same list, seed and places give the same result. Raises NotADraw."""
    if not SEED.fullmatch(seed) or not LABEL.fullmatch(label):
        raise NotADraw("not the seed or the label of a draw")
    places = Places(units, taken)
    heads = _heads(lines)
    order = _order(lines, heads, terms, seed, label)
    contenders: list[Contender] = []
    if terms.mode == SLOT:
        won, wins, contenders = _by_slot(lines, heads, terms, seed, label, places)
    elif terms.mode == WISH:
        won, wins = _by_wish(lines, order, places)
    else:
        won, wins = _by_person(lines, order, places)
    capped = frozenset(
        person for line in compress(lines, won) if wins[person := person_of(line)] >= _cap(line)
    )
    return Outcome(lines, order, won, heads, capped, f"{seed}|{label}|", contenders, terms.mode == SLOT)


def order_of_place(
    lines: Sequence[str], *, seed: str, label: str, terms: Terms, place: str
) -> list[tuple[str, str]]:
    """枠の順番 of mode slot: (line, ticket) of those who asked for a place, in its order. `lines` is the whole list."""
    heads = _heads(lines)
    asked = [at for at, line in enumerate(lines) if place in line.split("|")[4:]]
    return [(lines[at], number) for at, number in _in_place(lines, asked, heads, terms, seed, label, place)]


# --- how --------------------------------------------------------------------------------------------


def _cap(line: str) -> int:
    return int(line.split("|", 4)[3])


def _heads(lines: Sequence[str]) -> array[int]:
    """For each line the first line of its person: whose ticket all his entries have."""
    known: dict[str, int] = {}
    first = known.setdefault
    return array("l", [first(_person(line.partition("|")[0]), at) for at, line in enumerate(lines)])


def _person(entry_id: str) -> str:
    return entry_id.rpartition(".")[0] or entry_id


def _order(lines: Sequence[str], heads: Sequence[int], terms: Terms, seed: str, label: str) -> array[int]:
    """Indices of the lines in the order of the round."""
    before = f"{seed}|{label}|".encode("ascii")
    prefixes: dict[tuple[str, str], bytes] = {}
    keys: list[bytes] = []
    add = keys.append
    for at, (line, head) in enumerate(zip(lines, heads, strict=True)):
        entry_id, resident_class, group, _rest = line.split("|", 3)
        prefix = prefixes.get((resident_class, group))
        if prefix is None:
            prefix = prefixes[resident_class, group] = terms.prefix(line).to_bytes(2, "big")
        if head == at:
            add(prefix + sha256(before + entry_id.encode("ascii")).digest())
        else:
            add(prefix + keys[head][2:])
    return array("l", sorted(range(len(lines)), key=keys.__getitem__))  # stable: equal ones stay by id


def _by_person(
    lines: Sequence[str], order: Sequence[int], places: Places
) -> tuple[bytearray, dict[str, int]]:
    won, wins = bytearray(len(lines)), dict[str, int]()
    gone, take = places.gone, places.take
    for at in order:
        entry_id, _class, _group, cap, *wishes = lines[at].split("|")
        if gone.issuperset(wishes):
            continue
        for number, wish in enumerate(wishes, 1):
            if wish in gone:
                continue
            person = _person(entry_id)
            count = wins.get(person, 0)
            if count >= int(cap):
                break
            if take(wish):
                won[at] = number
                wins[person] = count + 1
                break
    return won, wins


def _by_wish(lines: Sequence[str], order: Sequence[int], places: Places) -> tuple[bytearray, dict[str, int]]:
    won, wins = bytearray(len(lines)), dict[str, int]()
    gone, left, number = places.gone, list(order), 0
    while left:
        still: list[int] = []
        number += 1
        for at in left:
            entry_id, _class, _group, cap, *wishes = lines[at].split("|")
            if number > len(wishes):
                continue
            if wishes[number - 1] in gone:
                still.append(at)
                continue
            person = entry_id.rpartition(".")[0] or entry_id
            count = wins.get(person, 0)
            if count >= int(cap):
                continue
            if places.take(wishes[number - 1]):
                won[at] = number
                wins[person] = count + 1
            else:
                still.append(at)
        left = still
    return won, wins


def _by_slot(
    lines: Sequence[str], heads: Sequence[int], terms: Terms, seed: str, label: str, places: Places
) -> tuple[bytearray, dict[str, int], list[Contender]]:
    asked: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        for wish in dict.fromkeys(line.split("|")[4:]):
            asked.setdefault(wish, []).append(at)
    won, wins, contenders = bytearray(len(lines)), dict[str, int](), list[Contender]()
    for place in sorted(asked, key=lambda one: (ticket(seed, label, one), one)):
        winner = -1
        ordered = _in_place(lines, asked[place], heads, terms, seed, label, place)
        if places.free(place):
            for at, _number in ordered:
                person = person_of(lines[at])
                if not won[at] and wins.get(person, 0) < _cap(lines[at]):
                    places.take(place)
                    won[at] = lines[at].split("|")[4:].index(place) + 1
                    wins[person] = wins.get(person, 0) + 1
                    winner = at
                    break
        contenders += [Contender(place, lines[at], number, at == winner) for at, number in ordered]
    return won, wins, contenders


def _in_place(
    lines: Sequence[str],
    asked: Sequence[int],
    heads: Sequence[int],
    terms: Terms,
    seed: str,
    label: str,
    place: str,
) -> list[tuple[int, str]]:
    """(index, ticket) of those who asked for a place, by prefix, the ticket of this place, id."""
    before = f"{seed}|{label}:{place}|"
    found = [
        (
            terms.prefix(lines[at]),
            sha256(f"{before}{id_of(lines[heads[at]])}".encode("ascii")).hexdigest(),
            at,
        )
        for at in asked
    ]
    return [(at, number) for _prefix, number, at in sorted(found)]
