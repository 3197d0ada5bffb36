"""会則・要綱・規程 — the council's own rules as versions, and plans that are decided like them (戦略 Ver.1.0)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from moyai.council.models.meetings import Item, Posting
from moyai.tenants.public import SharedRow


class Bylaw(SharedRow):
    """会則・要綱・規程・要領・計画 — by its own code; its text is in its versions."""

    class Kind(models.TextChoices):
        CHARTER = "charter", _("会則")
        OUTLINE = "outline", _("要綱")
        REGULATION = "regulation", _("規程")
        TERMS = "terms", _("規約")
        PROCEDURE = "procedure", _("要領")
        PLAN = "plan", _("計画・戦略")
        POLICY = "policy", _("方針")

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    public = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class BylawVersion(SharedRow):
    """版 — the whole text in force from a day on. `abolished` ends the rule: from that day it cannot be cited. Never changed."""

    bylaw = models.ForeignKey(Bylaw, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=60, default="", blank=True)  # 令和7年4月改正, Ver.1.0
    text = models.TextField(default="", blank=True)
    abolished = models.BooleanField(default=False)
    from_on = models.DateField()
    decided_by = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=200, default="", blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bylaw", "number"], name="bylaw_version_once"),
            models.UniqueConstraint(fields=["bylaw", "from_on"], name="bylaw_begins_once_a_day"),
        ]


class Citation(SharedRow):
    """引用 — an item or a notice rests on a rule: on the version in force that day. What is abolished cannot be cited."""

    version = models.ForeignKey(BylawVersion, on_delete=models.PROTECT, related_name="citations")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="citations")
    posting = models.ForeignKey(
        Posting, on_delete=models.PROTECT, null=True, blank=True, related_name="citations"
    )
    article = models.CharField(max_length=60, default="", blank=True)  # 第8条第2項
    cited_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(item__isnull=False, posting__isnull=True)
                | Q(item__isnull=True, posting__isnull=False),
                name="citation_stands_in_one_place",
            ),
            models.UniqueConstraint(
                fields=["version", "item", "posting", "article"], nulls_distinct=False, name="cited_once"
            ),
        ]
