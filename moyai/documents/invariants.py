"""What must always hold of papers and files, for `moyai check`."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Max

from moyai.documents import signing, store
from moyai.documents.models import Letter, Upload
from moyai.tenants.public import Body, acting_in, clock

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


def certificates_that_cannot_sign() -> list[str]:
    """Each configured certificate can sign today, and for thirty days more."""
    faults = []
    now = clock.now()
    for code in sorted(settings.MOYAI_SIGNING_P12):
        whose = f"団体{code}" if code else "この環境"
        try:
            until = signing.usable(code, now).valid_until
        except signing.CannotSignError as error:
            faults.append(f"{whose}の署名の証明書：{error}")
            continue
        if until < now + timedelta(days=signing.SOON_DAYS):
            faults.append(f"{whose}の署名の証明書：{clock.today(until):%Y-%m-%d}に期限が切れます")
    return faults


INVARIANTS = [
    ("署名の証明書が使える", certificates_that_cannot_sign),
    ("文書番号に欠番がない", numbers_with_gaps),
    ("添付ファイルと文書のファイルがそろっている", files_missing),
]
