"""会議体 — the bodies of the council (総会, 幹事会, 部会, WG …), who sits in them from when to when, and their offices."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from moyai.tenants.public import Body, Service, SharedRow


def ends_after_it_begins(
    name: str, begins: str = "from_on", ends: str = "until_on"
) -> models.CheckConstraint:
    """A span of days, both included, does not end before it begins."""
    return models.CheckConstraint(
        condition=Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gte": F(begins)}), name=name
    )


class Committee(SharedRow):
    """会議体・グループ — one of the council's bodies, or a group of members (自治体クラウドグループ), with its span of life.

    `parent` is where it belongs (a WG in its 部会), `climbs_to` where its items go next (部会 → 幹事会 → 総会), `follows` the
    one it grew out of. `service` names the 特定団体事業 whose members alone sit in it. `rules` are dated: see VotingRule.
    """

    class Kind(models.TextChoices):
        ASSEMBLY = "assembly", _("総会")
        STEERING = "steering", _("運営委員会")
        BOARD = "board", _("幹事会")
        SECTION = "section", _("部会")
        STUDY = "study", _("研究会")
        REVIEW = "review", _("検討会")
        PLENARY = "plenary", _("全体会議")
        WORKING = "working", _("ワーキンググループ")
        SPECIAL = "special", _("委員会")
        PROJECT = "project", _("プロジェクトチーム")
        GROUP = "group", _("グループ")
        OUTSIDE = "outside", _("外部の会議")

    class Form(models.TextChoices):
        CONTRACTING = "contracting", _("事業や契約の当事者となる組織体")
        STUDYING = "studying", _("調査研究や企画立案を行う組織体")

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    form = models.CharField(max_length=12, choices=Form.choices, default=Form.CONTRACTING)
    purpose = models.TextField(default="", blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="nested")
    climbs_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="hears"
    )
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    open_to_all = models.BooleanField(default=False)  # 全会員で構成: every member of the council sits in it
    position = models.PositiveIntegerField(default=0)
    from_on = models.DateField()  # 設置の日
    until_on = models.DateField(null=True, blank=True)  # 廃止の日の前日: the last day it lives
    established_by = models.ForeignKey(
        "council.Item", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    abolished_by = models.ForeignKey(
        "council.Item", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [ends_after_it_begins("committee_ends_after_it_begins")]
        indexes = [models.Index(fields=["position", "code"], name="committees_in_order")]

    def __str__(self) -> str:
        return self.name


class CommitteeName(SharedRow):
    """名称 — what a committee was called from a day on, where it was renamed (大阪電子自治体推進協議会 → 連絡会)."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=100)
    form = models.CharField(max_length=12, choices=Committee.Form.choices)
    from_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["committee", "from_on"], name="committee_renamed_once_a_day")
        ]


class Seat(SharedRow):
    """構成員 — a member sits in a committee from a day to a day. `body` is empty for those outside (学識経験者, 事業者).

    Only a MEMBER votes. `why_left` is kept: who dropped out of a group, and for what reason.
    """

    class Capacity(models.TextChoices):
        MEMBER = "member", _("会員")
        ASSOCIATE = "associate", _("準会員")
        OBSERVER = "observer", _("オブザーバー")
        ADVISER = "adviser", _("アドバイザー")

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="seats")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=100, default="", blank=True)  # of those who are no body
    capacity = models.CharField(max_length=10, choices=Capacity.choices, default=Capacity.MEMBER)
    block = models.CharField(max_length=60, default="", blank=True)  # 地域ブロック it stands for
    section = models.CharField(max_length=60, default="", blank=True)  # 課・係
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    why_left = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            ends_after_it_begins("seat_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(body__isnull=False) | ~Q(name=""), name="seat_is_a_bodys_or_has_a_name"
            ),
            models.UniqueConstraint(
                fields=["committee", "body"],
                condition=Q(until_on__isnull=True, body__isnull=False),
                name="one_open_seat_per_body",
            ),
        ]
        indexes = [models.Index(fields=["body", "from_on"], name="seats_of_a_body")]


