"""Committees, meetings, votes, rules, accounts and burdens of the council."""

import django.db.models.constraints
import django.db.models.deletion
from django.db import migrations, models

from moyai.tenants.public import InsertOnly


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("side", models.CharField(choices=[("income", "収入"), ("expense", "支出")], max_length=8)),
                ("code", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=60)),
                (
                    "meaning",
                    models.CharField(
                        choices=[
                            ("ordinary", "通常"),
                            ("burden", "負担金"),
                            ("carried", "前年度繰越金"),
                            ("refund", "返還金"),
                            ("reserve", "予備費"),
                        ],
                        default="ordinary",
                        max_length=10,
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Bylaw",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("charter", "会則"),
                            ("outline", "要綱"),
                            ("regulation", "規程"),
                            ("terms", "規約"),
                            ("procedure", "要領"),
                            ("plan", "計画・戦略"),
                            ("policy", "方針"),
                        ],
                        max_length=12,
                    ),
                ),
                ("public", models.BooleanField(default=True)),
                ("position", models.PositiveIntegerField(default=0)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CostSplit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("yen", models.BigIntegerField()),
                ("parts", models.JSONField()),
                ("source", models.CharField(blank=True, default="", max_length=200)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LicencePool",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                ("seats", models.PositiveSmallIntegerField()),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PaperFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Burden",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "案"), ("decided", "決定"), ("withdrawn", "取下げ")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("yen", models.BigIntegerField()),
                ("mix", models.JSONField()),
                ("payers_on", models.DateField()),
                ("population_on", models.DateField(blank=True, null=True)),
                ("unit_yen", models.PositiveIntegerField(default=1)),
                ("halves", models.JSONField(default=list)),
                ("rule", models.CharField(default="burden-share", max_length=60)),
                ("rule_version", models.CharField(blank=True, default="", max_length=40)),
                ("drafted_at", models.DateTimeField()),
                ("drafted_by", models.CharField(max_length=60)),
                ("decided_on", models.DateField(blank=True, null=True)),
                ("source", models.CharField(blank=True, default="", max_length=200)),
                (
                    "supplements",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supplemented_by",
                        to="council.burden",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BurdenShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("basis", models.JSONField()),
                ("weight", models.CharField(max_length=200)),
                ("quota", models.CharField(max_length=200)),
                ("floor_yen", models.BigIntegerField()),
                ("rank", models.PositiveIntegerField()),
                ("adjusted", models.BooleanField(default=False)),
                ("yen", models.BigIntegerField()),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.body"
                    ),
                ),
                (
                    "burden",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="council.burden",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Bill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=20, unique=True)),
                ("half", models.CharField(blank=True, default="", max_length=40)),
                ("yen", models.BigIntegerField()),
                ("billed_on", models.DateField()),
                ("due_on", models.DateField()),
                ("withdrawn_on", models.DateField(blank=True, null=True)),
                ("why_withdrawn", models.CharField(blank=True, default="", max_length=200)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.body"
                    ),
                ),
                (
                    "share",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bills",
                        to="council.burdenshare",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Committee",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("name", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("assembly", "総会"),
                            ("steering", "運営委員会"),
                            ("board", "幹事会"),
                            ("section", "部会"),
                            ("study", "研究会"),
                            ("review", "検討会"),
                            ("plenary", "全体会議"),
                            ("working", "ワーキンググループ"),
                            ("special", "委員会"),
                            ("project", "プロジェクトチーム"),
                            ("group", "グループ"),
                            ("outside", "外部の会議"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("contracting", "事業や契約の当事者となる組織体"),
                            ("studying", "調査研究や企画立案を行う組織体"),
                        ],
                        default="contracting",
                        max_length=12,
                    ),
                ),
                ("purpose", models.TextField(blank=True, default="")),
                ("open_to_all", models.BooleanField(default=False)),
                ("position", models.PositiveIntegerField(default=0)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(blank=True, null=True)),
                (
                    "climbs_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hears",
                        to="council.committee",
                    ),
                ),
                (
                    "follows",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="council.committee",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="nested",
                        to="council.committee",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.service",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Candidate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("invited", "勧誘中"),
                            ("considering", "検討中"),
                            ("agreed", "合意"),
                            ("joined", "加入済"),
                            ("declined", "見送り"),
                        ],
                        default="invited",
                        max_length=12,
                    ),
                ),
                ("vendor_agrees", models.BooleanField(null=True)),
                ("wanted_from", models.DateField(blank=True, null=True)),
                ("note", models.TextField(blank=True, default="")),
                ("noted_on", models.DateField()),
                ("noted_by", models.CharField(max_length=60)),
                (
                    "before",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="council.candidate",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.body",
                    ),
                ),
                (
                    "committee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="candidates",
                        to="council.committee",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CommitteeName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("contracting", "事業や契約の当事者となる組織体"),
                            ("studying", "調査研究や企画立案を行う組織体"),
                        ],
                        max_length=12,
                    ),
                ),
                ("from_on", models.DateField()),
                (
                    "committee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="names",
                        to="council.committee",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CostLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=60)),
                ("name", models.CharField(max_length=100)),
                ("mix", models.JSONField(default=list)),
                ("unit_yen", models.PositiveIntegerField(default=1)),
                ("refunded", models.BooleanField(default=True)),
                ("position", models.PositiveIntegerField(default=0)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(blank=True, null=True)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="council.accountline",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.service",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="burden",
            name="cost_line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="burdens", to="council.costline"
            ),
        ),
        migrations.CreateModel(
            name="GivenFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table", models.SlugField(max_length=60)),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("row", models.CharField(max_length=100)),
                ("column", models.CharField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[("cell", "記載値"), ("total", "公表値（合計）"), ("none", "—")],
                        default="cell",
                        max_length=6,
                    ),
                ),
                ("number", models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True)),
                ("text", models.CharField(blank=True, default="", max_length=500)),
                ("position", models.PositiveIntegerField(default=0)),
                ("source", models.CharField(max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("table", "fiscal_year", "row", "column"), name="given_figure_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "none"), _negated=True),
                            models.Q(("number__isnull", True), ("text", "")),
                            _connector="OR",
                        ),
                        name="none_is_nothing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=300)),
                ("text", models.TextField(blank=True, default="")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("decide", "審議事項"),
                            ("report", "報告事項"),
                            ("discuss", "協議事項"),
                            ("elect", "選任"),
                        ],
                        default="decide",
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "案"),
                            ("put", "付議"),
                            ("decided", "決定"),
                            ("returned", "差戻"),
                            ("rejected", "否決"),
                            ("withdrawn", "取下げ"),
                            ("heard", "了承"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("rule", models.CharField(blank=True, default="", max_length=60)),
                ("outcome", models.TextField(blank=True, default="")),
                ("decided_on", models.DateField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "heading",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="under",
                        to="council.item",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="committee",
            name="abolished_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="council.item",
            ),
        ),
        migrations.AddField(
            model_name="committee",
            name="established_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="council.item",
            ),
        ),
        migrations.CreateModel(
            name="Climb",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="origins", to="council.item"
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="climbs", to="council.item"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BylawVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("label", models.CharField(blank=True, default="", max_length=60)),
                ("text", models.TextField(blank=True, default="")),
                ("abolished", models.BooleanField(default=False)),
                ("from_on", models.DateField()),
                ("source", models.CharField(blank=True, default="", max_length=200)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=60)),
                (
                    "bylaw",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="council.bylaw",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="council.item",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="burden",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="council.item",
            ),
        ),
        migrations.CreateModel(
            name="Budget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("number", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "案"), ("decided", "決定"), ("withdrawn", "取下げ")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("decided_on", models.DateField(blank=True, null=True)),
                ("source", models.CharField(blank=True, default="", max_length=200)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="council.item",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Ballot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "受付中"), ("closed", "集計済"), ("void", "無効（資料の差替え）")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("voters", models.JSONField(default=list)),
                ("rule", models.JSONField(default=dict)),
                ("papers", models.JSONField(default=list)),
                ("opened_at", models.DateTimeField()),
                ("deadline", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("tally", models.JSONField(default=dict)),
                ("carried", models.BooleanField(null=True)),
                ("head", models.CharField(blank=True, default="", max_length=64)),
                (
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="council.ballot",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ballots", to="council.item"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LateJoin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("joins_on", models.DateField()),
                ("first_cost_yen", models.BigIntegerField()),
                ("months", models.PositiveSmallIntegerField()),
                ("passed", models.PositiveSmallIntegerField()),
                ("entry_yen", models.BigIntegerField()),
                ("own_yen", models.BigIntegerField(default=0)),
                ("credits", models.JSONField(default=list)),
                ("decided_on", models.DateField(blank=True, null=True)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.body"
                    ),
                ),
                (
                    "cost_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="late_joins",
                        to="council.costline",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="council.item",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LevelPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("first_month", models.DateField()),
                ("months", models.PositiveSmallIntegerField()),
                ("yen", models.BigIntegerField()),
                ("source", models.CharField(blank=True, default="", max_length=200)),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.body",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("number", models.PositiveSmallIntegerField()),
                ("name", models.CharField(blank=True, default="", max_length=100)),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("person", "対面"),
                            ("online", "オンライン会議"),
                            ("written", "書面表決"),
                            ("mail", "メール審議"),
                        ],
                        default="person",
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "準備中"),
                            ("called", "招集済"),
                            ("held", "開催済"),
                            ("closed", "議事録確定"),
                            ("cancelled", "中止"),
                        ],
                        default="planned",
                        max_length=10,
                    ),
                ),
                ("held_on", models.DateField()),
                ("until_on", models.DateField(blank=True, null=True)),
                ("and_others", models.BooleanField(default=False)),
                ("begins", models.TimeField(blank=True, null=True)),
                ("deadline", models.DateTimeField(blank=True, null=True)),
                ("place", models.CharField(blank=True, default="", max_length=100)),
                ("called_at", models.DateTimeField(blank=True, null=True)),
                ("minutes", models.TextField(blank=True, default="")),
                (
                    "minutes_state",
                    models.CharField(
                        choices=[("none", "なし"), ("draft", "案"), ("amend", "確認中"), ("fixed", "確定")],
                        default="none",
                        max_length=8,
                    ),
                ),
                ("minutes_fixed_at", models.DateTimeField(blank=True, null=True)),
                ("public", models.BooleanField(default=True)),
                ("source", models.CharField(blank=True, default="", max_length=200)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "committee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meetings",
                        to="council.committee",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LicenceUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seat", models.PositiveSmallIntegerField()),
                ("taken_at", models.DateTimeField()),
                ("taken_by", models.CharField(max_length=60)),
                ("back_at", models.DateTimeField(blank=True, null=True)),
                ("sound_minutes", models.PositiveIntegerField(default=0)),
                ("saved_minutes", models.PositiveIntegerField(default=0)),
                (
                    "pool",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="council.licencepool",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="council.meeting",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="item",
            name="meeting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="items", to="council.meeting"
            ),
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(blank=True, default="", max_length=100)),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("person", "出席"),
                            ("online", "オンライン出席"),
                            ("written", "書面"),
                            ("proxy", "委任"),
                            ("absent", "欠席"),
                        ],
                        max_length=8,
                    ),
                ),
                ("persons", models.PositiveSmallIntegerField(default=1)),
                ("who", models.CharField(blank=True, default="", max_length=200)),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.body",
                    ),
                ),
                (
                    "proxy_for",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.body",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendance",
                        to="council.meeting",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Office",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=60)),
                ("holders", models.PositiveSmallIntegerField(default=1)),
                ("term_years", models.PositiveSmallIntegerField(default=1)),
                ("rotation", models.JSONField(default=list)),
                ("rotation_from", models.PositiveSmallIntegerField(null=True)),
                ("rotation_until", models.PositiveSmallIntegerField(null=True)),
                ("source", models.CharField(blank=True, default="", max_length=200)),
                ("position", models.PositiveIntegerField(default=0)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(blank=True, null=True)),
                (
                    "committee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offices",
                        to="council.committee",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Payer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(blank=True, null=True)),
                ("why", models.CharField(blank=True, default="", max_length=200)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.body"
                    ),
                ),
                (
                    "cost_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payers",
                        to="council.costline",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "readers",
                    models.CharField(
                        choices=[("committee", "構成員"), ("members", "全会員"), ("public", "公開")],
                        default="members",
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("posted_at", models.DateTimeField()),
                ("posted_by", models.CharField(max_length=60)),
                ("until_on", models.DateField(blank=True, null=True)),
                (
                    "committee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="council.committee",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Paper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("name", models.CharField(max_length=255)),
                ("text", models.TextField(blank=True, default="")),
                (
                    "readers",
                    models.CharField(
                        choices=[("committee", "構成員"), ("members", "全会員"), ("public", "公開")],
                        default="committee",
                        max_length=10,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("brought_at", models.DateTimeField()),
                ("brought_by", models.CharField(max_length=60)),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="council.item",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="council.meeting",
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="council.paper",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="council.paperfile"
                    ),
                ),
                (
                    "posting",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="council.posting",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PrintCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("section", models.CharField(max_length=60)),
                ("month", models.DateField()),
                ("sheets", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("section", "month"), name="print_count_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("exact", "端数なく返還"), ("floored", "円未満切捨て、端数は繰越")],
                        default="exact",
                        max_length=8,
                    ),
                ),
                ("base_yen", models.BigIntegerField()),
                ("yen", models.BigIntegerField()),
                ("residue_yen", models.BigIntegerField(default=0)),
                ("decided_on", models.DateField(blank=True, null=True)),
                ("source", models.CharField(blank=True, default="", max_length=200)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="council.item",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RefundShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("paid_yen", models.BigIntegerField()),
                ("quota", models.CharField(max_length=200)),
                ("rank", models.PositiveIntegerField()),
                ("yen", models.BigIntegerField()),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.body"
                    ),
                ),
                (
                    "cost_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="council.costline"
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="council.refund",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sent_on", models.DateField()),
                (
                    "ballot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="council.ballot",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.body"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReportText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("section", models.SlugField(max_length=60)),
                ("text", models.TextField()),
                ("position", models.PositiveIntegerField(default=0)),
                ("source", models.CharField(blank=True, default="", max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("fiscal_year", "section", "position"), name="report_text_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(blank=True, default="", max_length=100)),
                (
                    "capacity",
                    models.CharField(
                        choices=[
                            ("member", "会員"),
                            ("associate", "準会員"),
                            ("observer", "オブザーバー"),
                            ("adviser", "アドバイザー"),
                        ],
                        default="member",
                        max_length=10,
                    ),
                ),
                ("block", models.CharField(blank=True, default="", max_length=60)),
                ("section", models.CharField(blank=True, default="", max_length=60)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(blank=True, null=True)),
                ("why_left", models.CharField(blank=True, default="", max_length=200)),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.body",
                    ),
                ),
                (
                    "committee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="council.committee",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "案"), ("audited", "監査済"), ("decided", "承認")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("lines", models.JSONField(default=list)),
                ("income_yen", models.BigIntegerField(default=0)),
                ("expense_yen", models.BigIntegerField(default=0)),
                (
                    "carried",
                    models.CharField(
                        choices=[("refund", "繰り越して返還"), ("keep", "繰越")],
                        default="refund",
                        max_length=8,
                    ),
                ),
                ("published", models.JSONField(default=dict)),
                ("audited_on", models.DateField(blank=True, null=True)),
                ("audited_by", models.CharField(blank=True, default="", max_length=200)),
                ("opinion", models.TextField(blank=True, default="")),
                ("decided_on", models.DateField(blank=True, null=True)),
                ("source", models.CharField(blank=True, default="", max_length=200)),
                (
                    "budget",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="council.budget"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="council.item",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="refund",
            name="settlement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="refunds", to="council.settlement"
            ),
        ),
        migrations.CreateModel(
            name="SpecialAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("unit_yen", models.PositiveIntegerField(default=1000)),
                ("position", models.PositiveIntegerField(default=0)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(blank=True, null=True)),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.service",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="settlement",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="settlements",
                to="council.specialaccount",
            ),
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("on", models.DateField()),
                ("label", models.CharField(blank=True, default="", max_length=200)),
                ("heading", models.CharField(blank=True, default="", max_length=100)),
                ("count", models.PositiveIntegerField(blank=True, null=True)),
                ("yen", models.BigIntegerField()),
                ("party", models.CharField(blank=True, default="", max_length=120)),
                ("source", models.CharField(blank=True, default="", max_length=200)),
                ("position", models.PositiveIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=60)),
                (
                    "bill",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="council.bill",
                    ),
                ),
                (
                    "cost_line",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="council.costline",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="council.accountline",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="council.entry",
                    ),
                ),
                (
                    "split",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="council.costsplit",
                    ),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="council.paperfile",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="council.specialaccount",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="costline",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cost_lines",
                to="council.specialaccount",
            ),
        ),
        migrations.AddField(
            model_name="budget",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="budgets",
                to="council.specialaccount",
            ),
        ),
        migrations.AddField(
            model_name="accountline",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="council.specialaccount"
            ),
        ),
        migrations.CreateModel(
            name="Subsidy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=120)),
                ("households", models.PositiveIntegerField()),
                ("cost_yen", models.BigIntegerField()),
                ("part", models.CharField(max_length=10)),
                ("yen", models.BigIntegerField()),
                ("decided_on", models.DateField(blank=True, null=True)),
                ("rule_version", models.CharField(blank=True, default="", max_length=40)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.body"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("who", models.CharField(blank=True, default="", max_length=100)),
                ("text", models.TextField()),
                ("due_on", models.DateField(blank=True, null=True)),
                ("done_on", models.DateField(blank=True, null=True)),
                ("evidence", models.CharField(blank=True, default="", max_length=300)),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.body",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="council.item",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="council.meeting",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("holder", models.CharField(blank=True, default="", max_length=100)),
                ("place", models.PositiveSmallIntegerField(default=1)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField()),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.body"
                    ),
                ),
                (
                    "elected_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="council.item",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="terms", to="council.office"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UseFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("measure", models.SlugField(max_length=40)),
                ("value", models.BigIntegerField()),
                ("source", models.CharField(max_length=200)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.body"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.service"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveIntegerField()),
                (
                    "choice",
                    models.CharField(
                        blank=True,
                        choices=[("for", "賛成"), ("against", "反対"), ("abstain", "棄権")],
                        default="",
                        max_length=8,
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[("present", "出席"), ("written", "書面"), ("proxy", "委任")], max_length=8
                    ),
                ),
                ("comment", models.CharField(blank=True, default="", max_length=1000)),
                ("cast_at", models.DateTimeField()),
                ("cast_by", models.CharField(max_length=60)),
                ("digest", models.CharField(max_length=64)),
                (
                    "ballot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="council.ballot"
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.body"
                    ),
                ),
                (
                    "proxy",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.body",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VotingRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(blank=True, default="", max_length=60)),
                ("quorum_numerator", models.PositiveSmallIntegerField(default=1)),
                ("quorum_denominator", models.PositiveSmallIntegerField(default=2)),
                ("quorum_suffices", models.BooleanField(default=True)),
                ("majority_numerator", models.PositiveSmallIntegerField(default=1)),
                ("majority_denominator", models.PositiveSmallIntegerField(default=2)),
                ("majority_suffices", models.BooleanField(default=False)),
                (
                    "base",
                    models.CharField(
                        choices=[("all", "全構成員"), ("present", "出席者"), ("valid", "賛否を示した者")],
                        default="present",
                        max_length=8,
                    ),
                ),
                ("chair_breaks_ties", models.BooleanField(default=True)),
                ("written", models.BooleanField(default=True)),
                ("proxies", models.BooleanField(default=True)),
                ("source", models.CharField(max_length=200)),
                ("from_on", models.DateField()),
                (
                    "committee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="voting_rules",
                        to="council.committee",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BudgetLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("yen", models.BigIntegerField(default=0)),
                ("note", models.CharField(blank=True, default="", max_length=300)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "budget",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="council.budget"
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="council.accountline",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("budget", "line"), name="budget_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(("yen__gte", 0)), name="budget_is_not_negative"
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="burdenshare",
            constraint=models.UniqueConstraint(fields=("burden", "body"), name="burden_share_once"),
        ),
        migrations.AddIndex(
            model_name="bill",
            index=models.Index(fields=["body", "-billed_on"], name="bills_of_a_body"),
        ),
        migrations.AddConstraint(
            model_name="bill",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_on__isnull", True)),
                fields=("share", "half"),
                name="billed_once",
            ),
        ),
        migrations.AddIndex(
            model_name="candidate",
            index=models.Index(fields=["committee", "name", "-noted_on"], name="candidates_newest"),
        ),
        migrations.AddConstraint(
            model_name="committeename",
            constraint=models.UniqueConstraint(
                fields=("committee", "from_on"), name="committee_renamed_once_a_day"
            ),
        ),
        migrations.AddIndex(
            model_name="committee",
            index=models.Index(fields=["position", "code"], name="committees_in_order"),
        ),
        migrations.AddConstraint(
            model_name="committee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_on__isnull", True), ("until_on__gte", models.F("from_on")), _connector="OR"
                ),
                name="committee_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="climb",
            constraint=models.UniqueConstraint(fields=("item", "origin"), name="item_climbs_once"),
        ),
        migrations.AddConstraint(
            model_name="climb",
            constraint=models.CheckConstraint(
                condition=models.Q(("item", models.F("origin")), _negated=True),
                name="item_is_not_its_own_origin",
            ),
        ),
        migrations.AddConstraint(
            model_name="bylawversion",
            constraint=models.UniqueConstraint(fields=("bylaw", "number"), name="bylaw_version_once"),
        ),
        migrations.AddConstraint(
            model_name="bylawversion",
            constraint=models.UniqueConstraint(fields=("bylaw", "from_on"), name="bylaw_begins_once_a_day"),
        ),
        migrations.AddConstraint(
            model_name="burden",
            constraint=models.UniqueConstraint(
                fields=("cost_line", "fiscal_year", "number"), name="burden_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="burden",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "decided"), ("supplements__isnull", True)),
                fields=("cost_line", "fiscal_year"),
                name="one_decided_burden_a_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("item",), name="one_open_ballot_per_item"
            ),
        ),
        migrations.AddConstraint(
            model_name="latejoin",
            constraint=models.UniqueConstraint(fields=("cost_line", "body"), name="joins_late_once"),
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["fiscal_year", "held_on"], name="meetings_of_a_year"),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.UniqueConstraint(
                fields=("committee", "fiscal_year", "number"), name="meeting_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_on__isnull", True), ("until_on__gte", models.F("held_on")), _connector="OR"
                ),
                name="meeting_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="licenceuse",
            constraint=models.UniqueConstraint(
                condition=models.Q(("back_at__isnull", True)),
                fields=("pool", "seat"),
                name="licence_seat_taken_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("meeting", "position"),
                name="item_position_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.UniqueConstraint(
                fields=("meeting", "body", "name"), name="attendance_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="office",
            constraint=models.UniqueConstraint(fields=("committee", "code"), name="office_code_once"),
        ),
        migrations.AddConstraint(
            model_name="office",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_on__isnull", True), ("until_on__gte", models.F("from_on")), _connector="OR"
                ),
                name="office_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="payer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_on__isnull", True), ("until_on__gte", models.F("from_on")), _connector="OR"
                ),
                name="payer_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="payer",
            constraint=models.UniqueConstraint(
                fields=("cost_line", "body", "from_on"), name="payer_begins_once_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="payer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until_on__isnull", True)),
                fields=("cost_line", "body"),
                name="one_open_payer",
            ),
        ),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(fields=["-posted_at"], name="postings_newest"),
        ),
        migrations.AddIndex(
            model_name="paper",
            index=models.Index(fields=["meeting", "position"], name="papers_of_a_meeting"),
        ),
        migrations.AddConstraint(
            model_name="refundshare",
            constraint=models.UniqueConstraint(
                fields=("refund", "cost_line", "body"), name="refund_share_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                fields=("ballot", "body", "sent_on"), name="reminded_once_a_day"
            ),
        ),
        migrations.AddIndex(
            model_name="seat",
            index=models.Index(fields=["body", "from_on"], name="seats_of_a_body"),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_on__isnull", True), ("until_on__gte", models.F("from_on")), _connector="OR"
                ),
                name="seat_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("body__isnull", False), models.Q(("name", ""), _negated=True), _connector="OR"
                ),
                name="seat_is_a_bodys_or_has_a_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(
                condition=models.Q(("body__isnull", False), ("until_on__isnull", True)),
                fields=("committee", "body"),
                name="one_open_seat_per_body",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(fields=("settlement",), name="one_refund_a_settlement"),
        ),
        migrations.AddConstraint(
            model_name="specialaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_on__isnull", True), ("until_on__gte", models.F("from_on")), _connector="OR"
                ),
                name="special_account_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.UniqueConstraint(
                fields=("account", "fiscal_year"), name="settlement_once_a_year"
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["account", "fiscal_year", "line"], name="entries_of_a_year"),
        ),
        migrations.AddConstraint(
            model_name="costline",
            constraint=models.UniqueConstraint(fields=("account", "code"), name="cost_line_code_once"),
        ),
        migrations.AddConstraint(
            model_name="costline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_on__isnull", True), ("until_on__gte", models.F("from_on")), _connector="OR"
                ),
                name="cost_line_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.UniqueConstraint(
                fields=("account", "fiscal_year", "number"), name="budget_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "decided"), _negated=True),
                    ("decided_on__isnull", False),
                    _connector="OR",
                ),
                name="decided_budget_has_its_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="accountline",
            constraint=models.UniqueConstraint(fields=("account", "side", "code"), name="account_line_once"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("done_on__isnull", True)), fields=["due_on"], name="tasks_open"
            ),
        ),
        migrations.AddIndex(
            model_name="term",
            index=models.Index(fields=["office", "from_on"], name="terms_of_an_office"),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_on__isnull", True), ("until_on__gte", models.F("from_on")), _connector="OR"
                ),
                name="term_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.UniqueConstraint(
                fields=("office", "place", "from_on"), name="term_begins_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="usefigure",
            constraint=models.UniqueConstraint(
                fields=("service", "body", "fiscal_year", "measure"), name="use_figure_once_a_year"
            ),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.UniqueConstraint(fields=("ballot", "place"), name="vote_place_once"),
        ),
        migrations.AddConstraint(
            model_name="votingrule",
            constraint=models.UniqueConstraint(
                fields=("committee", "name", "from_on"), name="voting_rule_begins_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="votingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("majority_denominator__gt", 0),
                    ("quorum_denominator__gt", 0),
                    ("quorum_numerator__lte", models.F("quorum_denominator")),
                    ("majority_numerator__lte", models.F("majority_denominator")),
                ),
                name="voting_rule_parts_are_parts",
            ),
        ),
        InsertOnly("vote"),
        InsertOnly("bylawversion"),
        InsertOnly("entry"),
    ]
