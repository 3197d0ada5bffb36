"""電子申請・届出 — installed as a Django app; hears of settled charges from money."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class ApplicationsConfig(AppConfig):
    name = "moyai.applications"
    label = "applications"
    verbose_name = "電子申請・届出"

    def ready(self) -> None:
        from moyai.applications.actions.news import EVENTS
        from moyai.applications.actions.payment import note_payment
        from moyai.applications.mypage import applications_of_account
        from moyai.applications.portal.inquiry import page_of_charge
        from moyai.money.public import payables
        from moyai.notices.public import events
        from moyai.people.public import api_scopes, my_page

        api_scopes.register("applications.read", gettext_lazy("申請を読む"))
        api_scopes.register("applications.export", gettext_lazy("申請の一覧を書き出す"))
        for kind, label in EVENTS.items():
            events.register(kind, label)
        payables.register("applications.application", on_settled=note_payment, page=page_of_charge)
        my_page.register("applications", applications_of_account)
