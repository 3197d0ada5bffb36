"""Setting the letters of bills in type, one by one."""

from __future__ import annotations

from datetime import datetime

from moyai.tenants.public import Actor, job


@job(name="council.make_bill", queue="default", retry=5)
def make_bill(*, bill_id: int, now: datetime) -> None:
    """The PDF of one bill, once; a bill that has its own stays as it is."""
    from moyai.council.actions.bills import print_bill
    from moyai.council.models import Bill

    bill = Bill.objects.filter(pk=bill_id, file__isnull=True).first()
    if bill is not None:
        print_bill(actor=Actor.system(None), now=now, bill=bill)
