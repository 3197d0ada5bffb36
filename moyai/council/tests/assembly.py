"""Sittings for the tests: 総会 over 幹事会 over 部会, seven members, one 準会員, one オブザーバー. Not a test itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pikepdf
from django.core.files.base import ContentFile

from moyai.council.actions.ballots import open_ballot
from moyai.council.actions.items import add_item
from moyai.council.actions.meetings import call_meeting, plan_meeting
from moyai.council.models import Ballot, Committee, Item, Meeting, Seat, VotingRule
from moyai.tenants.public import Actor, Body, Role, clock, code_check_digit

SINCE = date(2017, 4, 1)
TODAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)  # 令和8年6月1日 10時
DEADLINE = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)
SECRETARY = Actor(account_id=None, body=None, roles=frozenset({Role.SECRETARIAT}), name="協議会 事務局")


def a_pdf(pages: int = 1, title: str = "資料") -> bytes:
    """A PDF of blank A4 pages; another title is another file."""
    out = BytesIO()
    with pikepdf.new() as pdf:
        for _page in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
        pdf.docinfo["/Title"] = title
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def a_file(name: str = "資料.pdf", *, pages: int = 1, title: str = "資料") -> ContentFile[bytes]:
    return ContentFile(a_pdf(pages, title), name=name)


def with_code(five: str) -> str:
    """全国地方公共団体コード: five digits and their check digit."""
    return five + str(code_check_digit(five))


def more_bodies(count: int = 5) -> list[Body]:
    """Cities of the council beside those of the world: 500001 and on, with their check digits."""
    made = []
    for at in range(1, count + 1):
        code = with_code(f"5{at:04d}")
        made.append(
            Body.objects.create(
                code=code,
                name=f"第{at}市",
                kana="ダイシ",
                kind=Body.Kind.CITY,
                slug=f"dai-{at}-shi",
                from_on=SINCE,
            )
        )
    return made


class Assembly:
    """`assembly.general` (総会), `.board` (幹事会), `.section` (部会); `.members` vote, `.associate` and `.observer` do not."""

    def __init__(self, world: Any, *, chair: bool = False, others: int = 5, **rule: Any) -> None:
        self.chiba, self.matsudo = world.chiba, world.matsudo
        self.members = [self.chiba, self.matsudo, *more_bodies(others)]
        self.associate, self.observer = (
            Body.objects.create(code=with_code(code), name=name, kana="ダンタイ", kind=Body.Kind.TOWN, slug=slug, from_on=SINCE)
            for code, name, slug in (("59001", "準会員町", "jun-machi"), ("59002", "傍聴町", "bocho-machi"))
        )  # fmt: skip
        self.general = self._committee("sokai", "総会", Committee.Kind.ASSEMBLY)
        self.board = self._committee("kanjikai", "幹事会", Committee.Kind.BOARD, climbs_to=self.general)
        self.section = self._committee(
            "chotatsu", "電子調達部会", Committee.Kind.SECTION, climbs_to=self.board
        )
        for committee in (self.general, self.board, self.section):
            VotingRule.objects.create(committee=committee, source="会則第12条", from_on=SINCE, **rule)

    def _committee(self, code: str, name: str, kind: str, **more: Any) -> Committee:
        made = Committee.objects.create(code=code, name=name, kind=kind, from_on=SINCE, **more)
        capacities = [(body, Seat.Capacity.MEMBER) for body in self.members]
        capacities += [(self.associate, Seat.Capacity.ASSOCIATE), (self.observer, Seat.Capacity.OBSERVER)]
        for body, capacity in capacities:
            Seat.objects.create(committee=made, body=body, capacity=capacity, from_on=SINCE)
        Seat.objects.create(committee=made, name="学識 先生", capacity=Seat.Capacity.ADVISER, from_on=SINCE)
        return made

    def planned(self, committee: Committee | None = None, **facts: Any) -> Meeting:
        known = {"held_on": TODAY + timedelta(days=20), "mode": Meeting.Mode.WRITTEN}
        return plan_meeting(
            actor=SECRETARY, now=clock.now(), committee=committee or self.general, **(known | facts)
        )

    def item(self, meeting: Meeting, title: str = "令和8年度予算について", **facts: Any) -> Item:
        return add_item(actor=SECRETARY, now=clock.now(), meeting=meeting, title=title, **facts)

    def called(self, committee: Committee | None = None, *titles: str, **facts: Any) -> Meeting:
        meeting = self.planned(committee, **facts)
        for title in titles or ("令和8年度予算について",):
            self.item(meeting, title)
        return call_meeting(actor=SECRETARY, now=clock.now(), meeting=meeting)

    def ballot(
        self, deadline: datetime | None = DEADLINE, *, mode: str = Meeting.Mode.WRITTEN, **more: Any
    ) -> Ballot:
        meeting = self.called(mode=mode)
        return open_ballot(
            actor=SECRETARY, now=clock.now(), item=meeting.items.get(), deadline=deadline, **more
        )


def staff_of(body: Body, name: str = "佐藤 一郎") -> Actor:
    return Actor(account_id=None, body=body, roles=frozenset({Role.CLERK}), name=name, channel="office")
