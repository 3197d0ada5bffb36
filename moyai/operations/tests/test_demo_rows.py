"""The demo of operations: loaded once, and every page has rows to show (M6, M10, M11)."""

from __future__ import annotations

from typing import Any

import pytest

from moyai.operations.demo import load_demo
from moyai.operations.figures import FIGURES
from moyai.operations.models import Case, Event, Stop, System
from moyai.tenants.public import Actor, Service, clock

PAGES = (
    ("secretary", "/council/levels/", "電子入札システム"),
    ("secretary", "/council/levels/systems/registration/", "不明"),
    ("secretary", "/council/levels/systems/platform/", "片方で動いた時間"),
    ("secretary", "/council/desk/", "予約の一括取消し"),
    ("secretary", "/council/desk/?view=undecided", "通知の文面を団体で変える"),
    ("secretary", "/council/desk/figures/", "要望"),
    ("secretary", "/council/events/", "自治体クラウドの勉強会"),
    ("secretary", "/council/news/", "協議会だより"),
    ("clerk", "/chiba-shi/office/desk/", "添付できるファイルの大きさ"),
    ("clerk", "/chiba-shi/office/desk/wishes/", "一覧の並べ替え"),
    ("clerk", "/chiba-shi/office/desk/faq/", "申請の取下げはいつまでできますか。"),
    ("clerk", "/chiba-shi/office/events/", "自治体クラウドの勉強会"),
    ("clerk", "/chiba-shi/office/levels/", "共通基盤"),
    ("secretary", "/council/levels/", "事業ごとの約束と判定"),
    ("secretary", "/council/desk/?view=review", "窓口システムの更新の仕様書"),
    (None, "/status/", "共通基盤"),
)


@pytest.fixture
def loaded(world: Any) -> None:
    Service.objects.create(code="security-cloud", name="自治体情報セキュリティクラウド", scope="all")
    load_demo([world.chiba, world.matsudo])


def test_M6_M10_M11_the_demo_has_something_on_every_page(world: Any, loaded: None, client_for: Any) -> None:
    accounts = {"secretary": world.secretary, "clerk": world.at_chiba.clerk, None: None}
    for who, path, words in PAGES:
        answer = client_for(accounts[who]).get(path)
        assert answer.status_code == 200, path
        assert words in answer.content.decode(), path
        assert client_for(accounts[who]).get(f"/en{path}").status_code == 200, path


def test_M6_M10_M11_the_demo_is_loaded_once_and_its_figures_add_up(world: Any, loaded: None) -> None:
    before = (System.objects.count(), Stop.objects.count(), Case.objects.count(), Event.objects.count())
    assert before[0] == 7 and before[2] == 19
    load_demo([world.chiba, world.matsudo])
    assert (
        System.objects.count(),
        Stop.objects.count(),
        Case.objects.count(),
        Event.objects.count(),
    ) == before
    now = clock.now()
    today = clock.today(now)
    year = today.year if today.month >= 4 else today.year - 1
    for make in FIGURES.values():
        for table in make(actor=Actor.system(), now=now, fiscal_year=year).values():
            assert table.solved() and not table.disagreements()
