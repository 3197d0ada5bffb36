"""Systems and their levels, cases, events."""

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
            name="Kind",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=60)),
                ("ends_in_decision", models.BooleanField(default=False)),
                ("answer_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("solve_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("around_the_clock", models.BooleanField(default=False)),
                ("limits", models.JSONField(default=dict)),
                ("position", models.PositiveIntegerField(default=0)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Probe",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("side", models.CharField(blank=True, default="", max_length=20)),
                ("name", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[("http", "HTTPで確かめる"), ("push", "知らせを待つ")], max_length=4
                    ),
                ),
                ("url", models.CharField(blank=True, default="", max_length=300)),
                ("key_hash", models.CharField(blank=True, default="", max_length=64)),
                ("every_seconds", models.PositiveIntegerField(default=60)),
                ("grace_seconds", models.PositiveIntegerField(default=180)),
                ("on", models.BooleanField(default=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("new", "未確認"), ("up", "稼働"), ("down", "停止")],
                        default="new",
                        max_length=8,
                    ),
                ),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("heard_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=20, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "受付"),
                            ("working", "対応中"),
                            ("waiting", "回答待ち"),
                            ("solved", "解決"),
                            ("closed", "完了"),
                        ],
                        default="new",
                        max_length=8,
                    ),
                ),
                ("section", models.CharField(blank=True, default="", max_length=60)),
                ("party", models.CharField(blank=True, default="", max_length=120)),
                ("asked_by", models.CharField(blank=True, default="", max_length=100)),
                ("account_id", models.BigIntegerField(blank=True, null=True)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("web", "画面"),
                            ("phone", "電話"),
                            ("mail", "メール"),
                            ("desk", "窓口"),
                            ("probe", "監視"),
                        ],
                        default="web",
                        max_length=8,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField(blank=True, default="")),
                ("amount_yen", models.BigIntegerField(blank=True, null=True)),
                ("amount_after_yen", models.BigIntegerField(blank=True, null=True)),
                ("came_at", models.DateTimeField()),
                ("answer_by", models.DateTimeField(blank=True, null=True)),
                ("solve_by", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("solved_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("assignee", models.CharField(blank=True, default="", max_length=100)),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("adopted", "採用"), ("rejected", "不採用"), ("kept", "保留")],
                        default="",
                        max_length=8,
                    ),
                ),
                ("decided_on", models.DateField(blank=True, null=True)),
                ("decided_by", models.CharField(blank=True, default="", max_length=200)),
                ("release", models.CharField(blank=True, default="", max_length=60)),
                ("version", models.PositiveIntegerField(default=1)),
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
                    "same_as",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="likes",
                        to="operations.case",
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
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="operations.kind",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("training", "研修"),
                            ("briefing", "説明会"),
                            ("seminar", "セミナー・勉強会"),
                            ("tour", "見学会"),
                            ("campaign", "普及広報"),
                            ("study", "調査"),
                            ("press", "記者発表"),
                            ("workshop", "アイデアソン・ワークショップ"),
                            ("other", "その他"),
                        ],
                        max_length=8,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("from_on", models.DateField(blank=True, null=True)),
                ("until_on", models.DateField(blank=True, null=True)),
                ("sessions", models.PositiveSmallIntegerField(default=1)),
                ("place", models.CharField(blank=True, default="", max_length=120)),
                ("hosts", models.CharField(blank=True, default="", max_length=200)),
                ("text", models.TextField(blank=True, default="")),
                ("award", models.TextField(blank=True, default="")),
                ("asks_until", models.DateTimeField(blank=True, null=True)),
                ("most_persons", models.PositiveIntegerField(blank=True, null=True)),
                ("survey", models.CharField(blank=True, default="", max_length=60)),
                ("source", models.CharField(blank=True, default="", max_length=200)),
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
            name="Attendance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("group", models.CharField(blank=True, default="", max_length=100)),
                ("bodies", models.PositiveIntegerField(blank=True, null=True)),
                ("persons", models.PositiveIntegerField(blank=True, null=True)),
                ("remote", models.BooleanField(default=False)),
                ("came", models.BooleanField(default=True)),
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
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendance",
                        to="operations.event",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Exchange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("newsletter", "メールマガジン"),
                            ("list", "メーリングリスト"),
                            ("web", "Web会議"),
                            ("report", "定例報告"),
                        ],
                        max_length=10,
                    ),
                ),
                ("topic", models.CharField(max_length=120)),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("month", models.DateField(blank=True, null=True)),
                ("count", models.PositiveIntegerField()),
                ("source", models.CharField(blank=True, default="", max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "topic", "fiscal_year", "month"),
                        name="exchange_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Issue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("number", models.PositiveIntegerField()),
                ("sent_on", models.DateField()),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField(blank=True, default="")),
                ("recipients", models.PositiveIntegerField(blank=True, null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("name", "number"), name="issue_once")],
            },
        ),
        migrations.CreateModel(
            name="MonthlyLevel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
                ("rates", models.JSONField(default=dict)),
                ("incidents", models.PositiveIntegerField(blank=True, null=True)),
                ("source", models.CharField(blank=True, default="", max_length=200)),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.service"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Beat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("well", models.BooleanField()),
                ("milliseconds", models.PositiveIntegerField(blank=True, null=True)),
                ("note", models.CharField(blank=True, default="", max_length=200)),
                (
                    "probe",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="beats",
                        to="operations.probe",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="System",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("sides", models.JSONField(default=list)),
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
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Stop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("side", models.CharField(blank=True, default="", max_length=20)),
                (
                    "kind",
                    models.CharField(
                        choices=[("planned", "計画停止"), ("outage", "緊急停止"), ("unknown", "不明")],
                        max_length=8,
                    ),
                ),
                ("begins", models.DateTimeField()),
                ("ends", models.DateTimeField(blank=True, null=True)),
                ("announced_on", models.DateField(blank=True, null=True)),
                ("cause", models.TextField(blank=True, default="")),
                ("voided_on", models.DateField(blank=True, null=True)),
                ("why_voided", models.CharField(blank=True, default="", max_length=200)),
                ("noted_by", models.CharField(max_length=60)),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stops",
                        to="operations.case",
                    ),
                ),
                (
                    "probe",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="operations.probe",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stops",
                        to="operations.system",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ServiceLevel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("numerator", models.PositiveIntegerField()),
                ("denominator", models.PositiveIntegerField()),
                ("source", models.CharField(max_length=200)),
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
                (
                    "system",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="levels",
                        to="operations.system",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ServiceHours",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("side", models.CharField(blank=True, default="", max_length=20)),
                ("weekdays", models.JSONField()),
                ("begins", models.PositiveSmallIntegerField()),
                ("ends", models.PositiveSmallIntegerField()),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(blank=True, null=True)),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hours",
                        to="operations.system",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="probe",
            name="system",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="probes", to="operations.system"
            ),
        ),
        migrations.CreateModel(
            name="Dependency",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("redundant", models.CharField(blank=True, default="", max_length=40)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(blank=True, null=True)),
                (
                    "on",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carries",
                        to="operations.system",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stands_on",
                        to="operations.system",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="case",
            name="system",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="operations.system",
            ),
        ),
        migrations.CreateModel(
            name="CaseStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("answer", "回答"),
                            ("ask", "確認"),
                            ("reply", "返信"),
                            ("note", "内部メモ"),
                            ("state", "状態の変更"),
                        ],
                        max_length=8,
                    ),
                ),
                ("text", models.TextField(blank=True, default="")),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("new", "受付"),
                            ("working", "対応中"),
                            ("waiting", "回答待ち"),
                            ("solved", "解決"),
                            ("closed", "完了"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=100)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="operations.case",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["case", "at"], name="steps_of_a_case")],
            },
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["fiscal_year", "from_on"], name="events_of_a_year"),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_on__isnull", True), ("until_on__gte", models.F("from_on")), _connector="OR"
                ),
                name="event_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.UniqueConstraint(
                fields=("event", "body", "group", "remote"),
                name="attendance_of_an_event_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="monthlylevel",
            constraint=models.UniqueConstraint(fields=("service", "month"), name="monthly_level_once"),
        ),
        migrations.AddIndex(
            model_name="beat",
            index=models.Index(fields=["probe", "-at"], name="beats_newest"),
        ),
        migrations.AddIndex(
            model_name="stop",
            index=models.Index(fields=["system", "begins"], name="stops_of_a_system"),
        ),
        migrations.AddConstraint(
            model_name="stop",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends__isnull", True), ("ends__gt", models.F("begins")), _connector="OR"),
                name="stop_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="stop",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends__isnull", True), ("voided_on__isnull", True)),
                fields=("probe",),
                name="one_open_stop_per_probe",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicelevel",
            constraint=models.CheckConstraint(
                condition=models.Q(("denominator__gt", 0), ("numerator__lte", models.F("denominator"))),
                name="level_is_a_part",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicelevel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("service__isnull", True), ("system__isnull", False)),
                    models.Q(("service__isnull", False), ("system__isnull", True)),
                    _connector="OR",
                ),
                name="level_of_a_system_or_a_service",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicehours",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends__gt", models.F("begins")), ("ends__lte", 1440)),
                name="service_hours_are_a_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="probe",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key_hash", ""), _negated=True),
                fields=("key_hash",),
                name="probe_key_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="dependency",
            constraint=models.UniqueConstraint(fields=("system", "on", "from_on"), name="dependency_once"),
        ),
        migrations.AddConstraint(
            model_name="dependency",
            constraint=models.CheckConstraint(
                condition=models.Q(("system", models.F("on")), _negated=True), name="nothing_stands_on_itself"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["state", "-came_at"], name="cases_by_state"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["body", "-came_at"], name="cases_of_a_body"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["kind", "came_at"], name="cases_of_a_kind"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_at__isnull", True), ("closed_at__gte", models.F("came_at")), _connector="OR"
                ),
                name="case_closes_after_it_came",
            ),
        ),
        InsertOnly("casestep"),
    ]
