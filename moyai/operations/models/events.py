"""行事 — trainings, seminars, briefings, tours, surveys and newsletters, with who came."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from moyai.tenants.public import Body, Service, SharedRow


class Event(SharedRow):
    """行事 — from a day to a day, in so many sessions; its numbers come from attendance, or as a record of the past gives them."""

    class Kind(models.TextChoices):
        TRAINING = "training", _("研修")
        BRIEFING = "briefing", _("説明会")
        SEMINAR = "seminar", _("セミナー・勉強会")
        TOUR = "tour", _("見学会")
        CAMPAIGN = "campaign", _("普及広報")
        STUDY = "study", _("調査")
        PRESS = "press", _("記者発表")
        WORKSHOP = "workshop", _("アイデアソン・ワークショップ")
        OTHER = "other", _("その他")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=200)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    fiscal_year = models.PositiveSmallIntegerField()
    from_on = models.DateField(null=True, blank=True)  # empty: the record names only its year
    until_on = models.DateField(null=True, blank=True)
    sessions = models.PositiveSmallIntegerField(default=1)
    place = models.CharField(max_length=120, default="", blank=True)
    hosts = models.CharField(max_length=200, default="", blank=True)
    text = models.TextField(default="", blank=True)
    award = models.TextField(default="", blank=True)
    asks_until = models.DateTimeField(null=True, blank=True)  # members may put themselves down until then
    most_persons = models.PositiveIntegerField(null=True, blank=True)
    survey = models.CharField(max_length=60, default="", blank=True)  # code of its 簡易申請
    source = models.CharField(max_length=200, default="", blank=True)
    called_off_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="event_ends_after_it_begins",
            )
        ]
        indexes = [models.Index(fields=["fiscal_year", "from_on"], name="events_of_a_year")]

    def __str__(self) -> str:
        return self.name


class Attendance(SharedRow):
    """参加 — of a member, or of a group of people (自治体職員, 警察関係, 8部局); `bodies` where a record only counts them."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="attendance")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    group = models.CharField(max_length=100, default="", blank=True)
    bodies = models.PositiveIntegerField(null=True, blank=True)
    persons = models.PositiveIntegerField(null=True, blank=True)
    remote = models.BooleanField(default=False)
    came = models.BooleanField(default=True)  # False: put down, not yet come
    who = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "body", "group", "remote"],
                nulls_distinct=False,
                name="attendance_of_an_event_once",
            )
        ]


class Issue(SharedRow):
    """メールマガジン — an issue as it went out."""

    name = models.CharField(max_length=100)
    number = models.PositiveIntegerField()
    sent_on = models.DateField()
    title = models.CharField(max_length=200)
    text = models.TextField(default="", blank=True)
    recipients = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "number"], name="issue_once")]


class Exchange(SharedRow):
    """意見交換・情報共有 — so many posts of a mailing list or sessions of a Web会議 on a topic in a month (or a year)."""

    class Kind(models.TextChoices):
        NEWSLETTER = "newsletter", _("メールマガジン")
        LIST = "list", _("メーリングリスト")
        WEB = "web", _("Web会議")
        REPORT = "report", _("定例報告")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    topic = models.CharField(max_length=120)
    fiscal_year = models.PositiveSmallIntegerField()
    month = models.DateField(null=True, blank=True)
    count = models.PositiveIntegerField()
    source = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "topic", "fiscal_year", "month"], nulls_distinct=False, name="exchange_once"
            )
        ]
