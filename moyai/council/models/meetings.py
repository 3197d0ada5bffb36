"""会議 — sittings, their items (which climb), papers, attendance, minutes and tasks."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from moyai.council.models.bodies import Committee
from moyai.tenants.public import Body, SharedRow


class Meeting(SharedRow):
    """会議 — the n-th sitting of a committee in a fiscal year: in person, online, in writing or by mail.

    Its day is `held_on`; of a 書面 one, the day its result was fixed. `deadline` (the database's clock) closes written votes.
    """

    class Mode(models.TextChoices):
        PERSON = "person", _("対面")
        ONLINE = "online", _("オンライン会議")
        WRITTEN = "written", _("書面表決")
        MAIL = "mail", _("メール審議")

    class State(models.TextChoices):
        PLANNED = "planned", _("準備中")
        CALLED = "called", _("招集済")
        HELD = "held", _("開催済")
        CLOSED = "closed", _("議事録確定")
        CANCELLED = "cancelled", _("中止")

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="meetings")
    fiscal_year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()  # 第n回, within the fiscal year
    name = models.CharField(
        max_length=100, default="", blank=True
    )  # 定期総会, 全体説明会 …; blank: the committee's
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.PERSON)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    held_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    and_others = models.BooleanField(default=False)  # 「ほか」: more days than the record names
    begins = models.TimeField(null=True, blank=True)
    deadline = models.DateTimeField(null=True, blank=True)
    place = models.CharField(max_length=100, default="", blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    minutes = models.TextField(default="", blank=True)
    minutes_state = models.CharField(
        max_length=8,
        choices=[("none", _("なし")), ("draft", _("案")), ("amend", _("確認中")), ("fixed", _("確定"))],
        default="none",
    )
    minutes_fixed_at = models.DateTimeField(null=True, blank=True)
    public = models.BooleanField(default=True)  # date and items stand in the public report
    source = models.CharField(
        max_length=200, default="", blank=True
    )  # where a record of the past was printed
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "fiscal_year", "number"], name="meeting_number_once"
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("held_on")),
                name="meeting_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["fiscal_year", "held_on"], name="meetings_of_a_year")]


class Item(SharedRow):
    """議案・議題 — what a sitting has before it. Where it came from is said by Climb: one item may gather several from below.

    `heading` is the item it stands under (①総会に付議する議案について → ・…の決定について).
    """

    class Kind(models.TextChoices):
        DECIDE = "decide", _("審議事項")
        REPORT = "report", _("報告事項")
        DISCUSS = "discuss", _("協議事項")
        ELECT = "elect", _("選任")

    class State(models.TextChoices):
        DRAFT = "draft", _("案")
        PUT = "put", _("付議")
        DECIDED = "decided", _("決定")
        RETURNED = "returned", _("差戻")
        REJECTED = "rejected", _("否決")
        WITHDRAWN = "withdrawn", _("取下げ")
        HEARD = "heard", _("了承")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    heading = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="under")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    text = models.TextField(default="", blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.DECIDE)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    rule = models.CharField(
        max_length=60, default="", blank=True
    )  # name of the VotingRule; blank: the ordinary
    outcome = models.TextField(default="", blank=True)
    decided_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "position"],
                name="item_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]


class Climb(SharedRow):
    """上申 — an item of a committee came from an item of one below it (部会 → 幹事会 → 総会)."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="origins")
    origin = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="climbs")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "origin"], name="item_climbs_once"),
            models.CheckConstraint(condition=~Q(item=F("origin")), name="item_is_not_its_own_origin"),
        ]


class PaperFile(SharedRow):
    """資料の中身 — the bytes of a paper once, by their digest."""

    sha256 = models.CharField(max_length=64, unique=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    content = models.BinaryField()


class Paper(SharedRow):
    """資料・別紙 — numbered by its place among the papers of its meeting; a changed paper is a new version beside the old.

    `readers` says by whose right: members of the committee, all members, or everybody.
    """

    class Readers(models.TextChoices):
        COMMITTEE = "committee", _("構成員")
        MEMBERS = "members", _("全会員")
        PUBLIC = "public", _("公開")

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="papers"
    )
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="papers")
    posting = models.ForeignKey(
        "council.Posting", on_delete=models.PROTECT, null=True, blank=True, related_name="papers"
    )
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    name = models.CharField(max_length=255)  # of the file
    file = models.ForeignKey(PaperFile, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(default="", blank=True)  # what can be searched
    readers = models.CharField(max_length=10, choices=Readers.choices, default=Readers.COMMITTEE)
    version = models.PositiveIntegerField(default=1)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    brought_at = models.DateTimeField()
    brought_by = models.CharField(max_length=60)

    class Meta:
        indexes = [models.Index(fields=["meeting", "position"], name="papers_of_a_meeting")]


class Attendance(SharedRow):
    """出席 — of a member at a sitting, with how many people and who. Outsiders stand by `name`."""

    class How(models.TextChoices):
        PERSON = "person", _("出席")
        ONLINE = "online", _("オンライン出席")
        WRITTEN = "written", _("書面")
        PROXY = "proxy", _("委任")
        ABSENT = "absent", _("欠席")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendance")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=100, default="", blank=True)
    how = models.CharField(max_length=8, choices=How.choices)
    persons = models.PositiveSmallIntegerField(default=1)
    proxy_for = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    who = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "body", "name"], nulls_distinct=False, name="attendance_once"
            )
        ]


class Task(SharedRow):
    """宿題・対応 — what a sitting gave somebody to do, by when; closed with what shows it."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="tasks")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    who = models.CharField(max_length=100, default="", blank=True)
    text = models.TextField()
    due_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    evidence = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_on"], condition=Q(done_on__isnull=True), name="tasks_open")]


class Posting(SharedRow):
    """お知らせ — on the members' site, for all members, for one committee, or for everybody."""

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, null=True, blank=True, related_name="postings"
    )
    readers = models.CharField(max_length=10, choices=Paper.Readers.choices, default=Paper.Readers.MEMBERS)
    title = models.CharField(max_length=200)
    text = models.TextField()
    posted_at = models.DateTimeField()
    posted_by = models.CharField(max_length=60)
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-posted_at"], name="postings_newest")]


class LicencePool(SharedRow):
    """フローティングライセンス — how many may transcribe at once; `hours_per_hour` is what one hour of sound saves."""

    name = models.CharField(max_length=60, unique=True)
    seats = models.PositiveSmallIntegerField()
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)


class LicenceUse(SharedRow):
    """書き起こし — a licence taken and given back, with the minutes of sound and the minutes of work it saved.

    The key (pool, seat) of those not given back is what no more than `seats` can hold.
    """

    pool = models.ForeignKey(LicencePool, on_delete=models.PROTECT, related_name="uses")
    seat = models.PositiveSmallIntegerField()
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=60)
    back_at = models.DateTimeField(null=True, blank=True)
    sound_minutes = models.PositiveIntegerField(default=0)
    saved_minutes = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "seat"], condition=Q(back_at__isnull=True), name="licence_seat_taken_once"
            )
        ]


class PrintCount(SharedRow):
    """印刷枚数 — of a month, for ペーパーレス against the same month of a base year."""

    section = models.CharField(max_length=60)
    month = models.DateField()  # its first day
    sheets = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["section", "month"], name="print_count_once")]
