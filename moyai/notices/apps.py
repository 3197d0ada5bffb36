from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "moyai.notices"
    label = "notices"
    verbose_name = "通知"
