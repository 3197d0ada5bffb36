"""Facilities, their rooms down to the smallest part that can be booked, and what is lent with them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from moyai.tenants.public import BodyRow, SameBody


class Facility(BodyRow):
    """施設 — a hall, a gymnasium, a park: what the body has in one place. `code` is the body's own and stays."""

    across = (
        "id", "body_id", "code", "name", "name_en", "kana", "category", "address", "position", "published", "used_from",
        "used_until",
    )  # fmt: skip

    code = models.SlugField(max_length=20)
    name = models.CharField(max_length=100)
    kana = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, default="", blank=True)
    category = models.CharField(max_length=40)  # 分類: 公民館, 体育館 …, as residents look for it
    postal_code = models.CharField(max_length=7, default="", blank=True)
    address = models.CharField(max_length=200)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    phone = models.CharField(max_length=20, default="", blank=True)
    email = models.CharField(max_length=254, default="", blank=True)
    url = models.CharField(max_length=300, default="", blank=True)
    access = models.CharField(max_length=300, default="", blank=True)
    note = models.TextField(default="", blank=True)
    barrier_free = models.JSONField(default=list)  # codes of queries.open_data.BARRIER_FREE
    section = models.CharField(max_length=60, default="", blank=True)  # 担当課・指定管理者
    position = models.PositiveIntegerField(default=0)
    published = models.BooleanField(default=False)
    used_from = models.DateField()
    used_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "code"], name="facility_code_once"),
            models.CheckConstraint(
                condition=Q(used_until__isnull=True) | Q(used_until__gte=F("used_from")),
                name="facility_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Room(BodyRow):
    """室場 — what is booked. Its time goes by コマ (`step_minutes` 0: whole frames) or by steps of 15, 30 or 60 minutes."""

    across = (
        "id", "body_id", "facility_id", "code", "name", "name_en", "kana", "capacity", "purposes", "step_minutes",
        "prepare_minutes", "clear_minutes", "needs_approval", "main_id", "alone", "position", "published", "used_from",
        "used_until",
    )  # fmt: skip

    facility = SameBody(Facility, on_delete=models.PROTECT, related_name="rooms", index=False)
    code = models.SlugField(max_length=20)
    name = models.CharField(max_length=100)
    kana = models.CharField(max_length=200, default="", blank=True)
    name_en = models.CharField(max_length=200, default="", blank=True)
    summary = models.CharField(max_length=300, default="", blank=True)
    capacity = models.PositiveIntegerField(null=True)  # 定員, persons
    area_m2 = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    purposes = models.JSONField(default=list)  # codes of Purpose it may be used for; empty: any
    step_minutes = models.PositiveSmallIntegerField(default=0)
    prepare_minutes = models.PositiveSmallIntegerField(default=0)  # kept free before a use, in steps
    clear_minutes = models.PositiveSmallIntegerField(default=0)  # … and after it
    needs_approval = models.BooleanField(default=False)  # 要審査: staff approve before it is settled
    main = SameBody("self", on_delete=models.PROTECT, related_name="attached", null=True, index=False)
    alone = models.BooleanField(default=True)  # 付属室場 that is not lent without its main room: False
    lock = models.CharField(max_length=40, default="", blank=True)  # name of its smart lock
    position = models.PositiveIntegerField(default=0)
    published = models.BooleanField(default=False)
    used_from = models.DateField()
    used_until = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "facility", "code"], name="room_code_once"),
            models.CheckConstraint(condition=Q(step_minutes__in=[0, 15, 30, 60]), name="room_step_is_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Part(BodyRow):
    """区画 — the smallest part of a room (分割). A room that is not divided has one."""

    across = ("id", "body_id", "room_id", "code", "name", "position")

    room = SameBody(Room, on_delete=models.PROTECT, related_name="parts", index=False)
    code = models.SlugField(max_length=20)
    name = models.CharField(max_length=60)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "room", "code"], name="part_code_once")]


class Combination(BodyRow):
    """利用単位 — 全面, 北半面 …: the parts that are booked together under one name and one price."""

    across = (
        "id",
        "body_id",
        "room_id",
        "code",
        "name",
        "name_en",
        "capacity",
        "parts",
        "position",
        "used_until",
    )

    room = SameBody(Room, on_delete=models.PROTECT, related_name="combinations", index=False)
    code = models.SlugField(max_length=20)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100, default="", blank=True)
    capacity = models.PositiveIntegerField(null=True)
    parts = models.JSONField()  # codes of Part, sorted; checked when masters are kept
    position = models.PositiveIntegerField(default=0)
    used_until = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "room", "code"], name="combination_code_once")]

    def __str__(self) -> str:
        return self.name


