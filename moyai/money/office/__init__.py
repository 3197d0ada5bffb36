"""Staff pages: 調定, the counter, transfers, 過納 and 還付."""

from django.urls import path
from django.utils.translation import gettext_lazy

from moyai.money.office import charges, counter, overpaid

MENU = [(gettext_lazy("収納"), "money_office_charges")]

urlpatterns = [
    path("money/", charges.charges, name="money_office_charges"),
    path("money/charges/<int:charge_id>/", charges.charge, name="money_office_charge"),
    path("money/charges/<int:charge_id>/receive/", counter.receive, name="money_office_receive"),
    path("money/charges/<int:charge_id>/transfer/", counter.transfer, name="money_office_transfer"),
    path("money/charges/<int:charge_id>/write-off/", charges.write_off, name="money_office_write_off"),
    path("money/charges/<int:charge_id>/cancel/", charges.cancel, name="money_office_cancel"),
    path("money/counter/", counter.counter, name="money_office_counter"),
    path("money/receipts/<int:receipt_id>/", counter.receipt, name="money_office_receipt"),
    path(
        "money/receipts/<int:receipt_id>/receipt.pdf", counter.receipt_file, name="money_office_receipt_file"
    ),
    path("money/overpaid/", overpaid.overpaid, name="money_office_overpaid"),
    path("money/overpaid/<int:overpayment_id>/", overpaid.overpayment, name="money_office_overpayment"),
    path("money/refunds/<int:refund_id>/", overpaid.refund, name="money_office_refund"),
]
