"""Staff pages: the body's outbox, and the receivers of events in other systems."""

from django.urls import path
from django.utils.translation import gettext_lazy

from moyai.notices.office import outbox, webhooks

MENU = [(gettext_lazy("通知"), "notices_office_outbox")]

urlpatterns = [
    path("notices/", outbox.outbox, name="notices_office_outbox"),
    path("notices/<int:message_id>/", outbox.message, name="notices_office_message"),
    path("notices/<int:message_id>/resend/", outbox.send_again, name="notices_office_resend"),
    path("webhooks/", webhooks.listing, name="notices_office_webhooks"),
    path("webhooks/new/", webhooks.new, name="notices_office_webhook_new"),
    path("webhooks/<int:webhook_id>/", webhooks.one, name="notices_office_webhook"),
    path("webhooks/<int:webhook_id>/secret/", webhooks.secret, name="notices_office_webhook_secret"),
    path("webhooks/<int:webhook_id>/rotate/", webhooks.rotate, name="notices_office_webhook_rotate"),
    path("webhooks/<int:webhook_id>/pause/", webhooks.pause, name="notices_office_webhook_pause"),
    path("webhooks/<int:webhook_id>/resume/", webhooks.resume, name="notices_office_webhook_resume"),
    path("webhooks/<int:webhook_id>/try/", webhooks.try_out, name="notices_office_webhook_try"),
    path(
        "webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/resend/",
        webhooks.send_again,
        name="notices_office_delivery_resend",
    ),
]
