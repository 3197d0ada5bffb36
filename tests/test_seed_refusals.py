"""What is wrong in a seed is said with file, line and column, and nothing of it is stored."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from moyai.web.loading.load import SEEDS, LoadedBefore, load, names, read_and_check, run
from moyai.web.loading.reading import SeedFaulty
from tests.world import World

Spoil = Callable[[str, str, str], Path]


@pytest.fixture
def spoilt(tmp_path: Path) -> Spoil:
    """A copy of 千葉's files in which one text is another."""

    def spoil(file: str, text: str, other: str) -> Path:
        folder = tmp_path / "chiba"
        shutil.copytree(SEEDS / "chiba", folder)
        content = (folder / file).read_text(encoding="utf-8")
        assert text in content
        (folder / file).write_text(content.replace(text, other, 1), encoding="utf-8")
        return folder

    return spoil


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(SeedFaulty) as faulty:
        read_and_check(folder)
    return [str(fault) for fault in faulty.value.faults]


def test_every_seed_is_sound() -> None:
    assert names() == ["aichi", "chiba", "ibaraki", "osaka", "yamaguchi"]
    for name in names():
        read_and_check(SEEDS / name)


@pytest.mark.parametrize(
    ("file", "text", "other", "named"),
    [
        (
            "lines.csv",
            "59733800,-800",
            "59733801,-800",
            "lines.csv 2行目：「負担金」の差引額が合いません。59,733,000 − 59,733,801 ＝ △801",
        ),
        ("lines.csv", "59733000", "59738000", "lines.csv 2行目"),
        ("lines.csv", "45304000,36438397,8865603", "45304000,36438397,8865613", "lines.csv 5行目"),
        ("entries.csv", "34801212", "34801221", "lines.csv 5行目"),
        ("entries.csv", "34801212", "34801221", "entries.csv 6、7、8、9、10行目"),
        (
            "budget_totals.csv",
            "69053300,8700",
            "69053300,8701",
            "budget_totals.csv 2行目：収入の合計の差引額が合いません",
        ),
        ("budget_totals.csv", "59594659", "59594569", "budget_totals.csv 3行目"),
        ("settlements.csv", "9458641", "9458614", "settlements.csv 2行目：差引額が合いません"),
        ("settlements.csv", "3246958", "3246985", "settlements.csv 3行目：収入総額が合いません"),
        ("entries.csv", "55,47924000", "54,47924000", "entries.csv 2行目 count：団体数が"),
        ("splits.csv", "3517222", "3517223", "splits.csv 2行目 yen"),
    ],
)
def test_C36_C37_one_wrong_digit_in_a_settlement_is_found_with_its_line(
    spoilt: Spoil, file: str, text: str, other: str, named: str
) -> None:
    said = faults_of(spoilt(file, text, other))
    assert any(named in one for one in said), said


@pytest.mark.parametrize(
    ("file", "text", "other", "named"),
    [
        ("meetings.csv", "held_on", "day", "meetings.csv 1行目 held_on：列がありません。"),
        ("meetings.csv", "held_on", "day", "meetings.csv 1行目 day：この列は読み込めません。"),
        ("meetings.csv", "2017-04-28", "2017-02-30", "meetings.csv 2行目 held_on：「2017-02-30」は日付ではありません"),
        ("meetings.csv", "2017-04-28", "2018-04-28", "meetings.csv 2行目 held_on：2018-04-28は2017年度の日ではありません"),
        ("meetings.csv", "procurement,2017,1", "procurment,2017,1", "「procurment」はcommittees.csvにありません"),
        ("uses.csv", "銚子市", "調子市", "uses.csv 4行目 body：「調子市」はbodies.csvにありません"),
        ("bodies.csv", "122025", "122026", "bodies.csv 4行目 code：「122026」は全国地方公共団体コードではありません"),
        ("bodies.csv", "千葉県,チバケン", "千葉市,チバケン", "「千葉市」が2団体あります"),
        ("items.csv", "procurement/2/2", "procurement/9/2", "「procurement/9/2」という議題はありません"),
        ("items.csv", "procurement,2017,2,2,1", "procurement,2017,2,2,7", "items.csv 6行目 under"),
        ("figures.csv", "99.97", "99.9七", "figures.csv 2行目 value：「99.9七」は数値ではありません"),
        ("tables.csv", "sum person group", "sum person groups", "tables.csv 9行目 columns：「groups」という列は"),
        ("entries.csv", "47924000", "", "entries.csv 2行目 yen：空です。"),
        ("committees.csv", ",assembly,", ",asembly,", "committees.csv 2行目 kind：「asembly」は選べません"),
        ("settlements.csv", "procurement,2017", "procurement,2018", "settlements.csv 2行目 fiscal_year"),
    ],
)  # fmt: skip
def test_bad_files_are_said_with_line_and_column(
    spoilt: Spoil, file: str, text: str, other: str, named: str
) -> None:
    said = faults_of(spoilt(file, text, other))
    assert any(named in one for one in said), said


