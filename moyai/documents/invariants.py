"""What must always hold of papers and files, for `moyai check`."""

from __future__ import annotations

from django.db.models import Count, Max

from moyai.documents import store
from moyai.documents.models import Letter, Upload
from moyai.tenants.public import Body, acting_in

MOST_NAMED = 20


def numbers_with_gaps() -> list[str]:
    """文書番号 of a body and fiscal year are 1, 2, 3 … without a gap; purged letters keep theirs."""
    faults = []
    for body in Body.objects.order_by("code"):
        with acting_in(body):
            years = Letter.objects.filter(body=body).values("fiscal_year")
            for year in years.annotate(count=Count("id"), last=Max("number")).order_by("fiscal_year"):
                if year["count"] != year["last"]:
                    faults.append(
                        f"{body.name} {year['fiscal_year']}年度：{year['last']}号まで発行、{year['count']}通"
                    )
    return faults


def files_missing() -> list[str]:
    """Every file that may be fetched lies on the disk, as long as its row says."""
    faults = []
    for body in Body.objects.order_by("code"):
        with acting_in(body):
            uploads = Upload.objects.filter(body=body, state__in=("quarantined", "clean"))
            letters = Letter.objects.filter(body=body, state="ready")
            for word, rows in (("添付ファイル", uploads), ("文書", letters)):
                for number, key, size in rows.values_list("id", "key", "size").iterator(chunk_size=5_000):
                    if _size(body.pk, key) != size:
                        faults.append(f"{body.name} {word}{number}：ファイルがないか、大きさが違います")
    hidden = len(faults) - MOST_NAMED
    return faults[:MOST_NAMED] + ([f"ほかに{hidden}件"] if hidden > 0 else [])


def _size(body_id: int, key: str) -> int | None:
    try:
        return store.path_of(body_id, key).stat().st_size
    except (FileNotFoundError, ValueError):
        return None


INVARIANTS = [
    ("文書番号に欠番がない", numbers_with_gaps),
    ("添付ファイルと文書のファイルがそろっている", files_missing),
]
