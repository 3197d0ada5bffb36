"""稼働 — systems with their hours, planned stops, outages and unknown time, the level agreed, and the probes that watch."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from moyai.tenants.public import Service, SharedRow


class System(SharedRow):
    """システム — what is promised to run. `sides` are those it is measured for (受注者側, 発注者側); empty: one for all."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sides = models.JSONField(default=list)  # [{"code": "supplier", "name": "受注者側"}]
    position = models.PositiveIntegerField(default=0)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Dependency(SharedRow):
    """依存 — a stop of `on` is a stop of `system` (共通基盤, 回線). `redundant` names a pair of which one is enough (主系・従系)."""

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="stands_on")
    on = models.ForeignKey(System, on_delete=models.PROTECT, related_name="carries")
    redundant = models.CharField(max_length=40, default="", blank=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "on", "from_on"], name="dependency_once"),
            models.CheckConstraint(condition=~Q(system=F("on")), name="nothing_stands_on_itself"),
        ]


class ServiceHours(SharedRow):
    """予定時間 — the hours a system is to run, by weekday, from a day on; a day's `ends` may be 1440.

    `weekdays` is a list of 0 (月) to 6 (日); "holiday" among them means 祝日 and overrides their weekday.
    """

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="hours")
    side = models.CharField(max_length=20, default="", blank=True)
    weekdays = models.JSONField()
    begins = models.PositiveSmallIntegerField()  # minutes of the day
    ends = models.PositiveSmallIntegerField()
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("begins")) & Q(ends__lte=1440), name="service_hours_are_a_span"
            )
        ]


class Stop(SharedRow):
    """停止 — planned (計画停止), not planned (緊急停止), or time nobody measured (不明). Open while `ends` is empty.

    Ends are exclusive; minutes count whole. A stop that was wrongly noted is voided with a reason, never removed.
    """

    class Kind(models.TextChoices):
        PLANNED = "planned", _("計画停止")
        OUTAGE = "outage", _("緊急停止")
        UNKNOWN = "unknown", _("不明")

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="stops")
    side = models.CharField(max_length=20, default="", blank=True)  # blank: every side
    kind = models.CharField(max_length=8, choices=Kind.choices)
    begins = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)
    announced_on = models.DateField(null=True, blank=True)
    cause = models.TextField(default="", blank=True)
    case = models.ForeignKey(
        "operations.Case", on_delete=models.PROTECT, null=True, blank=True, related_name="stops"
    )
    probe = models.ForeignKey(
        "operations.Probe", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    voided_on = models.DateField(null=True, blank=True)
    why_voided = models.CharField(max_length=200, default="", blank=True)
    noted_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gt=F("begins")), name="stop_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["probe"],
                condition=Q(ends__isnull=True, voided_on__isnull=True),
                name="one_open_stop_per_probe",
            ),
        ]
        indexes = [models.Index(fields=["system", "begins"], name="stops_of_a_system")]


class ServiceLevel(SharedRow):
    """サービスレベル — the part agreed (997/1000 for 99.7 %), from a day on, with the agreement that says so."""

    system = models.ForeignKey(System, on_delete=models.PROTECT, null=True, blank=True, related_name="levels")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    numerator = models.PositiveIntegerField()
    denominator = models.PositiveIntegerField()
    source = models.CharField(max_length=200)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(denominator__gt=0, numerator__lte=F("denominator")), name="level_is_a_part"
            ),
            models.CheckConstraint(
                condition=Q(system__isnull=False, service__isnull=True)
                | Q(system__isnull=True, service__isnull=False),
                name="level_of_a_system_or_a_service",
            ),
        ]


class Probe(SharedRow):
    """監視 — asks a system (HTTP) or waits to be pinged (push). Silence or failure beyond `grace_seconds` opens a case and a stop."""

    class Kind(models.TextChoices):
        HTTP = "http", _("HTTPで確かめる")
        PUSH = "push", _("知らせを待つ")

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="probes")
    side = models.CharField(max_length=20, default="", blank=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    url = models.CharField(max_length=300, default="", blank=True)
    key_hash = models.CharField(max_length=64, default="", blank=True)  # of the secret address that is pinged
    every_seconds = models.PositiveIntegerField(default=60)
    grace_seconds = models.PositiveIntegerField(default=180)
    on = models.BooleanField(default=True)
    state = models.CharField(
        max_length=8, choices=[("new", _("未確認")), ("up", _("稼働")), ("down", _("停止"))], default="new"
    )
    asked_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)  # the last time it was well

    # The secret of a push probe: known to the one who made it, and then never again.
    token: str = ""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key_hash"], condition=~Q(key_hash=""), name="probe_key_once")
        ]


class Beat(SharedRow):
    """応答 — what a probe heard. Kept for the months of `operations` settings; the stops made of it stay."""

    probe = models.ForeignKey(Probe, on_delete=models.CASCADE, related_name="beats")
    at = models.DateTimeField()
    well = models.BooleanField()
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["probe", "-at"], name="beats_newest")]


class MonthlyLevel(SharedRow):
    """月次報告 — what the operator of a service reports for a month: rates by measure, number of incidents."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()  # its first day
    rates = models.JSONField(default=dict)  # {"web": "100", "mail": "100"}: per cent, decimal text
    incidents = models.PositiveIntegerField(null=True, blank=True)
    source = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "month"], name="monthly_level_once")]
