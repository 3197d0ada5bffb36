"""印刷枚数 — counted by month, for ペーパーレス."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.council.models import PrintCount
from moyai.council.permits import PERMITS
from moyai.tenants.public import Actor, Refusal, clock

MOST_SHEETS = 2_000_000_000


class MonthToCome(Refusal):
    code = "print_month_to_come"
    status = 422
    message = _("まだ始まっていない月の枚数は登録できません。")  # type: ignore[assignment]


class WrongSheets(Refusal):
    code = "print_wrong_sheets"
    status = 422
    message = _("枚数は0以上の整数にしてください。")  # type: ignore[assignment]


@action("council.count_prints", permits=PERMITS)
def count_prints(*, actor: Actor, now: datetime, section: str, month: date, sheets: int) -> PrintCount:
    """印刷枚数を登録する — of a section and the month of a day; typed again it replaces. Raises MonthToCome, WrongSheets."""
    first = month.replace(day=1)
    if first > clock.today(now):
        raise MonthToCome(fields={"month": str(MonthToCome.message)})
    if not 0 <= sheets <= MOST_SHEETS:
        raise WrongSheets(fields={"sheets": str(WrongSheets.message)})
    kept, _new = PrintCount.objects.update_or_create(
        section=section, month=first, defaults={"sheets": sheets}
    )
    return kept
