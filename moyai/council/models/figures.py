"""年次報告の数値 — figures that come from a paper, not from our rows, each with its place in it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from moyai.tenants.public import SharedRow


class GivenTable(SharedRow):
    """統計表の形 — caption, unit and columns of a table whose cells are `GivenFigure`s, and the section of the report it stands in.

    `section` is the code of a service, or blank for the council itself. `columns` is a list of {"key", "label", "kind": number|
    yen|percent|text, "places", "sum_of": [keys], "change": [before, after]}: a `change` column is computed, in per cent.
    """

    code = models.SlugField(max_length=60)
    fiscal_year = models.PositiveSmallIntegerField()
    section = models.SlugField(max_length=60, default="", blank=True)
    caption = models.CharField(max_length=120)
    rows_label = models.CharField(max_length=60)
    unit = models.CharField(max_length=20, default="", blank=True)
    columns = models.JSONField()
    notes = models.JSONField(default=list)
    position = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "fiscal_year"], name="given_table_once_a_year")
        ]

    def __str__(self) -> str:
        return self.caption


class GivenFigure(SharedRow):
    """記載値 — one cell of a table as a report printed it. Where our own rows make the same table, both are shown.

    `kind` total is a printed total: never added, only held against the computed one (公表値).
    """

    class Kind(models.TextChoices):
        CELL = "cell", _("記載値")
        TOTAL = "total", _("公表値（合計）")
        NONE = "none", _("—")

    table = models.SlugField(max_length=60)
    fiscal_year = models.PositiveSmallIntegerField()
    row = models.CharField(max_length=100)
    column = models.CharField(max_length=60)
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.CELL)
    number = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    text = models.CharField(max_length=500, default="", blank=True)
    position = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=200)  # paper, heading, line

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["table", "fiscal_year", "row", "column"], name="given_figure_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind="none") | Q(number__isnull=True, text=""), name="none_is_nothing"
            ),
        ]


class ReportText(SharedRow):
    """事業の概要 — the sentences of a year's report, by section; the rest is made from rows."""

    fiscal_year = models.PositiveSmallIntegerField()
    section = models.SlugField(max_length=60)
    text = models.TextField()
    position = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fiscal_year", "section", "position"], name="report_text_once")
        ]


class ReportRelease(SharedRow):
    """年次報告の公開 — a year's report stands on the citizens' pages from its release until it is taken back."""

    fiscal_year = models.PositiveSmallIntegerField()
    released_at = models.DateTimeField()
    released_by = models.CharField(max_length=60)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    why_withdrawn = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year"],
                condition=Q(withdrawn_at__isnull=True),
                name="report_released_once",
            )
        ]
