"""表決の要件 — quorum and majority of a committee from a day on, as its 会則 says."""

from __future__ import annotations

import re
from datetime import date, datetime

from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.council.actions.spans import check_alive
from moyai.council.models import Committee, VotingRule
from moyai.council.permits import PERMITS
from moyai.tenants.public import Actor, Refusal

_PART = re.compile(r"([0-9]{1,3})/([0-9]{1,3})")


class VotingRuleKnown(Refusal):
    code = "voting_rule_known"
    message = lazy("この日からの表決の要件は、すでに登録されています。")  # type: ignore[assignment]


class NotAPart(Refusal):
    code = "not_a_part"
    status = 422
    message = lazy("割合は「1/2」「2/3」のように、1以下の分数で入力してください。")  # type: ignore[assignment]


def part(text: str, field: str) -> tuple[int, int]:
    """「2/3」 → (2, 3). Raises NotAPart."""
    found = _PART.fullmatch(text.strip())
    if found is None or not 0 <= int(found[1]) <= int(found[2]) or int(found[2]) == 0:
        raise NotAPart(fields={field: str(NotAPart.message)})
    return int(found[1]), int(found[2])


@action("council.set_voting_rule", permits=PERMITS, refuses={"voting_rule_begins_once": VotingRuleKnown})
def set_voting_rule(
    *,
    actor: Actor,
    now: datetime,
    committee: Committee,
    from_on: date,
    source: str,
    name: str = "",
    quorum: str = "1/2",
    quorum_suffices: bool = True,
    majority: str = "1/2",
    majority_suffices: bool = False,
    base: str = VotingRule.Base.PRESENT,
    chair_breaks_ties: bool = True,
    written: bool = True,
    proxies: bool = True,
) -> VotingRule:
    """表決の要件を定める — from a day on; the ordinary one, or one by name (特別議決). `source` is the article.

    `…_suffices`: the part itself is enough (以上), else more than it (を超える). Raises NotAPart, NotAliveThen, VotingRuleKnown.
    """
    check_alive(committee, from_on, None)
    quorum_numerator, quorum_denominator = part(quorum, "quorum")
    majority_numerator, majority_denominator = part(majority, "majority")
    return VotingRule.objects.create(
        committee=committee,
        name=name,
        quorum_numerator=quorum_numerator,
        quorum_denominator=quorum_denominator,
        quorum_suffices=quorum_suffices,
        majority_numerator=majority_numerator,
        majority_denominator=majority_denominator,
        majority_suffices=majority_suffices,
        base=base,
        chair_breaks_ties=chair_breaks_ties,
        written=written,
        proxies=proxies,
        source=source,
        from_on=from_on,
    )
