"""施設予約 — installed as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ReservationsConfig(AppConfig):
    name = "moyai.reservations"
    label = "reservations"
    verbose_name = "施設予約"