def test_a_file_that_is_missing_or_unknown_or_not_text(spoilt: Spoil) -> None:
    folder = spoilt("council.csv", "2017", "2017")
    (folder / "bodies.csv").unlink()
    (folder / "figures.xls.csv").write_text("a,b\n", encoding="utf-8")
    (folder / "texts.csv").write_bytes("section,position\nあ".encode("cp932"))
    said = faults_of(folder)
    assert "bodies.csv：ファイルがありません。" in said
    assert "figures.xls.csv：この名前のファイルは読み込めません。" in said
    assert "texts.csv：UTF-8の文字として読めません。" in said


def stored(tables: tuple[str, ...]) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        found = []
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found.append(cursor.fetchone()[0])
        return found


TABLES = (
    "tenants_body", "tenants_service", "council_committee", "council_meeting", "council_item", "council_entry",
    "council_settlement", "council_givenfigure", "operations_event",
)  # fmt: skip


def test_what_an_action_refuses_is_said_with_its_line_and_nothing_stays(
    world: World, spoilt: Spoil, capsys: pytest.CaptureFixture[str]
) -> None:
    # 千葉市 has another name here: the files speak of another council's world.
    folder = spoilt("bodies.csv", "千葉市", "千葉しし")
    for file in ("uses.csv", "figures.csv"):
        path = folder / file
        path.write_text(path.read_text(encoding="utf-8").replace("千葉市", "千葉しし"), encoding="utf-8")
    before = stored(TABLES)
    with pytest.raises(SeedFaulty) as faulty:
        load(folder)
    assert "bodies.csv 3行目 code：団体コード121002は、すでに「千葉市」の名前で登録されています。" in str(
        faulty.value
    )
    assert stored(TABLES) == before
    assert run(str(folder)) == 1
    assert "何も保存していません" in capsys.readouterr().err


def test_a_refusal_in_the_middle_takes_everything_back(world: World, spoilt: Spoil) -> None:
    folder = spoilt("budgets.csv", "general-assembly/1/4", "procurement/1/2")
    path = folder / "levels.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("997,1000", "997,996"), encoding="utf-8")
    before = stored(TABLES)
    with pytest.raises(SeedFaulty) as faulty:
        load(folder)
    assert "levels.csv 2行目" in str(faulty.value)
    assert stored(TABLES) == before


def test_a_council_is_loaded_once_and_alone(world: World) -> None:
    load(SEEDS / "yamaguchi")
    before = stored(TABLES)
    with pytest.raises(LoadedBefore, match="すでに読み込まれています"):
        load(SEEDS / "yamaguchi")
    with pytest.raises(LoadedBefore, match="1つの仕組みに入る協議会は1つです"):
        load(SEEDS / "ibaraki")
    assert stored(TABLES) == before


def test_a_name_that_is_no_seed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("tokyo") == 2
    assert "あるもの：aichi、chiba、ibaraki、osaka、yamaguchi" in capsys.readouterr().err


def test_a_check_alone_stores_nothing(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    before = stored(TABLES)
    assert run("chiba", check_only=True) == 0
    assert "settlements.csv 2行" in capsys.readouterr().out
    assert stored(TABLES) == before
