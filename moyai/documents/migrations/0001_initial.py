"""Uploads, letters, hand-overs and the visits to them."""

import django.db.models.deletion
from django.db import migrations, models

import moyai.tenants.models
from moyai.tenants.migration import InsertOnly, Wall


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="HandOver",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=100)),
                ("recipient", models.CharField(max_length=200)),
                ("message", models.CharField(blank=True, default="", max_length=800)),
                ("token", models.CharField(max_length=40)),
                ("passphrase_hash", models.CharField(blank=True, default="", max_length=128)),
                ("expires_at", models.DateTimeField()),
                ("download_limit", models.PositiveSmallIntegerField()),
                ("downloads", models.PositiveSmallIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "承認待ち"),
                            ("open", "受渡し中"),
                            ("declined", "差戻し"),
                            ("revoked", "取消し"),
                            ("used_up", "受取り済"),
                            ("expired", "期限切れ"),
                        ],
                        default="requested",
                        max_length=10,
                    ),
                ),
                ("requested_by_id", models.BigIntegerField()),
                ("requested_by", models.CharField(max_length=200)),
                ("requested_at", models.DateTimeField()),
                ("decided_by_id", models.BigIntegerField(blank=True, null=True)),
                ("decided_by", models.CharField(blank=True, default="", max_length=200)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decline_reason", models.CharField(blank=True, default="", max_length=400)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "body",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.body",
                    ),
                ),
                (
                    "for_body",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.body",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HandOverVisit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[("fetched", "受け取りました"), ("wrong", "合言葉が違いました")], max_length=8
                    ),
                ),
                ("account_id", models.BigIntegerField(blank=True, null=True)),
                ("network", models.CharField(blank=True, default="", max_length=60)),
                ("request_id", models.CharField(blank=True, default="", max_length=40)),
                (
                    "body",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.body",
                    ),
                ),
                (
                    "hand_over",
                    moyai.tenants.models.SameBody(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="documents.handover",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=255)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("content_type", models.CharField(max_length=100)),
                ("accept", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("quarantined", "確認中"),
                            ("clean", "添付済"),
                            ("refused", "受け付けられません"),
                            ("purged", "保存期間の終了により削除"),
                        ],
                        default="quarantined",
                        max_length=12,
                    ),
                ),
                ("why", models.CharField(blank=True, default="", max_length=12)),
                ("scanner", models.CharField(blank=True, default="", max_length=12)),
                ("drafter_hash", models.CharField(max_length=64)),
                ("kept_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("claimed_kind", models.CharField(blank=True, default="", max_length=60)),
                ("claimed_id", models.BigIntegerField(blank=True, null=True)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("keep_until", models.DateField(blank=True, null=True)),
                ("purged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "body",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.body",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="handover",
            name="upload",
            field=moyai.tenants.models.SameBody(
                on_delete=django.db.models.deletion.PROTECT, related_name="hand_overs", to="documents.upload"
            ),
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=80)),
                ("thing_kind", models.CharField(max_length=60)),
                ("thing_id", models.BigIntegerField()),
                ("sequence", models.PositiveSmallIntegerField(default=1)),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("number_text", models.CharField(max_length=60)),
                ("facts", models.JSONField()),
                ("code", models.CharField(max_length=32)),
                ("issued_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "作成中"),
                            ("ready", "作成済"),
                            ("failed", "作成失敗"),
                            ("purged", "保存期間の終了により削除"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("trouble", models.CharField(blank=True, default="", max_length=300)),
                ("key", models.CharField(blank=True, default="", max_length=32)),
                ("size", models.PositiveIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, default="", max_length=64)),
                ("rendered_at", models.DateTimeField(blank=True, null=True)),
                ("keep_until", models.DateField(blank=True, null=True)),
                ("purged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "body",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.body",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("keep_until__isnull", False)),
                        fields=["body", "keep_until"],
                        name="letter_by_end",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("body", "thing_kind", "thing_id", "kind", "sequence"), name="letter_made_once"
                    ),
                    models.UniqueConstraint(
                        fields=("body", "fiscal_year", "number"), name="letter_number_once"
                    ),
                    models.UniqueConstraint(fields=("body", "code"), name="letter_code_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            models.Q(("sha256", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="letter_ready_has_its_hash",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(fields=["body", "claimed_kind", "claimed_id"], name="upload_by_thing"),
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(fields=["body", "state", "kept_at"], name="upload_by_state"),
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(
                condition=models.Q(("keep_until__isnull", False)),
                fields=["body", "keep_until"],
                name="upload_by_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.UniqueConstraint(fields=("body", "key"), name="upload_key_once"),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["quarantined", "clean", "refused", "purged"])),
                name="upload_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "refused"), ("why", ""), _connector="XOR"),
                name="upload_refused_says_why",
            ),
        ),
        migrations.AddIndex(
            model_name="handover",
            index=models.Index(fields=["body", "state", "expires_at"], name="hand_over_by_state"),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(fields=("body", "token"), name="hand_over_token_once"),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by_id__isnull", True),
                    models.Q(("decided_by_id", models.F("requested_by_id")), _negated=True),
                    _connector="OR",
                ),
                name="hand_over_has_four_eyes",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(("downloads__lte", models.F("download_limit"))),
                name="hand_over_within_its_limit",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "open"), _negated=True),
                    ("decided_by_id__isnull", False),
                    _connector="OR",
                ),
                name="hand_over_open_was_approved",
            ),
        ),
        Wall("upload"),
        Wall("letter"),
        Wall("handover"),
        Wall("handovervisit"),
        InsertOnly("handovervisit"),
    ]