class VotingRule(SharedRow):
    """定足数・表決の要件 — of a committee from a day on, with the article that says so.

    Parts are exact: `quorum_over` 1/2 with `quorum_reached` False means "more than half". `base` is of what the majority is.
    """

    class Base(models.TextChoices):
        ALL = "all", _("全構成員")
        PRESENT = "present", _("出席者")
        VALID = "valid", _("賛否を示した者")

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="voting_rules")
    name = models.CharField(max_length=60, default="", blank=True)  # blank: the ordinary one; 特別議決 …
    quorum_numerator = models.PositiveSmallIntegerField(default=1)
    quorum_denominator = models.PositiveSmallIntegerField(default=2)
    quorum_suffices = models.BooleanField(default=True)  # 以上 (True) or を超える (False)
    majority_numerator = models.PositiveSmallIntegerField(default=1)
    majority_denominator = models.PositiveSmallIntegerField(default=2)
    majority_suffices = models.BooleanField(default=False)
    base = models.CharField(max_length=8, choices=Base.choices, default=Base.PRESENT)
    chair_breaks_ties = models.BooleanField(default=True)
    written = models.BooleanField(default=True)  # 書面表決 is allowed
    proxies = models.BooleanField(default=True)  # 委任 is allowed
    source = models.CharField(max_length=200)
    from_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["committee", "name", "from_on"], name="voting_rule_begins_once"),
            models.CheckConstraint(
                condition=Q(quorum_denominator__gt=0, majority_denominator__gt=0)
                & Q(quorum_numerator__lte=F("quorum_denominator"))
                & Q(majority_numerator__lte=F("majority_denominator")),
                name="voting_rule_parts_are_parts",
            ),
        ]


class Office(SharedRow):
    """役職 — 会長, 副会長, 監査役, 幹事, リーダー …: how many hold it, for how long, and whether it goes round (輪番).

    `rotation` lists 団体コード in turn from `rotation_from` (a fiscal year) on; empty where people are elected.
    """

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="offices")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=60)
    holders = models.PositiveSmallIntegerField(default=1)
    term_years = models.PositiveSmallIntegerField(default=1)
    rotation = models.JSONField(default=list)
    rotation_from = models.PositiveSmallIntegerField(null=True)  # fiscal year
    rotation_until = models.PositiveSmallIntegerField(null=True)
    source = models.CharField(max_length=200, default="", blank=True)
    position = models.PositiveIntegerField(default=0)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["committee", "code"], name="office_code_once"),
            ends_after_it_begins("office_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return self.name


class Term(SharedRow):
    """任期 — who holds an office from a day to a day: always a member, with the person's post (情報主管担当課長)."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="terms")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    holder = models.CharField(max_length=100, default="", blank=True)
    place = models.PositiveSmallIntegerField(default=1)  # which of `holders`
    from_on = models.DateField()
    until_on = models.DateField()
    elected_by = models.ForeignKey(
        "council.Item", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            ends_after_it_begins("term_ends_after_it_begins"),
            models.UniqueConstraint(fields=["office", "place", "from_on"], name="term_begins_once"),
        ]
        indexes = [models.Index(fields=["office", "from_on"], name="terms_of_an_office")]


class Candidate(SharedRow):
    """加入の候補 — a body that may join a committee, group or service: how far the talk has come. Each step is kept."""

    class State(models.TextChoices):
        INVITED = "invited", _("勧誘中")
        CONSIDERING = "considering", _("検討中")
        AGREED = "agreed", _("合意")
        JOINED = "joined", _("加入済")
        DECLINED = "declined", _("見送り")

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="candidates")
    name = models.CharField(max_length=100)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.INVITED)
    vendor_agrees = models.BooleanField(null=True)  # 事業者の同意; empty: not asked yet
    wanted_from = models.DateField(null=True, blank=True)
    note = models.TextField(default="", blank=True)
    noted_on = models.DateField()
    noted_by = models.CharField(max_length=60)
    before = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["before"], name="candidate_goes_on_once")]
        indexes = [models.Index(fields=["committee", "name", "-noted_on"], name="candidates_newest")]
