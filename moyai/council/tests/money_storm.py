"""Two connections at once on the council's money; run in a process of its own, on a database of its own.

Prints one line of JSON: what each of the two got, and what is in the tables afterwards.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import date
from typing import Any


def both(*acts: Callable[[], Any]) -> list[str]:
    """Run acts at the same moment, each on its own connection; the code of the refusal, or "done"."""
    from django.db import connection, transaction

    from moyai.tenants.public import Refusal

    start, told = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            with transaction.atomic():
                connection.cursor().execute("SELECT 1")
                start.wait(10)
                act()
            told[place] = "done"
        except Refusal as refusal:
            told[place] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(told)


def main() -> None:
    import django

    django.setup()
    from django.db import transaction
    from django.db.models import Sum

    from moyai.council.actions.bills import issue_bills, receive_burden
    from moyai.council.actions.budgets import LineEdit, draft_budget, edit_budget
    from moyai.council.actions.burdens import decide_burden, draft_burden
    from moyai.council.actions.entries import post_entry, reverse_entry
    from moyai.council.actions.settlements import audit_settlement, draft_settlement
    from moyai.council.models import Bill, Budget, Burden, Entry
    from moyai.council.tests.money_setup import (
        APRIL,
        AUDITOR,
        PAID_ON,
        SECRETARY,
        YEAR,
        open_books,
        pay,
        shared,
    )
    from moyai.tenants.public import Body, clock
    from moyai.web.demo_council import load_council

    with transaction.atomic():
        load_council()
        books = open_books()
        bodies = list(Body.objects.order_by("code")[:3])
        pay(books, "procurement", "management", bodies)
        now = clock.now()
        account = books.accounts["procurement"]
        draft = draft_budget(actor=SECRETARY, now=now, account=account, fiscal_year=YEAR, name="補正")
        line = draft.lines.get(line__side="expense", line__code="reserve")
    by = {"actor": SECRETARY, "now": now}
    found: dict[str, Any] = {}

    # two secretaries, one budget line
    found["edits"] = both(*(
        lambda yen=yen: edit_budget(**by, budget=draft, edits=[LineEdit(line.pk, 1, yen)]) for yen in (50_000, 60_000)
    ))  # fmt: skip
    line.refresh_from_db()
    found["line"] = [line.yen in (50_000, 60_000), line.version]

    # two drafts of one year
    with transaction.atomic():
        from moyai.council.actions.budgets import withdraw_budget

        withdraw_budget(**by, budget=draft, reason="やめる")
    found["drafts"] = both(*(
        lambda name=name: draft_budget(**by, account=account, fiscal_year=YEAR, name=name) for name in ("a", "b")
    ))  # fmt: skip
    found["open"] = Budget.objects.filter(account=account, fiscal_year=YEAR, state="draft").count()
    with transaction.atomic():
        withdraw_budget(
            **by, budget=Budget.objects.get(account=account, fiscal_year=YEAR, state="draft"), reason="やめる"
        )

    # two expenses on what is left of one line
    posting = {
        "account": account,
        "fiscal_year": YEAR,
        "line": books.lines["procurement", "expense", "reserve"],
    }
    found["expenses"] = both(
        *(lambda: post_entry(**by, **posting, on=PAID_ON, yen=30_000) for _each in range(2))
    )
    found["spent"] = Entry.objects.filter(account=account).aggregate(sum=Sum("yen"))["sum"]

    # one entry taken back twice
    wrong = Entry.objects.get(account=account)
    found["counters"] = both(*(
        lambda: reverse_entry(**by, entry=wrong, on=PAID_ON, reason="誤り") for _each in range(2)
    ))  # fmt: skip
    found["left"] = Entry.objects.filter(account=account).aggregate(sum=Sum("yen"))["sum"]

    # two decisions of one year's burden
    with transaction.atomic():
        drafts = [
            draft_burden(**by, cost_line=books.costs["procurement", "company-data"], fiscal_year=YEAR, yen=100, payers_on=PAID_ON)
            for _each in range(2)
            if pay_once(books, bodies)
        ]  # fmt: skip
    found["decisions"] = both(*(
        lambda one=one: decide_burden(**by, burden=one, decided_on=APRIL, source="総会") for one in drafts
    ))  # fmt: skip
    found["decided"] = Burden.objects.filter(state="decided").count()

    # bills issued twice, one bill paid twice
    with transaction.atomic():
        burden = shared(books.costs["procurement", "management"], 300)
    found["issues"] = both(*(
        lambda: issue_bills(**by, burden=burden, billed_on=APRIL, due_on=date(2017, 5, 31), by_mail=False)
        for _each in range(2)
    ))  # fmt: skip
    found["bills"] = Bill.objects.filter(share__burden=burden).count()
    bill = Bill.objects.filter(share__burden=burden).order_by("pk").first()
    assert bill is not None
    found["receipts"] = both(*(lambda: receive_burden(**by, bill=bill, on=PAID_ON) for _each in range(2)))
    found["received"] = Entry.objects.filter(bill=bill).aggregate(sum=Sum("yen"))["sum"]

    # an expense against the closing of the book
    with transaction.atomic():
        settlement = draft_settlement(**by, account=account, fiscal_year=YEAR)
    found["closing"] = both(
        lambda: post_entry(**by, **posting, on=PAID_ON, yen=1_000),
        lambda: audit_settlement(
            actor=AUDITOR, now=now, settlement=settlement, audited_on=date(2018, 5, 14), audited_by="監査役", opinion="適正"
        ),
    )  # fmt: skip
    settlement.refresh_from_db()
    spent = Entry.objects.filter(account=account, line__side="expense").aggregate(sum=Sum("yen"))["sum"]
    found["audited_as_posted"] = settlement.expense_yen == spent
    print(json.dumps(found))


def pay_once(books: Any, bodies: Any) -> bool:
    """The payers of the other cost line, once."""
    from moyai.council.models import Payer
    from moyai.council.tests.money_setup import pay

    if not Payer.objects.filter(cost_line=books.costs["procurement", "company-data"]).exists():
        pay(books, "procurement", "company-data", bodies)
    return True


if __name__ == "__main__":
    main()
