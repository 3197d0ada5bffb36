"""What others may import from council."""

from moyai.council.actions.report import (
    BadTable,
    Cell,
    Shape,
    bring_figures,
    release_report,
    write_report_text,
)
from moyai.council.actions.uses import admit_body, begin_use, end_use, found_service
from moyai.council.figures.charts import by_columns, by_rows, over_columns, over_rows, report_charts, stopped
from moyai.council.figures.faces import report_context, report_json, report_pdf, report_xlsx
from moyai.council.figures.report import Report, annual_report
from moyai.council.figures.sections import (
    AgendaItem,
    Chart,
    Section,
    Sitting,
    Sittings,
    Table,
    Words,
    report_sections,
)
from moyai.council.queries.report_stamps import counted_stamp, exact_stamp

__all__ = [
    "AgendaItem",
    "BadTable",
    "Cell",
    "Chart",
    "Report",
    "Section",
    "Shape",
    "Sitting",
    "Sittings",
    "Table",
    "Words",
    "admit_body",
    "annual_report",
    "begin_use",
    "bring_figures",
    "by_columns",
    "by_rows",
    "counted_stamp",
    "end_use",
    "exact_stamp",
    "found_service",
    "over_columns",
    "over_rows",
    "release_report",
    "report_charts",
    "report_context",
    "report_json",
    "report_pdf",
    "report_sections",
    "report_xlsx",
    "stopped",
    "write_report_text",
]
