"""表決 — an item put to the vote, the papers as they were sent, and each vote in a chain that shows a removed one."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from moyai.council.models.meetings import Item
from moyai.tenants.public import Body, SharedRow


class Ballot(SharedRow):
    """表決 — of one item, by those who may vote on the day it is opened. `papers` are the digests of what was sent.

    A paper changed after sending makes a new ballot (`replaces`), never a changed one. The chain of its votes begins with a link of
    what it was opened with (`opening`) and ends with one of what became of it (`ending`): counted, void or withdrawn.
    """

    class State(models.TextChoices):
        OPEN = "open", _("受付中")
        CLOSED = "closed", _("集計済")
        VOID = "void", _("無効（資料の差替え）")
        STOPPED = "stopped", _("取りやめ")

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="ballots")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    voters = models.JSONField(default=list)  # 団体コード of those who may vote, fixed when it opens
    rule = models.JSONField(default=dict)  # the VotingRule in force, as it was
    papers = models.JSONField(default=list)  # [{"paper": id, "title": …, "sha256": …}]
    opened_at = models.DateTimeField()
    deadline = models.DateTimeField(null=True, blank=True)  # of a written one; a vote at this instant counts
    closed_at = models.DateTimeField(null=True, blank=True)
    tally = models.JSONField(default=dict)
    carried = models.BooleanField(null=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    opening = models.CharField(max_length=64, default="", blank=True)  # digest of the first link
    ending = models.JSONField(default=dict, blank=True)  # {"by", "reason", "votes": how many, "after": digest}
    head = models.CharField(max_length=64, default="", blank=True)  # digest of the last link of the chain

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=models.Q(state="open"), name="one_open_ballot_per_item"
            )
        ]


class Vote(SharedRow):
    """一票 — never changed; who votes again adds one, and the last before the deadline counts. `digest` continues the one before."""

    class Choice(models.TextChoices):
        FOR = "for", _("賛成")
        AGAINST = "against", _("反対")
        ABSTAIN = "abstain", _("棄権")

    class How(models.TextChoices):
        PRESENT = "present", _("出席")
        WRITTEN = "written", _("書面")
        PROXY = "proxy", _("委任")

    ballot = models.ForeignKey(Ballot, on_delete=models.PROTECT, related_name="votes")
    place = models.PositiveIntegerField()
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(
        max_length=8, choices=Choice.choices, default="", blank=True
    )  # blank: 委任 only
    how = models.CharField(max_length=8, choices=How.choices)
    proxy = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # 受任者
    comment = models.CharField(max_length=1000, default="", blank=True)
    cast_at = models.DateTimeField()
    cast_by = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ballot", "place"], name="vote_place_once")]


class Reminder(SharedRow):
    """督促 — who was reminded of an open ballot, and when: once a body and day."""

    ballot = models.ForeignKey(Ballot, on_delete=models.PROTECT, related_name="reminders")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    sent_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ballot", "body", "sent_on"], name="reminded_once_a_day")
        ]
