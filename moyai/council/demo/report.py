"""年次報告 of the year that is over, released."""

from __future__ import annotations

from moyai.council.actions.report import release_report, write_report_text
from moyai.council.demo.year import NAME, Demo


def publish_report(demo: Demo) -> None:
    """年次報告 of the year, with its words, released to everybody."""
    for year in (demo.year, demo.year + 1):
        write_report_text(**demo.acting, fiscal_year=year, section="name", text=NAME)
    write_report_text(
        **demo.acting,
        fiscal_year=demo.year,
        section="outline",
        text="県と市町村が情報システムを共同で整備し、運営するため、会議と調整を行いました。（これは見本です。）",
    )
    release_report(**demo.acting, fiscal_year=demo.year)
