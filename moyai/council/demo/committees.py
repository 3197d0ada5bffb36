"""Bodies of the council: 総会 over 幹事会 over 部会 with a working group, their members, offices and rules of voting."""

from __future__ import annotations

from moyai.council.actions.committees import establish_committee
from moyai.council.actions.offices import appoint, create_office
from moyai.council.actions.seats import take_seat
from moyai.council.actions.voting_rules import set_voting_rule
from moyai.council.demo.year import BOARD, SERVICE, Demo
from moyai.council.models import Committee
from moyai.tenants.public import Body, Service, members_of


def establish_committees(demo: Demo) -> None:
    """総会, 幹事会, 部会 and a working group, who sits in them, and the offices."""
    since, service = demo.on(4, 1, year=-2), Service.objects.filter(code=SERVICE).first()
    above: Committee | None = None
    plan = (
        ("general-assembly", "総会", "assembly", True, "協議会の議決機関。全会員で構成する。"),
        ("board", "幹事会", "board", False, "総会に付議する議案を決める。"),
        ("applications-section", "電子申請部会", "section", False, "電子申請システムの運営を協議する。"),
    )
    for place, (code, name, kind, open_to_all, purpose) in enumerate(plan, 1):
        above = demo.committees[code] = establish_committee(
            **demo.acting,
            code=code,
            name=name,
            kind=kind,
            purpose=purpose,
            from_on=since,
            climbs_to=above,
            service=service if code == "applications-section" else None,
            open_to_all=open_to_all,
            position=place,
        )
    demo.committees["working"] = establish_committee(
        **demo.acting,
        code="forms-working",
        name="様式検討ワーキンググループ",
        kind="working",
        purpose="手続きの様式をそろえる。",
        from_on=demo.on(7, 1),
        parent=above,
        climbs_to=above,
        position=9,
    )
    for code in ("board", "applications-section", "working"):
        seated = demo.committees[code]
        for body in _who_may_sit(demo, seated):
            take_seat(**demo.acting, committee=seated, body=body, from_on=seated.from_on)
    _offices(demo)


def _who_may_sit(demo: Demo, committee: Committee) -> list[Body]:
    """Of a section of a service: members that use it; of the others: the first."""
    if committee.service is None:
        return demo.bodies[:BOARD]
    users = set(members_of(committee.service, committee.from_on))
    return [body for body in demo.bodies if body in users][:BOARD]


def _offices(demo: Demo) -> None:
    assembly = demo.committees["general-assembly"]
    for place, (code, name, holder) in enumerate(
        (
            ("chair", "会長", "情報政策課長"),
            ("vice-chair", "副会長", "情報政策課長"),
            ("auditor", "監査役", "会計課長"),
        ),
        1,
    ):
        office = create_office(
            **demo.acting, committee=assembly, code=code, name=name, from_on=assembly.from_on, position=place
        )
        for year in (0, 1):
            appoint(
                **demo.acting,
                office=office,
                body=demo.bodies[(place + year) % len(demo.bodies)],
                holder=holder,
                from_on=demo.on(4, 1, year=year),
                until_on=demo.on(3, 31, year=year),
            )
    for code in ("general-assembly", "board"):
        set_voting_rule(
            **demo.acting,
            committee=demo.committees[code],
            from_on=assembly.from_on,
            source="会則第9条（見本）",
        )
