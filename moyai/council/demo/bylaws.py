"""会則 of the council, and its amendment of the year."""

from __future__ import annotations

from moyai.council.actions.bylaws import enact, register_bylaw
from moyai.council.demo.year import NAME, SOURCE, Demo


def make_bylaws(demo: Demo) -> None:
    """会則 and its amendment of the year."""
    charter = register_bylaw(**demo.acting, code="charter", name=f"{NAME}会則", kind="charter")
    text = (
        "第1条（目的）この協議会は、会員が情報システムを共同で整備し、運営することを目的とする。\n"
        "第2条（会員）会員は、県、市町村及び一部事務組合とする。\n"
        "第9条（議決）総会の議事は、出席した会員の過半数で決する。書面による表決を妨げない。"
    )
    enact(
        **demo.acting,
        bylaw=charter,
        from_on=demo.on(4, 1, year=-2),
        text=text,
        label="制定",
        source=SOURCE,
    )
    enact(
        **demo.acting,
        bylaw=charter,
        from_on=demo.on(4, 1),
        text=text + "\n第10条（公開）協議会は、年次報告を公開する。",
        label="年次報告の公開を加える改正",
        source=SOURCE,
    )
