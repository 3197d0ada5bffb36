"""施設予約 — installed as a Django app; hears of settled charges from money."""

from __future__ import annotations

from django.apps import AppConfig


class ReservationsConfig(AppConfig):
    name = "moyai.reservations"
    label = "reservations"
    verbose_name = "施設予約"

    def ready(self) -> None:
        from moyai.money.public import payables
        from moyai.people.public import my_page
        from moyai.reservations.actions.money import note_payment
        from moyai.reservations.mypage import page_of_charge, reservations_of_account

        payables.register("reservations.booking", on_settled=note_payment, page=page_of_charge)
        my_page.register("reservations", reservations_of_account)
