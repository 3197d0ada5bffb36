import django.db.models.deletion
import moyai.tenants.models
from django.db import migrations, models

from moyai.tenants.migration import InsertOnly, Wall


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("documents", "0001_initial"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SimulatorOrder",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("order_id", models.CharField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("amount_yen", models.BigIntegerField()),
                ("taken_yen", models.BigIntegerField(default=0)),
                ("return_url", models.CharField(max_length=500)),
                ("notify_url", models.CharField(max_length=500)),
                ("result", models.CharField(default="", max_length=10)),
                ("course", models.CharField(default="", max_length=16)),
                ("transaction_id", models.CharField(default="", max_length=40)),
                ("known_from", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Charge",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("payable", models.CharField(max_length=80)),
                ("thing_id", models.BigIntegerField()),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("payer_name", models.CharField(max_length=200)),
                ("amount_yen", models.BigIntegerField()),
                ("unpaid_yen", models.BigIntegerField()),
                ("due_on", models.DateField()),
                ("token", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(default="open", max_length=12),
                ),
                ("charged_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
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
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("gateway", models.CharField(max_length=40)),
                ("order_id", models.CharField(max_length=40)),
                ("amount_yen", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(default="started", max_length=10),
                ),
                ("started_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("check_at", models.DateTimeField(null=True)),
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
                    "charge",
                    moyai.tenants.models.SameBody(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="money.charge",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ChargeItem",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("position", models.PositiveSmallIntegerField()),
                ("label", models.CharField(max_length=200)),
                ("amount_yen", models.BigIntegerField()),
                ("rule", models.CharField(default="", max_length=100)),
                ("rule_version", models.CharField(default="", max_length=40)),
                ("steps", models.JSONField(default=list)),
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
                    "charge",
                    moyai.tenants.models.SameBody(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="money.charge"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Instalment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                ("amount_yen", models.BigIntegerField()),
                ("due_on", models.DateField()),
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
                    "charge",
                    moyai.tenants.models.SameBody(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instalments",
                        to="money.charge",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("number", models.PositiveIntegerField()),
                (
                    "channel",
                    models.CharField(
                        choices=[("counter", "Counter"), ("card", "Card"), ("transfer", "Transfer")],
                        max_length=8,
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[("preliminary", "Preliminary"), ("final", "Final")], max_length=11
                    ),
                ),
                ("amount_yen", models.BigIntegerField()),
                ("external_id", models.CharField(max_length=80)),
                ("received_at", models.DateTimeField()),
                (
                    "attempt",
                    moyai.tenants.models.SameBody(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="money.attempt",
                    ),
                ),
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
                    "charge",
                    moyai.tenants.models.SameBody(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="money.charge",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Overpayment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("why", models.CharField(max_length=14)),
                ("amount_yen", models.BigIntegerField()),
                ("left_yen", models.BigIntegerField()),
                ("found_at", models.DateTimeField()),
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
                    "receipt",
                    moyai.tenants.models.SameBody(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overpayments",
                        to="money.receipt",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Confirmation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("confirmed_on", models.DateField()),
                ("booked_at", models.DateTimeField()),
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
                    "receipt",
                    moyai.tenants.models.SameBody(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="confirmations",
                        to="money.receipt",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("amount_yen", models.BigIntegerField()),
                ("at", models.DateTimeField()),
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
                    "instalment",
                    moyai.tenants.models.SameBody(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="money.instalment",
                    ),
                ),
                (
                    "receipt",
                    moyai.tenants.models.SameBody(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="money.receipt",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("amount_yen", models.BigIntegerField()),
                ("reason", models.CharField(max_length=500)),
                (
                    "state",
                    models.CharField(default="requested", max_length=10),
                ),
                ("requested_by", models.BigIntegerField(null=True)),
                ("requested_at", models.DateTimeField()),
                ("decided_by", models.BigIntegerField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("paid_on", models.DateField(null=True)),
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
                    "overpayment",
                    moyai.tenants.models.SameBody(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="money.overpayment",
                    ),
                ),
                (
                    "target",
                    moyai.tenants.models.SameBody(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applied",
                        to="money.charge",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SimulatorCall",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("payload", models.TextField()),
                ("forged", models.BooleanField(default=False)),
                ("due_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calls",
                        to="money.simulatororder",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Slip",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=12)),
                ("amount_yen", models.BigIntegerField()),
                ("issued_at", models.DateTimeField()),
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
                    "instalment",
                    moyai.tenants.models.SameBody(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slips",
                        to="money.instalment",
                    ),
                ),
                (
                    "letter",
                    moyai.tenants.models.SameBody(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.letter"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="receipt",
            name="slip",
            field=moyai.tenants.models.SameBody(
                index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="receipts",
                to="money.slip",
            ),
        ),
        migrations.CreateModel(
            name="WebhookCall",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("event_id", models.CharField(max_length=80)),
                ("result", models.CharField(max_length=10)),
                ("amount_yen", models.BigIntegerField()),
                ("transaction_id", models.CharField(max_length=80)),
                ("received_at", models.DateTimeField()),
                (
                    "attempt",
                    moyai.tenants.models.SameBody(
                        on_delete=django.db.models.deletion.PROTECT, related_name="calls", to="money.attempt"
                    ),
                ),
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
        migrations.CreateModel(
            name="WriteOff",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("amount_yen", models.BigIntegerField()),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
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
                    "instalment",
                    moyai.tenants.models.SameBody(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="write_offs",
                        to="money.instalment",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(fields=["body", "state", "id"], name="charge_by_state"),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(fields=["body", "payable", "thing_id"], name="charge_by_thing"),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.UniqueConstraint(
                fields=("body", "fiscal_year", "number"), name="charge_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.UniqueConstraint(fields=("body", "token"), name="charge_token_once"),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_yen__gt", 0)), name="charge_is_of_one_yen_or_more"
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(("unpaid_yen__gte", 0), ("unpaid_yen__lte", models.F("amount_yen"))),
                name="charge_is_not_overpaid",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "open"), ("unpaid_yen__gt", 0)),
                    models.Q(
                        (
                            "state__in",
                            [
                                "settled",
                                "written_off",
                                "cancelled",
                            ],
                        ),
                        ("unpaid_yen", 0),
                    ),
                    _connector="OR",
                ),
                name="charge_is_open_while_unpaid",
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("check_at__isnull", False)), fields=["check_at"], name="attempt_to_check"
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.UniqueConstraint(fields=("body", "order_id"), name="attempt_order_once"),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["started", "paid", "declined", "abandoned", "expired", "held"])
                ),
                name="attempt_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="chargeitem",
            constraint=models.UniqueConstraint(
                fields=("body", "charge", "position"), name="charge_item_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="instalment",
            constraint=models.UniqueConstraint(
                fields=("body", "charge", "number"), name="instalment_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="instalment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_yen__gt", 0)), name="instalment_is_of_one_yen_or_more"
            ),
        ),
        migrations.AddIndex(
            model_name="overpayment",
            index=models.Index(
                condition=models.Q(("left_yen__gt", 0)), fields=["body", "id"], name="overpayment_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="overpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("left_yen__gte", 0), ("left_yen__lte", models.F("amount_yen")), ("amount_yen__gt", 0)
                ),
                name="overpayment_is_not_refunded_twice",
            ),
        ),
        migrations.AddConstraint(
            model_name="overpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(("why__in", ["excess", "double", "wrong_amount", "cancelled", "refused"])),
                name="overpayment_reason_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="confirmation",
            constraint=models.UniqueConstraint(fields=("body", "receipt"), name="receipt_confirmed_once"),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_yen", 0), _negated=True), name="allocation_moves_money"
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["body", "state", "id"], name="refund_by_state"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_yen__gt", 0)), name="refund_is_of_one_yen_or_more"
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["requested", "approved", "paid", "applied", "rejected"])),
                name="refund_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "requested",
                            "approved",
                        ],
                    )
                ),
                fields=("body", "overpayment"),
                name="one_refund_under_way",
            ),
        ),
        migrations.AddIndex(
            model_name="simulatorcall",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", True)), fields=["due_at"], name="simulator_call_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="slip",
            constraint=models.UniqueConstraint(fields=("body", "number"), name="slip_number_once"),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(
                fields=("body", "fiscal_year", "number"), name="receipt_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(
                fields=("body", "channel", "external_id"), name="receipt_booked_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_yen__gt", 0)), name="receipt_is_of_one_yen_or_more"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookcall",
            constraint=models.UniqueConstraint(
                fields=("body", "attempt", "event_id"), name="news_taken_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="writeoff",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_yen__gt", 0)), name="write_off_is_of_one_yen_or_more"
            ),
        ),
        Wall("charge"),
        Wall("chargeitem"),
        Wall("instalment"),
        Wall("slip"),
        Wall("attempt"),
        Wall("receipt"),
        Wall("confirmation"),
        Wall("allocation"),
        Wall("writeoff"),
        Wall("overpayment"),
        Wall("refund"),
        Wall("webhookcall"),
        InsertOnly("chargeitem"),
        InsertOnly("instalment"),
        InsertOnly("slip"),
        InsertOnly("receipt"),
        InsertOnly("confirmation"),
        InsertOnly("allocation"),
        InsertOnly("writeoff"),
        InsertOnly("webhookcall"),
    ]