class Frame(BodyRow):
    """コマ — 午前, 午後, 夜間 …, from–to in minutes of the day (1440 is midnight). Frames of a day never overlap."""

    across = (
        "id",
        "body_id",
        "room_id",
        "code",
        "name",
        "name_en",
        "starts",
        "ends",
        "weight",
        "used_from",
        "used_until",
    )

    room = SameBody(Room, on_delete=models.PROTECT, related_name="frames", index=False)
    code = models.SlugField(max_length=20)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100, default="", blank=True)
    starts = models.PositiveSmallIntegerField()
    ends = models.PositiveSmallIntegerField()
    weight = models.PositiveSmallIntegerField(default=1)  # how many コマ it counts in limits
    used_from = models.DateField()
    used_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "room", "code", "used_from"], name="frame_code_once"),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")) & Q(ends__lte=1440), name="frame_ends_after_it_begins"
            ),
        ]


class Purpose(BodyRow):
    """利用目的 — バドミントン, 会議 …: residents look for a room by it, and limits and fees may depend on it."""

    across = ("id", "body_id", "code", "name", "name_en", "position")

    code = models.SlugField(max_length=20)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100, default="", blank=True)
    kind = models.CharField(max_length=20, default="", blank=True)  # スポーツ, 文化, 会議 …
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "code"], name="purpose_code_once")]


class Equipment(BodyRow):
    """備品 — lent with a room of its facility as long as the stock lasts."""

    class Per(models.TextChoices):
        FRAME = "frame", _("1コマにつき")
        HOUR = "hour", _("1時間につき")
        USE = "use", _("1回につき")

    facility = SameBody(Facility, on_delete=models.PROTECT, related_name="equipment", index=False)
    code = models.SlugField(max_length=20)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100, default="", blank=True)
    rooms = models.JSONField(default=list)  # codes of Room it may be used in; empty: any of the facility
    stock = models.PositiveIntegerField()
    yen = models.PositiveIntegerField(default=0)
    per = models.CharField(max_length=5, choices=Per.choices, default=Per.FRAME)
    position = models.PositiveIntegerField(default=0)
    used_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "facility", "code"], name="equipment_code_once")
        ]


class SpecialDay(BodyRow):
    """臨時の開館・休館 — one day on which a facility, or a room of it, is not what its opening calendar says."""

    across = ("id", "body_id", "facility_id", "room_id", "day", "kind", "opens", "closes", "reason")

    class Kind(models.TextChoices):
        CLOSED = "closed", _("休館")
        OPEN = "open", _("開館")

    facility = SameBody(Facility, on_delete=models.PROTECT, related_name="special_days", index=False)
    room = SameBody(Room, on_delete=models.PROTECT, related_name="special_days", null=True, index=False)
    day = models.DateField()
    kind = models.CharField(max_length=6, choices=Kind.choices)
    opens = models.PositiveSmallIntegerField(null=True)  # minutes of the day, of OPEN
    closes = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "facility", "room", "day"], name="one_special_day", nulls_distinct=False
            )
        ]


class Policy(BodyRow):
    """利用の決まり — dated data of one kind, for the whole body, a facility or a room; the nearest one in force decides.

    `document` has the shape of rules.policies.KINDS[kind]. A policy in force is never changed: a new one begins
    on a later day (a planned one that has not begun may be replaced).
    """

    across = ("id", "body_id", "facility_id", "room_id", "kind", "from_on", "document")

    class Kind(models.TextChoices):
        OPENING = "opening", _("開館日と時間")
        PERIODS = "periods", _("申込みの期間")
        LIMITS = "limits", _("申込みと予約の上限")
        ELIGIBILITY = "eligibility", _("利用できる方")
        FEES = "fees", _("使用料")
        CANCELLATION = "cancellation", _("取消しと還付")
        PENALTIES = "penalties", _("違反点数と利用停止")
        LOTTERY = "lottery", _("抽選")

    facility = SameBody(Facility, on_delete=models.PROTECT, related_name="policies", null=True, index=False)
    room = SameBody(Room, on_delete=models.PROTECT, related_name="policies", null=True, index=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    from_on = models.DateField()
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=200, default="", blank=True)  # the ordinance or rule it comes from
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "kind", "facility", "room", "from_on"],
                name="policy_begins_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(room__isnull=True) | Q(facility__isnull=False),
                name="policy_of_a_room_names_its_facility",
            ),
        ]


class MasterStamp(BodyRow):
    """刻印 — which versions of the masters are in force: a trigger of every master table puts a new number in place of the last.

    Where two changes are under way side by side each has its own row, so that neither waits for the other: the numbers
    together are the stamp (queries.stamps). A number is never used again; one that was rolled back was never seen.
    """


class MasterBook(BodyRow):
    """マスタの取込み — a workbook that was read and compared, and waits to be taken; then the record that it was.

    `seen` is the digest of the masters it was compared with: they are taken only as long as they are the same.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("確認待ち")
        TAKEN = "taken", _("登録済")
        DROPPED = "dropped", _("取りやめ")

    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    name = models.CharField(max_length=120)  # of the file
    data = models.BinaryField(default=b"")  # only while it waits
    sha256 = models.CharField(max_length=64)
    seen = models.CharField(max_length=64)
    counts = models.JSONField(default=dict)  # added, changed, ended, removed → rows
    brought_at = models.DateTimeField()
    brought_by = models.CharField(max_length=60)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["body", "-brought_at"], name="master_books_newest")]
