"""公表 — the files of a draw as anybody may fetch and check them. Pure text; no name of a person is in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from moyai.draws.rules import Drawn, proof, root

FORMAT = "moyai-draw-1"


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


def verifier() -> str:
    """The text of verify_draw.py, as it is handed out."""
    return files("moyai.draws").joinpath("verify_draw.py").read_text(encoding="utf-8")
