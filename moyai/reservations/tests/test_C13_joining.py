"""新規利用予定団体の費用負担 (C13), the part of 施設予約: the published rule, and the secretariat's page that works it out from rows."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moyai.audit.public import CouncilDeed
from moyai.money.public import months_between
from moyai.reservations.models import Facility
from moyai.reservations.rules.joining import (
    Basis,
    CannotJoin,
    entry_yen,
    mix_of,
    parts_of,
    remaining,
)
from moyai.reservations.tests.people import registered
from moyai.rulebook.public import BadCase, NoVersion, Quote, quote
from moyai.tenants.public import Service, ServiceUse, acting_in, clock, members_of
from moyai.web.demo_council import load_council

RULE = "reservation-joining-fee"
PAGE = "/council/reservations/joining/"
EQUAL, MIXED = date(2019, 4, 1), date(2026, 10, 1)


def members(*paid: int, **facts: int) -> list[dict[str, Any]]:
    return [
        {"code": f"12{n:04}", "name": f"団体{n}", "paid_yen": yen, **facts} for n, yen in enumerate(paid, 1)
    ]


def worked(on: date = EQUAL, **case: Any) -> Quote:
    known = {
        "cost_yen": 12_000_000,
        "contract_from": "2016-04-01",
        "months": 120,
        "joins_on": on.isoformat(),
        "members": members(0, 0, 0, 0, 0),
    }
    return quote(RULE, {**known, **case}, on=on)


def values(found: Quote, end: str) -> list[int]:
    return [step.value for step in found.steps if step.label.endswith(end) and isinstance(step.value, int)]


def credits(found: Quote) -> list[int]:
    return values(found, "に充当する額")


def test_C13_entry_fee_of_a_late_joiner_and_its_credit_to_five_bodies() -> None:
    found = worked()
    assert found.result == 1_400_000 and credits(found) == [280_000] * 5


def test_C13_credit_goes_by_what_each_body_paid() -> None:
    found = worked(members=members(6_000_000, 3_000_000, 3_000_000, 0))
    assert found.result == 1_680_000  # a fifth of 8,400,000
    assert credits(found) == [840_000, 420_000, 420_000, 0]


def test_C13_facilities_and_users_weigh_by_the_dated_mix_and_months_before_stay_untouched() -> None:
    before = members(0, facilities=30, users=6_000) + members(0, 0, facilities=10, users=4_000)[1:]
    found = worked(
        MIXED, contract_from="2024-04-01", members=before, facilities=10, monthly_yen=300_000, own_yen=7
    )
    assert found.result == 1_920_000 + 7
    assert sum(credits(found)) == 1_920_000
    monthly = values(found, "の月額（加入する月から）")
    assert sum(monthly) == 300_000 and monthly[-1] == 64_000  # 16/75
    assert "均等割40％" in found.version.source


def test_C13_a_basis_that_nobody_has_is_borne_equally() -> None:
    found = worked(MIXED, contract_from="2024-04-01", monthly_yen=600)
    assert found.result == 1_500_000 and credits(found) == [300_000] * 5
    assert values(found, "の月額（加入する月から）") == [100] * 6
    assert [step.value for step in found.steps if step.label.endswith("の割合")] == ["1/6"]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    cost=st.integers(0, 10**10),
    months=st.integers(1, 240),
    begun=st.integers(0, 239),
    paid=st.lists(st.integers(0, 10**8), min_size=1, max_size=12),
    own=st.integers(0, 10**6),
)
def test_C13_what_joins_is_what_is_credited_to_the_yen(
    cost: int, months: int, begun: int, paid: list[int], own: int
) -> None:
    first = date(2017, 4, 1)
    joins = date(first.year + (first.month - 1 + begun) // 12, (first.month - 1 + begun) % 12 + 1, 28)
    case = {
        "cost_yen": cost,
        "months": months,
        "members": members(*paid),
        "own_yen": own,
        "contract_from": "2017-04-01",
    }
    if begun >= months:
        with pytest.raises(BadCase) as refused:
            worked(EQUAL, joins_on=joins.isoformat(), **case)
        assert list(refused.value.fields) == ["joins_on"]
        return
    found = worked(EQUAL, joins_on=joins.isoformat(), **case)
    entry = found.amount_yen - own
    exact = Fraction(cost * (months - begun), months * (len(paid) + 1))
    assert 0 <= exact - entry < 1
    assert sum(credits(found)) == entry
    # Later is never dearer, one more body never makes it dearer.
    if begun + 1 < months:
        later = remaining(cost, months=months, begun=begun + 1)
        assert entry_yen(later, parts_of({"equal": 100}, Basis(), [Basis()] * len(paid))) <= entry


def test_C13_what_cannot_be_worked_out_is_refused_with_its_field() -> None:
    for field, case in (
        ("joins_on", {"joins_on": "2016-03-31"}),
        ("joins_on", {"joins_on": "2026-04-01"}),
        ("members", {"members": []}),
        ("members", {"members": members(1, 1) + members(1)}),
        ("cost_yen", {"cost_yen": -1}),
    ):
        with pytest.raises(BadCase) as refused:
            worked(**case)
        assert any(name.split(".")[0] == field for name in refused.value.fields), (
            field,
            refused.value.fields,
        )
    with pytest.raises(BadCase):
        worked(holiday=True)
    with pytest.raises(NoVersion):
        worked(date(2016, 5, 1))
    with pytest.raises(CannotJoin):
        mix_of({"equal": 50, "facilities": 40, "users": 0})
    assert months_between(date(2016, 4, 1), date(2019, 4, 30)) == 36


# --- the page ------------------------------------------------------------------------------------------
@pytest.fixture
def candidate(world: Any) -> dict[str, Any]:
    """千葉市 has left the service: it is the newcomer, with what its rows hold; ten bodies of the reference year use it."""
    load_council()
    with acting_in(world.chiba) as now:
        today = clock.today(now)
        service = Service.objects.get(code="reservations")
        ServiceUse.objects.filter(body=world.chiba, service=service).update(
            until_on=today - timedelta(days=1)
        )
        halls = [
            one
            for one in Facility.objects.filter(body=world.chiba, published=True)
            if one.used_from <= today and (one.used_until or today) >= today
        ]
        users = registered(world.chiba, today).total
    assert halls and users
    return {
        "today": today,
        "facilities": len(halls),
        "users": users,
        "members": list(members_of(service, today)),
    }


def told(candidate: dict[str, Any], **more: str) -> dict[str, str]:
    today: date = candidate["today"]
    return {
        "try": "1",
        "body": "121002",
        "joins_on": today.isoformat(),
        "contract_from": today.replace(year=today.year - 1, day=1).isoformat(),
        "months": "120",
        "cost_yen": "12,000,000",
        **more,
    }


def test_C13_secretariat_works_out_a_candidates_cost_from_its_rows(
    candidate: dict[str, Any], world: Any, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_for(world.secretary)
    first = client.get(PAGE)
    text = first.content.decode()
    assert "<h1>新規利用団体の費用負担</h1>" in text and "千葉市" in text and "worked" not in first.context
    deeds = CouncilDeed.objects.count()
    with django_assert_max_num_queries(26):
        answer = client.get(PAGE, told(candidate, monthly_yen="500000"))
    assert answer.status_code == 200 and CouncilDeed.objects.count() == deeds + 1
    shown = answer.context["worked"]
    bases = {row[0]["text"]: row[1:3] for row in shown["bases"]["rows"]}
    assert bases["千葉市（加入する団体）"] == [f"{candidate['facilities']:,}", f"{candidate['users']:,}"]
    assert len(bases) == 1 + len(candidate["members"])
    today: date = candidate["today"]
    by_rule = quote(
        RULE,
        {
            "cost_yen": 12_000_000,
            "contract_from": today.replace(year=today.year - 1, day=1).isoformat(),
            "months": 120,
            "joins_on": today.isoformat(),
            "facilities": candidate["facilities"],
            "users": candidate["users"],
            "monthly_yen": 500_000,
            "members": [
                {
                    "code": one.code,
                    "name": one.name,
                    "facilities": int(bases[one.name][0].replace(",", "")),
                    "users": int(bases[one.name][1].replace(",", "")),
                }
                for one in candidate["members"]
            ],
        },
        on=today,
    )
    assert shown["yen"] == by_rule.amount_yen > 0
    text = answer.content.decode()
    assert f"千葉市が納める額：{shown['yen']:,}円" in text and "野田市に充当する額" in text
    assert "/rules/reservation-joining-fee/" in text and "協議会の定め（例）" in text


def test_C13_figures_may_be_typed_and_what_was_paid_decides_the_credit(
    candidate: dict[str, Any], world: Any, client_for: Any
) -> None:
    client = client_for(world.secretary)
    paid = "\n".join(f"{one.name}　{n * 100_000:,}円" for n, one in enumerate(candidate["members"]))
    answer = client.get(PAGE, told(candidate, facilities="50", users="0", paid=paid))
    assert answer.status_code == 200, dict(answer.context["form"].errors)
    rows = answer.context["worked"]["steps"]["rows"]
    given = {row[0]["text"]: row[1] for row in rows}
    assert given[f"{candidate['members'][0].name}に充当する額"] == "0円"
    assert answer.context["worked"]["bases"]["rows"][0][1:3] == ["50", "0"]
    whole = sum(
        int(row[1].rstrip("円").replace(",", "")) for row in rows if row[0]["text"].endswith("に充当する額")
    )
    assert f"{whole:,}円" == given["加入時の負担額"]


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"paid": "千葉市 1"}, "paid", "いまの利用団体ではありません"),
        ({"paid": "野田市"}, "paid", "団体と金額の行ではありません"),
        ({"paid": "野田市 5"}, "paid", "額がありません"),
        ({"paid": "野田市 5\n野田市 6"}, "paid", "2回あります"),
        ({"contract_from": "2001-04-01"}, "joins_on", "期間が終わった後"),
        ({"contract_from": "2027-04-01", "joins_on": "2027-03-31"}, "joins_on", "始まる月より前"),
        (
            {"joins_on": "2016-05-01", "contract_from": "2016-04-01"},
            "joins_on",
            "利用している団体がありません",
        ),
        ({"joins_on": "2018-05-01", "contract_from": "2016-04-01"}, "body", "すでに利用している団体"),
        ({"body": "999999"}, "body", ""),
        ({"cost_yen": "-5"}, "cost_yen", "0円以上"),
        ({"cost_yen": ""}, "cost_yen", ""),
        ({"months": "0"}, "months", ""),
    ],
)
def test_C13_what_is_wrong_stands_beside_its_field(
    candidate: dict[str, Any], world: Any, client_for: Any, wrong: dict[str, str], field: str, words: str
) -> None:
    answer = client_for(world.secretary).get(PAGE, told(candidate, **wrong))
    assert answer.status_code == 422 and "worked" not in answer.context
    assert words in "".join(answer.context["form"].errors[field])


def test_C13_the_page_is_the_councils_alone(world: Any, client_for: Any) -> None:
    assert client_for(world.at_chiba.administrator).get(PAGE).status_code == 404
    assert client_for(world.auditor).get(PAGE).status_code == 200
