"""Letters that were issued, files that were taken in, and files that are handed over by link."""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moyai.tenants.public import BodyRow, SameBody

KEY_LENGTH = 32


class Upload(BodyRow):
    """添付ファイル — a file that someone gave us, kept outside the database under a random key.

    `drafter_hash` binds it to the draft or the account that brought it; only that one may claim or
    delete it. An upload that nobody claims within two days goes. `scanner` says what looked at it:
    "clamd", or "none" where no scanner is configured and only the content was examined.
    """

    across = ("id", "body_id", "state", "size", "kept_at")

    class State(models.TextChoices):
        QUARANTINED = "quarantined", _("確認中")
        CLEAN = "clean", _("添付済")
        REFUSED = "refused", _("受け付けられません")
        PURGED = "purged", _("保存期間の終了により削除")

    key = models.CharField(max_length=KEY_LENGTH)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=100)
    accept = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUARANTINED)
    why = models.CharField(max_length=12, default="", blank=True)
    scanner = models.CharField(max_length=12, default="", blank=True)
    drafter_hash = models.CharField(max_length=64)
    kept_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    claimed_kind = models.CharField(max_length=60, default="", blank=True)
    claimed_id = models.BigIntegerField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    keep_until = models.DateField(null=True, blank=True)
    purged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "key"], name="upload_key_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["quarantined", "clean", "refused", "purged"]),
                name="upload_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state="refused") ^ models.Q(why=""), name="upload_refused_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["body", "claimed_kind", "claimed_id"], name="upload_by_thing"),
            models.Index(fields=["body", "state", "kept_at"], name="upload_by_state"),
            models.Index(
                fields=["body", "keep_until"],
                condition=models.Q(keep_until__isnull=False),
                name="upload_by_end",
            ),
        ]

    def __str__(self) -> str:
        return self.name


# Every reason why a file is not taken, in the words its sender reads.
WHY_REFUSED: dict[str, str | Promise] = {
    "type": _("この種類のファイルは受け付けていません。PDFか写真（JPEG・PNG・HEIC）にしてください。"),
    "empty": _("ファイルの中身が空です。もう一度選んでください。"),
    "size": _("ファイルが大きすぎます。小さくするか、分けて添付してください。"),
    "broken": _("ファイルを開けませんでした。保存し直すか、撮り直してください。"),
    "password": _("パスワードの付いたファイルです。パスワードを外してから添付してください。"),
    "script": _("自動で動く仕組み（マクロや埋め込みファイル）があります。外してから添付してください。"),
    "pages": _("ページ数が多すぎます。1,000ページ以内に分けてください。"),
    "pixels": _("画像の縦横が大きすぎます。6,000万画素以内に縮めてください。"),
    "bomb": _("開くと極端に大きくなるファイルです。別の方法で保存し直してください。"),
    "two_faced": _("2種類の形式が混ざったファイルです。保存し直してから添付してください。"),
    "virus": _("ウイルスが見つかりました。このファイルは保存していません。"),
    "unscannable": _("大きすぎてウイルスの確認ができません。分けて添付してください。"),
}


class Arrival(BodyRow):
    """途中のファイル — a large file that comes in pieces over a bad network, until it is whole.

    `offset` is what is safely on the disk (synced before the row commits); what lies behind it in the file is not
    believed. Bound like an upload. Gone a day after its last piece. Once whole, `upload_id_made` names what it
    became, so that a lost answer can be asked for again, and the name is with the upload alone.
    """

    token = models.CharField(max_length=40)
    key = models.CharField(max_length=KEY_LENGTH)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    max_bytes = models.PositiveBigIntegerField()
    accept = models.JSONField(default=list)
    drafter_hash = models.CharField(max_length=64)
    begun_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    upload_id_made = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "token"], name="arrival_token_once"),
            models.CheckConstraint(
                condition=models.Q(offset__lte=models.F("size")) & models.Q(size__lte=models.F("max_bytes")),
                name="arrival_within_its_size",
            ),
        ]
        indexes = [
            models.Index(fields=["body", "drafter_hash"], name="arrival_by_drafter"),
            models.Index(fields=["body", "touched_at"], name="arrival_by_time"),
        ]


