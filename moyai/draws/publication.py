"""公表 — the files of a draw as anybody may fetch and check them. Pure text; no name of a person is in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from moyai.draws.rules import Drawn, id_of, proof, root
from moyai.draws.wishes import Contender, Granted, Outcome, Taken, Terms

FORMAT = "moyai-draw-1"
WISHES_FORMAT = "moyai-draw-2"
PACKED: Final = 2  # of a year's draw 83 MB in 3 s; the usual 6 would save 10 MB for 7 s more


@dataclass(frozen=True, slots=True)
class Publication:
    """One draw as published: at the freeze without seed and order, afterwards whole."""

    body: str
    title: str
    label: str
    seed_source: str
    frozen_at: str
    lines: Sequence[str]
    places: int | None = None
    seed: str = ""
    drawn_at: str = ""
    order: Sequence[Drawn] = ()

    def draw_json(self) -> str:
        facts = {
            "format": FORMAT,
            "body": self.body,
            "title": self.title,
            "label": self.label,
            "count": len(self.lines),
            "root": root(self.lines),
            "frozen_at": self.frozen_at,
            "seed_source": self.seed_source,
            "seed": self.seed or None,
            "places": self.places if self.seed else None,
            "drawn_at": self.drawn_at or None,
        }
        return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"

    def entries_txt(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)

    def order_txt(self) -> str:
        return "".join(
            f"{rank} {one.ticket} {one.outcome} {one.line}\n" for rank, one in enumerate(self.order, 1)
        )

    def files(self) -> dict[str, str]:
        made = {"draw.json": self.draw_json(), "entries.txt": self.entries_txt()}
        if self.seed:
            made["order.txt"] = self.order_txt()
        return made | {"verify_draw.py": verifier()}

    def as_zip(self) -> bytes:
        """The files in one archive; the same draw gives the same bytes."""
        kept = BytesIO()
        with ZipFile(kept, "w", ZIP_DEFLATED) as archive:
            for name, text in self.files().items():
                archive.writestr(ZipInfo(f"draw/{name}", (2000, 1, 1, 0, 0, 0)), text, ZIP_DEFLATED)
        return kept.getvalue()

    def proof_json(self, index: int) -> str:
        """所在の証明 of the entry at `index`, for who made it."""
        facts = {
            "format": f"{FORMAT}-proof",
            "label": self.label,
            "entry": self.lines[index],
            "index": index,
            "size": len(self.lines),
            "path": proof(self.lines, index),
            "root": root(self.lines),
        }
        return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"


@dataclass(frozen=True, slots=True)
class WishPublication:
    """A draw with ranked wishes as published: at the freeze without seed and order, afterwards whole.

    `units`: {unit: {"name": …, "parts": […]}}; `taken`: [part, YYYYMMDD, minute] taken before the draw. `beacon`:
    {"chain", "round", "signature"} of the drand round the seed comes from; `commitment`: SHA-256 of a seed that was
    chosen before the entries.
    """

    body: str
    title: str
    label: str
    terms: Terms
    seed_source: str
    frozen_at: str
    lines: Sequence[str]
    units: Mapping[str, Mapping[str, Any]]
    taken: Sequence[Sequence[Any]] = ()
    root: str = ""  # as stored at the freeze; worked out where it is not given
    seed: str = ""
    seed_kind: str = "officials"
    beacon: Mapping[str, Any] | None = None
    commitment: str = ""
    drawn_at: str = ""
    outcome: Outcome | None = None

    def draw_json(self) -> str:
        facts = {
            "format": WISHES_FORMAT,
            "body": self.body,
            "title": self.title,
            "label": self.label,
            "mode": self.terms.mode,
            "classes_first": list(self.terms.classes_first),
            "groups_first": self.terms.groups_first,
            "count": len(self.lines),
            "root": self.root or root(self.lines),
            "places_sha256": sha256(self.places_json().encode()).hexdigest(),
            "frozen_at": self.frozen_at,
            "seed_kind": self.seed_kind,
            "seed_source": self.seed_source,
            "commitment": self.commitment or None,
            "beacon": dict(self.beacon) if self.beacon else None,
            "seed": self.seed or None,
            "drawn_at": self.drawn_at or None,
        }
        return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"

    def places_json(self) -> str:
        facts = {"units": self.units, "taken": [list(one) for one in self.taken]}
        return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"

    def files(self) -> dict[str, Iterator[str]]:
        """Name → its lines, made one by one: a year's list need not lie in memory twice."""
        made: dict[str, Iterator[str]] = {
            "draw.json": iter([self.draw_json()]),
            "entries.txt": (f"{line}\n" for line in self.lines),
            "places.json": iter([self.places_json()]),
        }
        if self.seed and self.outcome is not None:
            made["order.txt"] = _order_txt(self.outcome)
            if self.outcome.contenders:
                made["slots.txt"] = _slots_txt(self.outcome.contenders)
        return made | {"verify_draw.py": iter([verifier()])}

    def as_zip(self) -> bytes:
        """The files in one archive; the same draw gives the same bytes."""
        kept = BytesIO()
        with ZipFile(kept, "w", ZIP_DEFLATED, compresslevel=PACKED) as archive:
            for name, lines in self.files().items():
                with archive.open(f"draw/{name}", "w", force_zip64=True) as into:
                    for piece in _in_pieces(lines):
                        into.write(piece)
        return kept.getvalue()

    def proof_json(self, index: int) -> str:
        """所在の証明 of the entry at `index`, for who made it."""
        return wish_proof(self.lines, index, label=self.label)


def wish_proof(lines: Sequence[str], index: int, *, label: str) -> str:
    """所在の証明 — that one entry stands in a list; as `proof.json`."""
    facts = {
        "format": f"{WISHES_FORMAT}-proof",
        "label": label,
        "entry": lines[index],
        "index": index,
        "size": len(lines),
        "path": proof(lines, index),
        "root": root(lines),
    }
    return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"


def units_of(places: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """The parts of each unit, as `draw_wishes` wants them."""
    return {unit: tuple(facts["parts"]) for unit, facts in places.items()}


def taken_of(rows: Iterable[Sequence[Any]]) -> list[Taken]:
    return [(str(part), str(day), int(minute)) for part, day, minute in rows]


def verifier() -> str:
    """The text of verify_draw.py, as it is handed out."""
    return files("moyai.draws").joinpath("verify_draw.py").read_text(encoding="utf-8")


def _order_txt(granted: Iterable[Granted]) -> Iterator[str]:
    """`rank ticket outcome entry`: outcome is won.2 (the second wish), waiting.17 (補欠の順番), waiting or capped."""
    for rank, one in enumerate(granted, 1):
        yield f"{rank} {one.ticket} {one.outcome} {one.line}\n"


def _slots_txt(contenders: Iterable[Contender]) -> Iterator[str]:
    """`place rank ticket outcome id`, in the order in which the places were drawn."""
    rank, place = 0, ""
    for one in contenders:
        rank = rank + 1 if one.place == place else 1
        place = one.place
        yield f"{place} {rank} {one.ticket} {'won' if one.won else 'not_won'} {id_of(one.line)}\n"


def _in_pieces(lines: Iterator[str], size: int = 5_000) -> Iterator[bytes]:
    kept: list[str] = []
    for line in lines:
        kept.append(line)
        if len(kept) == size:
            yield "".join(kept).encode()
            kept.clear()
    yield "".join(kept).encode()
