"""What is published of a draw with wishes verifies in all modes; whoever touches it is named."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from moyai.draws import rules, wishes
from moyai.draws.public import WishPublication, draw_wishes, place_of, units_of
from moyai.draws.tests.test_wishes import LABEL, SEED, rounds
from moyai.draws.verify_draw import check, main
from moyai.draws.wishes import Terms, line_of

PLACES = {
    "gym.full": {"name": "体育館 全面", "parts": ["gym.n", "gym.s"]},
    "gym.north": {"name": "体育館 北半面", "parts": ["gym.n"]},
    "gym.south": {"name": "体育館 南半面", "parts": ["gym.s"]},
    "room.all": {"name": "第1会議室", "parts": ["room.a"]},
}
TAKEN = [["gym.n", "20270206", 540]]


def lines_made() -> list[str]:
    asked = [place_of(unit, day, 540, 720) for unit in PLACES for day in ("20270206", "20270207", "20270213")]
    return rules.canonical(
        line_of(
            entry_id=f"p{number:02}.01",
            resident_class=("resident", "worker", "outside")[number % 3],
            group=number % 2 == 0,
            cap=1,
            wishes=[asked[(number * step) % len(asked)] for step in (1, 5, 7)],
        )
        for number in range(30)
    )


def published(mode: str = "person", **facts: Any) -> WishPublication:
    lines, terms = lines_made(), Terms(mode, ("resident",), True)
    taken = [tuple(one) for one in TAKEN]
    known: dict[str, Any] = {
        "body": "千葉市",
        "title": "2027年2月分",
        "label": LABEL,
        "terms": terms,
        "seed_source": "第1234回の宝くじの当せん番号",
        "frozen_at": "2026-12-15T00:00:00+09:00",
        "lines": lines,
        "units": PLACES,
        "taken": TAKEN,
        "seed": SEED,
        "drawn_at": "2026-12-16T10:00:00+09:00",
        "outcome": draw_wishes(
            lines, seed=SEED, label=LABEL, terms=terms, units=units_of(PLACES), taken=taken
        ),  # type: ignore[arg-type]
    }
    return WishPublication(**known | facts)


def written(folder: Path, publication: WishPublication) -> Path:
    for name, text in publication.files().items():
        (folder / name).write_text("".join(text), encoding="utf-8")
    return folder


@pytest.fixture(params=wishes.MODES)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return written(tmp_path, published(request.param))


def changed(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    made = change(path.read_text(encoding="utf-8").splitlines())
    path.write_text("".join(f"{line}\n" for line in made), encoding="utf-8")


def test_every_mode_verifies_on_a_bare_python(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verify_draw.py"), str(folder)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONUTF8": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "一致しました" in done.stdout and "名簿 30件" in done.stdout


def test_the_archive_is_the_same_each_time_and_verifies(tmp_path: Path) -> None:
    for mode in wishes.MODES:
        archive = tmp_path / f"{mode}.zip"
        archive.write_bytes(published(mode).as_zip())
        assert published(mode).as_zip() == archive.read_bytes()
        assert main([str(archive)]) == 0


def test_the_list_alone_verifies_before_the_draw(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, published(seed="", drawn_at=""))
    assert not (tmp_path / "order.txt").exists()
    assert main([str(tmp_path)]) == 0
    assert "抽選はまだです" in capsys.readouterr().out


@settings(max_examples=120, deadline=None)
@given(rounds())
def test_the_verifier_finds_the_same_winners_by_itself(
    made: tuple[list[str], Terms, list[tuple[str, str, int]]],
) -> None:
    lines, terms, taken = made
    lines = rules.canonical(lines)
    outcome = draw_wishes(lines, seed=SEED, label=LABEL, terms=terms, units=units_of(PLACES), taken=taken)
    there = published(lines=lines, terms=terms, taken=[list(one) for one in taken], outcome=outcome)
    faults, _said = check({name: "".join(text) for name, text in there.files().items()})
    assert faults == []


@pytest.mark.parametrize(
    ("name", "change", "named"),
    [
        (
            "entries.txt",
            lambda rows: [row for row in rows if not row.startswith("p07")],
            "申込み p07.01 が結果にあり、名簿にありません",
        ),
        (
            "entries.txt",
            lambda rows: sorted([*rows, rows[0].replace("p00", "p99")]),
            "申込み p99.01 が名簿にあり、結果にありません",
        ),
        (
            "entries.txt",
            lambda rows: [row.replace("p07.01|worker|i|1", "p07.01|worker|i|2") for row in rows],
            "申込み p07.01 の内容が違います",
        ),
        (
            "entries.txt",
            lambda rows: [row.replace("p07.01|worker|i", "p07.01|resident|i") for row in rows],
            "申込み p07.01 の内容が違います",
        ),
        ("entries.txt", lambda rows: [rows[1], rows[0], *rows[2:]], "申込み p00.01 の位置が違います"),
        ("order.txt", lambda rows: [*rows, rows[0]], "結果に同じ申込みが2度あります"),
        (
            "order.txt",
            lambda rows: [row for row in rows if " p07.01|" not in row],
            "申込み p07.01 が名簿にあり、結果にありません",
        ),
        ("order.txt", lambda rows: [rows[1], rows[0], *rows[2:]], "順番が違います：1番目"),
        (
            "order.txt",
            lambda rows: [row.replace(" won.1 ", " won.2 ") for row in rows],
            "の当落が違います（won.2 と公表、正しくは won.1",
        ),
        (
            "order.txt",
            lambda rows: [rows[0].replace(rows[0].split(" ")[1], "0" * 64), *rows[1:]],
            "の抽選番号が違います",
        ),
    ],
)
def test_a_changed_missing_or_added_entry_is_named(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    change: Callable[[list[str]], list[str]],
    named: str,
) -> None:
    before = (folder / name).read_text(encoding="utf-8")
    changed(folder / name, change)
    assert (folder / name).read_text(encoding="utf-8") != before
    assert main([str(folder)]) == 1
    said = capsys.readouterr().out
    assert named in said and "一致しません" in said


def test_an_entry_taken_out_of_both_files_is_seen_by_root_and_rank(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(folder / "entries.txt", lambda rows: [row for row in rows if not row.startswith("p07")])
    changed(folder / "order.txt", lambda rows: [row for row in rows if " p07.01|" not in row])
    assert main([str(folder)]) == 1
    said = capsys.readouterr().out
    assert "名簿は29件ですが、30件と公表されています" in said and "Merkle root" in said
    assert "の順番の数字が違います" in said


def test_other_places_another_seed_and_other_slots_are_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path, published("slot"))
    for name, old, new, named in (
        ("places.json", '"20270206",540', '"20270206",541', "places.jsonが公表された値"),
        ("draw.json", SEED, "03 12 18 25 33 42", "の抽選番号が違います"),
        ("draw.json", '"groups_first": true', '"groups_first": false', "順番が違います"),
        ("slots.txt", " won ", " not_won ", "slots.txtの"),
    ):
        before = (tmp_path / name).read_text(encoding="utf-8")
        assert old in before
        (tmp_path / name).write_text(before.replace(old, new), encoding="utf-8")
        assert main([str(tmp_path)]) == 1
        assert named in capsys.readouterr().out
        (tmp_path / name).write_text(before, encoding="utf-8")
    assert main([str(tmp_path)]) == 0


def test_a_seed_from_a_beacon_or_a_commitment_must_fit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signature = "ab" * 48
    seed = sha256(bytes.fromhex(signature)).hexdigest()
    lines = lines_made()
    outcome = draw_wishes(lines, seed=seed, label=LABEL, terms=Terms(), units=units_of(PLACES))
    facts: dict[str, Any] = {"terms": Terms(), "taken": [], "seed": seed, "outcome": outcome}
    for good, bad, named in (
        ({"beacon": {"chain": "quicknet", "round": 7, "signature": signature}},
         {"beacon": {"chain": "quicknet", "round": 7, "signature": "ac" * 48}}, "drandの署名"),
        ({"commitment": sha256(seed.encode()).hexdigest()}, {"commitment": "0" * 64}, "commitment"),
    ):  # fmt: skip
        written(tmp_path, published(**facts, **good))
        assert main([str(tmp_path)]) == 0
        written(tmp_path, published(**facts, **bad))
        capsys.readouterr()
        assert main([str(tmp_path)]) == 1
        assert named in capsys.readouterr().out


def test_every_entrant_has_a_proof_that_fits_no_other_entry(tmp_path: Path) -> None:
    place, publication = tmp_path / "proof.json", published()
    for at in (0, 13, 29):
        place.write_text(publication.proof_json(at), encoding="utf-8")
        assert main([str(place)]) == 0
        facts = json.loads(place.read_text(encoding="utf-8"))
        for wrong in (
            {"entry": facts["entry"] + "x"},
            {"index": (at + 1) % 30},
            {"path": facts["path"][:-1]},
        ):
            place.write_text(json.dumps(facts | wrong), encoding="utf-8")
            assert main([str(place)]) == 1
