"""Hours as they are read out on our pages."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import get_language

from moyai.tenants.public import clock
from moyai.ui.public import easy, easy_time


def clock_time(moment: datetime) -> str:
    """The hour and minute in Japan: 午前10時35分, in English 10:35."""
    local = moment.astimezone(clock.JST)
    if (get_language() or "ja").startswith("en"):
        return f"{local:%H:%M}"
    if easy():
        return easy_time(local)
    half, hour = ("午前", local.hour) if local.hour < 12 else ("午後", local.hour - 12)
    return f"{half}{hour}時{local.minute}分"
