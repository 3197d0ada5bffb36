"""Folders that were touched so that the verifier would look away: it names what is missing, and believes no gap."""

from __future__ import annotations

import io
import json
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from moyai.draws.public import draw_wishes, units_of
from moyai.draws.tests import test_verify, test_wish_files
from moyai.draws.tests.test_wish_files import LABEL, PLACES, lines_made, written
from moyai.draws.verify_draw import main
from moyai.draws.wishes import Terms


def facts_of(folder: Path, **other: Any) -> None:
    place = folder / "draw.json"
    facts = json.loads(place.read_text(encoding="utf-8"))
    place.write_text(json.dumps(facts | other, ensure_ascii=False), encoding="utf-8")


def plain(folder: Path) -> Path:
    for name, text in test_verify.published().files().items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def swap_winners(folder: Path) -> None:
    """The first winner loses, somebody who lost wins."""
    place = folder / "order.txt"
    rows = place.read_text(encoding="utf-8").splitlines()
    won = next(at for at, row in enumerate(rows) if " won " in row)
    lost = next(at for at, row in enumerate(rows) if " not_won " in row)
    rows[won], rows[lost] = rows[won].replace(" won ", " not_won "), rows[lost].replace(" not_won ", " won ")
    place.write_text("\n".join(rows) + "\n", encoding="utf-8")


def test_winners_are_checked_even_where_the_number_of_places_was_taken_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    swap_winners(plain(tmp_path))
    facts_of(tmp_path, places=None)
    assert main([str(tmp_path)]) == 1
    assert "枠の数（places）がありません" in capsys.readouterr().out


def test_a_draw_by_wishes_cannot_be_passed_off_as_a_plain_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its winners would not be looked at: the plain format knows no wishes."""
    written(tmp_path, test_wish_files.published("person"))
    lines = [line.split(" ", 3) for line in (tmp_path / "order.txt").read_text("utf-8").splitlines()]
    facts = json.loads((tmp_path / "draw.json").read_text("utf-8"))
    rows = sorted(
        (sha256("|".join((facts["seed"], facts["label"], row[3].split("|")[0])).encode()).hexdigest(), row[3])
        for row in lines
    )
    (tmp_path / "order.txt").write_text(
        "".join(f"{at} {number} withdrawn {line}\n" for at, (number, line) in enumerate(rows, 1)), "utf-8"
    )
    facts_of(tmp_path, format="moyai-draw-1")
    assert main([str(tmp_path)]) == 1
    assert "places" in capsys.readouterr().out
    facts_of(tmp_path, format="another-draw")
    assert main([str(tmp_path)]) == 1
    assert "形式" in capsys.readouterr().out


def test_the_ranks_of_a_plain_draw_are_read_too(tmp_path: Path) -> None:
    plain(tmp_path)
    place = tmp_path / "order.txt"
    rows = place.read_text(encoding="utf-8").splitlines()
    place.write_text("\n".join([rows[0].replace("1 ", "7 ", 1), *rows[1:]]) + "\n", encoding="utf-8")
    assert main([str(tmp_path)]) == 1


@pytest.mark.parametrize(
    ("kind", "named"), [("drand", "drandの署名がありません"), ("commitment", "封印した値")]
)
def test_a_seed_says_where_it_comes_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, named: str
) -> None:
    """A seed of somebody's choice, called one of drand or a sealed one, with what would prove it left out."""
    written(tmp_path, test_wish_files.published(seed_kind=kind))
    assert main([str(tmp_path)]) == 1
    assert named in capsys.readouterr().out


def test_the_round_of_drand_is_the_one_that_was_declared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signature = "ab" * 48
    seed = sha256(bytes.fromhex(signature)).hexdigest()
    outcome = draw_wishes(lines_made(), seed=seed, label=LABEL, terms=Terms(), units=units_of(PLACES))
    facts: dict[str, Any] = {
        "terms": Terms(),
        "taken": [],
        "seed": seed,
        "outcome": outcome,
        "seed_kind": "drand",
    }
    beacon = {"chain": "quicknet", "round": 77, "signature": signature}
    written(tmp_path, test_wish_files.published(**facts, beacon=beacon, seed_source="drandの第77回。"))
    assert main([str(tmp_path)]) == 0
    for other in (76, 7, 770):
        written(
            tmp_path,
            test_wish_files.published(
                **facts, beacon=beacon | {"round": other}, seed_source="drandの第77回。"
            ),
        )
        assert main([str(tmp_path)]) == 1
    assert "種の出どころ" in capsys.readouterr().out


def test_an_archive_with_two_files_of_one_name_is_not_read(tmp_path: Path) -> None:
    """One shown to who looks, another to the verifier."""
    kept = io.BytesIO(test_wish_files.published().as_zip())
    with zipfile.ZipFile(kept, "a") as archive:
        archive.writestr("other/order.txt", archive.read("draw/order.txt"))
    place = tmp_path / "draw.zip"
    place.write_bytes(kept.getvalue())
    assert main([str(place)]) == 2
