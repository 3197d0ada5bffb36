"""休日の特例 — the days on which an office does otherwise than the calendar says."""

from __future__ import annotations

from django.db import models

from moyai.tenants.public import BodyRow, SharedRow


class OfficeDayOverride(BodyRow):
    """開庁日の特例 — one day of one body: closed although it is a working day, or open although it is a holiday."""

    across = ("id", "body_id", "day", "is_open")

    day = models.DateField()
    is_open = models.BooleanField()
    reason = models.CharField(max_length=60)  # shown to residents: 庁舎停電のため, 休日開庁

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "day"], name="office_day_said_once"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="office_day_has_a_reason"),
        ]


class NationalDayOverride(SharedRow):
    """国民の祝日の特例 — a holiday made or moved by a special law before the holiday library knows it.

    An empty name takes the holiday of that day away.
    """

    across = ("id", "day", "name")

    day = models.DateField()
    name = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=120)  # the law that says so

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day"], name="national_day_said_once"),
            models.CheckConstraint(condition=~models.Q(source=""), name="national_day_has_a_source"),
        ]