class Letter(BodyRow):
    """公文書 — a letter that was issued: its facts as they were, its number, and the PDF made of them.

    Unique by thing, kind and sequence, so that issuing twice makes one letter. The number (文書番号) is
    gapless in the fiscal year. `facts` is the snapshot that was printed; a reprint is the stored file.
    `signature` says who signed it (`signing.Signature.kept`); empty where no certificate was configured.
    """

    across = ("id", "body_id", "kind", "state", "issued_at")

    class State(models.TextChoices):
        WAITING = "waiting", _("作成中")
        READY = "ready", _("作成済")
        FAILED = "failed", _("作成失敗")
        PURGED = "purged", _("保存期間の終了により削除")

    FLOW = {
        (State.WAITING, "render"): State.READY,
        (State.WAITING, "fail"): State.FAILED,
        (State.FAILED, "render"): State.READY,
        (State.FAILED, "fail"): State.FAILED,
        (State.WAITING, "purge"): State.PURGED,
        (State.READY, "purge"): State.PURGED,
        (State.FAILED, "purge"): State.PURGED,
    }

    kind = models.CharField(max_length=80)
    thing_kind = models.CharField(max_length=60)
    thing_id = models.BigIntegerField()
    sequence = models.PositiveSmallIntegerField(default=1)
    fiscal_year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    number_text = models.CharField(max_length=60)
    facts = models.JSONField()
    code = models.CharField(max_length=32)
    issued_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    trouble = models.CharField(max_length=300, default="", blank=True)
    key = models.CharField(max_length=KEY_LENGTH, default="", blank=True)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    rendered_at = models.DateTimeField(null=True, blank=True)
    signature = models.JSONField(default=dict, blank=True)
    keep_until = models.DateField(null=True, blank=True)
    purged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "thing_kind", "thing_id", "kind", "sequence"], name="letter_made_once"
            ),
            models.UniqueConstraint(fields=["body", "fiscal_year", "number"], name="letter_number_once"),
            models.UniqueConstraint(fields=["body", "code"], name="letter_code_once"),
            models.CheckConstraint(
                condition=~models.Q(state="ready") | ~models.Q(sha256=""), name="letter_ready_has_its_hash"
            ),
        ]
        indexes = [
            models.Index(
                fields=["body", "keep_until"],
                condition=models.Q(keep_until__isnull=False),
                name="letter_by_end",
            ),
        ]

    def __str__(self) -> str:
        return self.number_text


class HandOver(BodyRow):
    """ファイルの受渡し — one file put up for one named recipient, by link, for a time and a number of times.

    The link works only after somebody else than the sender has approved it. `FLOW` is every move there is.
    """

    across = ("id", "body_id", "state", "requested_at", "downloads")

    class State(models.TextChoices):
        REQUESTED = "requested", _("承認待ち")
        OPEN = "open", _("受渡し中")
        DECLINED = "declined", _("差戻し")
        REVOKED = "revoked", _("取消し")
        USED_UP = "used_up", _("受取り済")
        EXPIRED = "expired", _("期限切れ")

    FLOW = {
        (State.REQUESTED, "approve"): State.OPEN,
        (State.REQUESTED, "decline"): State.DECLINED,
        (State.REQUESTED, "revoke"): State.REVOKED,
        (State.REQUESTED, "expire"): State.EXPIRED,
        (State.OPEN, "revoke"): State.REVOKED,
        (State.OPEN, "use_up"): State.USED_UP,
        (State.OPEN, "expire"): State.EXPIRED,
    }

    upload = SameBody("documents.Upload", on_delete=models.PROTECT, related_name="hand_overs")
    title = models.CharField(max_length=100)
    recipient = models.CharField(max_length=200)
    for_body = models.ForeignKey(
        "tenants.Body", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    message = models.CharField(max_length=800, default="", blank=True)
    token = models.CharField(max_length=40)
    passphrase_hash = models.CharField(max_length=128, default="", blank=True)
    expires_at = models.DateTimeField()
    download_limit = models.PositiveSmallIntegerField()
    downloads = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    requested_by_id = models.BigIntegerField()
    requested_by = models.CharField(max_length=200)
    requested_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, default="", blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(max_length=400, default="", blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "token"], name="hand_over_token_once"),
            models.CheckConstraint(
                condition=models.Q(decided_by_id__isnull=True)
                | ~models.Q(decided_by_id=models.F("requested_by_id")),
                name="hand_over_has_four_eyes",
            ),
            models.CheckConstraint(
                condition=models.Q(downloads__lte=models.F("download_limit")),
                name="hand_over_within_its_limit",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="open") | models.Q(decided_by_id__isnull=False),
                name="hand_over_open_was_approved",
            ),
        ]
        indexes = [
            models.Index(fields=["body", "state", "expires_at"], name="hand_over_by_state"),
        ]

    def __str__(self) -> str:
        return self.title


class HandOverVisit(BodyRow):
    """受取りの記録 — one try to fetch a handed-over file: when, from which network, and how it ended."""

    across = ()

    class Outcome(models.TextChoices):
        FETCHED = "fetched", _("受け取りました")
        WRONG_PASSPHRASE = "wrong", _("合言葉が違いました")

    hand_over = SameBody("documents.HandOver", on_delete=models.PROTECT, related_name="visits")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    account_id = models.BigIntegerField(null=True, blank=True)
    network = models.CharField(max_length=60, default="", blank=True)
    request_id = models.CharField(max_length=40, default="", blank=True)
