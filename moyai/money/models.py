"""The ledger of a body. What happened is insert-only; only `unpaid_yen`, `left_yen` and states are kept current.

Those kept figures are not a second truth: `ledger_check` proves them against the insert-only rows.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from moyai.money.rules.ledger import AttemptState, ChargeState, RefundState, Why
from moyai.tenants.public import BodyRow, SameBody, SharedRow


class Charge(BodyRow):
    """調定 — a sum that somebody owes for one thing.

    `payable` and `thing_id` name the thing ("applications.application", 12). `token` is the secret part of the
    payer's page. `unpaid_yen` = amount − allocated − written off, 0 once cancelled. Once `forgotten_at` is set
    (保存期間満了後の削除), the sums stay and the payer is nobody.
    """

    across = ("id", "body_id", "payable", "fiscal_year", "amount_yen", "unpaid_yen", "state", "charged_at")

    payable = models.CharField(max_length=80)
    thing_id = models.BigIntegerField()
    fiscal_year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    payer_name = models.CharField(max_length=200)
    amount_yen = models.BigIntegerField()
    unpaid_yen = models.BigIntegerField()
    due_on = models.DateField()
    token = models.CharField(max_length=40)
    state = models.CharField(max_length=12, default=ChargeState.OPEN.value)
    charged_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "fiscal_year", "number"], name="charge_number_once"),
            models.UniqueConstraint(fields=["body", "token"], name="charge_token_once"),
            models.CheckConstraint(condition=Q(amount_yen__gt=0), name="charge_is_of_one_yen_or_more"),
            models.CheckConstraint(
                condition=Q(unpaid_yen__gte=0) & Q(unpaid_yen__lte=F("amount_yen")),
                name="charge_is_not_overpaid",
            ),
            models.CheckConstraint(
                condition=Q(state=ChargeState.OPEN.value, unpaid_yen__gt=0)
                | Q(
                    state__in=[
                        ChargeState.SETTLED.value,
                        ChargeState.WRITTEN_OFF.value,
                        ChargeState.CANCELLED.value,
                    ],
                    unpaid_yen=0,
                ),
                name="charge_is_open_while_unpaid",
            ),
        ]
        indexes = [
            models.Index(fields=["body", "state", "id"], name="charge_by_state"),
            models.Index(fields=["body", "payable", "thing_id"], name="charge_by_thing"),
        ]

    @property
    def display_number(self) -> str:
        """調定番号 as it is printed: 2026-000012."""
        return f"{self.fiscal_year}-{self.number:06d}"


class ChargeItem(BodyRow):
    """調定の明細 — one line, with the rule and the steps that made it. Insert-only."""

    charge = SameBody(Charge, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=200)
    amount_yen = models.BigIntegerField()
    rule = models.CharField(max_length=100, default="")
    rule_version = models.CharField(max_length=40, default="")
    steps = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "charge", "position"], name="charge_item_position_once")
        ]


class Instalment(BodyRow):
    """期別 — a part of a charge with its own due date (納期限). Insert-only."""

    charge = SameBody(Charge, on_delete=models.PROTECT, related_name="instalments", index=False)
    number = models.PositiveSmallIntegerField()
    amount_yen = models.BigIntegerField()
    due_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "charge", "number"], name="instalment_number_once"),
            models.CheckConstraint(condition=Q(amount_yen__gt=0), name="instalment_is_of_one_yen_or_more"),
        ]


class Slip(BodyRow):
    """納付書 — a printed demand for one instalment. Twelve digits, the last a check digit. Insert-only."""

    instalment = SameBody(Instalment, on_delete=models.PROTECT, related_name="slips")
    letter = SameBody("documents.Letter", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=12)
    amount_yen = models.BigIntegerField()
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "number"], name="slip_number_once")]


class Attempt(BodyRow):
    """カード払いの試み — one visit to a card company for a charge.

    `order_id` begins with the body's code, so that news from outside finds its body, and cannot be guessed.
    `check_at`: when to ask the company ourselves; empty once the outcome is final.
    """

    across = ("id", "body_id", "state", "check_at")

    charge = SameBody(Charge, on_delete=models.PROTECT, related_name="attempts")
    gateway = models.CharField(max_length=40)
    order_id = models.CharField(max_length=40)
    amount_yen = models.BigIntegerField()
    state = models.CharField(max_length=10, default=AttemptState.STARTED.value)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    check_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "order_id"], name="attempt_order_once"),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in AttemptState]), name="attempt_state_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["check_at"], condition=Q(check_at__isnull=False), name="attempt_to_check")
        ]


class Receipt(BodyRow):
    """収納 — money that came in: at the counter, by card, by transfer. Insert-only.

    `stage` preliminary is 速報 (the company says so), final is 確報. `external_id` is the other side's number
    (or the form's, at the counter): the same money is booked once.
    """

    class Channel(models.TextChoices):
        COUNTER = "counter"
        CARD = "card"
        TRANSFER = "transfer"

    class Stage(models.TextChoices):
        PRELIMINARY = "preliminary"
        FINAL = "final"

    across = ("id", "body_id", "channel", "amount_yen", "fiscal_year", "received_at")

    charge = SameBody(Charge, on_delete=models.PROTECT, related_name="receipts")
    attempt = SameBody(Attempt, on_delete=models.PROTECT, related_name="receipts", null=True)
    slip = SameBody(Slip, on_delete=models.PROTECT, related_name="receipts", null=True, index=False)
    fiscal_year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    channel = models.CharField(max_length=8, choices=Channel.choices)
    stage = models.CharField(max_length=11, choices=Stage.choices)
    amount_yen = models.BigIntegerField()
    external_id = models.CharField(max_length=80)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "fiscal_year", "number"], name="receipt_number_once"),
            models.UniqueConstraint(fields=["body", "channel", "external_id"], name="receipt_booked_once"),
            models.CheckConstraint(condition=Q(amount_yen__gt=0), name="receipt_is_of_one_yen_or_more"),
        ]

    @property
    def display_number(self) -> str:
        """領収番号 as it is printed."""
        return f"{self.fiscal_year}-{self.number:06d}"


class Confirmation(BodyRow):
    """確報 — the money of a preliminary receipt has arrived in our account. Insert-only."""

    receipt = SameBody(Receipt, on_delete=models.PROTECT, related_name="confirmations", index=False)
    confirmed_on = models.DateField()
    booked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "receipt"], name="receipt_confirmed_once")]


class Allocation(BodyRow):
    """消込 — yen of a receipt that pay an instalment; negative when taken back. Insert-only."""

    receipt = SameBody(Receipt, on_delete=models.PROTECT, related_name="allocations")
    instalment = SameBody(Instalment, on_delete=models.PROTECT, related_name="allocations")
    amount_yen = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount_yen=0), name="allocation_moves_money")]


class WriteOff(BodyRow):
    """不納欠損 — yen of an instalment that will never come. Insert-only; why stands with the deed of the act."""

    instalment = SameBody(Instalment, on_delete=models.PROTECT, related_name="write_offs")
    amount_yen = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_yen__gt=0), name="write_off_is_of_one_yen_or_more")
        ]


class Reduction(BodyRow):
    """減額調定 — yen taken off an instalment because less is owed than was charged. Insert-only.

    The charge's own sum is the lowered one; a line with the difference stands below its others.
    """

    instalment = SameBody(Instalment, on_delete=models.PROTECT, related_name="reductions")
    amount_yen = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_yen__gt=0), name="reduction_is_of_one_yen_or_more")
        ]


class Overpayment(BodyRow):
    """過納 — yen of a receipt that pay nothing: they wait for 還付 or 充当. `left_yen` is what is still there."""

    across = ("id", "body_id", "why", "amount_yen", "left_yen", "found_at")

    receipt = SameBody(Receipt, on_delete=models.PROTECT, related_name="overpayments")
    why = models.CharField(max_length=14)
    amount_yen = models.BigIntegerField()
    left_yen = models.BigIntegerField()
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(left_yen__gte=0) & Q(left_yen__lte=F("amount_yen")) & Q(amount_yen__gt=0),
                name="overpayment_is_not_refunded_twice",
            ),
            models.CheckConstraint(
                condition=Q(why__in=[w.value for w in Why]), name="overpayment_reason_is_known"
            ),
        ]
        indexes = [models.Index(fields=["body", "id"], condition=Q(left_yen__gt=0), name="overpayment_open")]


class Refund(BodyRow):
    """還付・充当 — a wish to give an overpayment back, or to use it for another charge (`target`)."""

    overpayment = SameBody(Overpayment, on_delete=models.PROTECT, related_name="refunds")
    target = SameBody(Charge, on_delete=models.PROTECT, related_name="applied", null=True, index=False)
    amount_yen = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, default=RefundState.REQUESTED.value)
    requested_by = models.BigIntegerField(null=True)
    requested_at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    paid_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_yen__gt=0), name="refund_is_of_one_yen_or_more"),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in RefundState]), name="refund_state_is_known"
            ),
            models.UniqueConstraint(
                fields=["body", "overpayment"],
                condition=Q(state__in=[RefundState.REQUESTED.value, RefundState.APPROVED.value]),
                name="one_refund_under_way",
            ),
        ]
        indexes = [models.Index(fields=["body", "state", "id"], name="refund_by_state")]


class WebhookCall(BodyRow):
    """決済の知らせ — one piece of news from a card company, taken once. Insert-only."""

    attempt = SameBody(Attempt, on_delete=models.PROTECT, related_name="calls")
    event_id = models.CharField(max_length=80)
    result = models.CharField(max_length=10)
    amount_yen = models.BigIntegerField()
    transaction_id = models.CharField(max_length=80)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "attempt", "event_id"], name="news_taken_once")
        ]


class SimulatorOrder(SharedRow):
    """模擬カード会社の注文 — a row of the simulated card company, which knows no bodies."""

    id = models.BigAutoField(primary_key=True)
    order_id = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    amount_yen = models.BigIntegerField()
    taken_yen = models.BigIntegerField(default=0)
    return_url = models.CharField(max_length=500)
    notify_url = models.CharField(max_length=500)
    result = models.CharField(max_length=10, default="")
    course = models.CharField(max_length=16, default="")
    transaction_id = models.CharField(max_length=40, default="")
    known_from = models.DateTimeField(null=True)


class SimulatorCall(SharedRow):
    """A webhook the simulated company will send, or has sent, with our answer."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(SimulatorOrder, on_delete=models.CASCADE, related_name="calls")
    payload = models.TextField()
    forged = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(sent_at__isnull=True), name="simulator_call_due")
        ]
