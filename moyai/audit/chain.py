"""The daily hash chain over deeds: a removed or changed row shows, and anyone may keep the digests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models

from moyai.audit.deeds import altered_reasons
from moyai.audit.models import CouncilDeed, CouncilSeal, Deed, Seal
from moyai.tenants.public import Body

# Advisory lock family of the chain; the trigger of migration 0001 takes it shared for each deed, so that
# no deed with a lower id is still uncommitted when the seal takes it alone. Never renumbered.
CHAIN_LOCK = 4101

FIELDS = (
    "id",
    "at",
    "account_id",
    "role",
    "verb",
    "thing_kind",
    "thing_id",
    "reason",
    "request_id",
    "channel",
    "detail",
)


def digest_of(previous: str, rows: Iterator[tuple[Any, ...]]) -> tuple[str, int, int]:
    """Digest, count and last id of deeds in id order, continuing `previous`."""
    running = hashlib.sha256(previous.encode("ascii"))
    count = last = 0
    for row in rows:
        line = json.dumps(
            [value.isoformat() if isinstance(value, datetime) else value for value in row],
            ensure_ascii=False,
            separators=(",", ":"),
            sort_keys=True,
        )
        running.update(line.encode("utf-8") + b"\n")
        count, last = count + 1, row[0]
    return running.hexdigest(), count, last


@dataclass(frozen=True, slots=True)
class _Chain:
    deeds: models.QuerySet[Any]
    seals: models.QuerySet[Any]
    lock: int

    def rows(self, after: int, upto: int | None = None) -> Iterator[tuple[Any, ...]]:
        deeds = self.deeds.filter(id__gt=after)
        if upto is not None:
            deeds = deeds.filter(id__lte=upto)
        return deeds.order_by("id").values_list(*FIELDS).iterator(chunk_size=5000)

    def seal(self, now: datetime) -> Any | None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [CHAIN_LOCK, self.lock])
        before = self.seals.order_by("-last_id").first()
        digest, count, last = digest_of(
            before.digest if before else "", self.rows(before.last_id if before else 0)
        )
        if count == 0:
            return None
        return self.seals.model(sealed_at=now, last_id=last, count=count, digest=digest)

    def faults(self) -> list[str]:
        found = []
        previous, after = "", 0
        for seal in self.seals.order_by("last_id"):
            digest, count, _last = digest_of(previous, self.rows(after, seal.last_id))
            if count != seal.count:
                found.append(
                    f"{seal.sealed_at:%Y-%m-%d}の封: 記録は{seal.count}件でしたが、今は{count}件です"
                    f"（番号{after + 1}から{seal.last_id}）"
                )
            elif digest != seal.digest:
                found.append(
                    f"{seal.sealed_at:%Y-%m-%d}の封: 記録の内容が変わっています（番号{after + 1}から{seal.last_id}）"
                )
            previous, after = seal.digest, seal.last_id
        return found


def _of(body: Body | None) -> _Chain:
    if body is None:
        return _Chain(CouncilDeed.objects.all(), CouncilSeal.objects.all(), 0)
    return _Chain(Deed.objects.filter(body=body), Seal.objects.filter(body=body), body.pk)


def seal_body(body: Body, now: datetime) -> Seal | None:
    """Seal the deeds of a body since its last seal; None when there are none. Inside its wall."""
    seal: Seal | None = _of(body).seal(now)
    if seal is not None:
        seal.body_id = body.pk
        seal.save(force_insert=True)
    return seal


def seal_council(now: datetime) -> CouncilSeal | None:
    seal: CouncilSeal | None = _of(None).seal(now)
    if seal is not None:
        seal.save(force_insert=True)
    return seal


def verify(body: Body | None) -> list[str]:
    """Recompute the chain of a body (inside its wall) or of the council; sentences about what differs."""
    found = _of(body).faults()
    if body is not None:
        found += [f"記録{deed_id}の理由の文が、記録した時と違います" for deed_id in altered_reasons()]
    return found
