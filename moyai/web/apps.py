from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "moyai.web"
    label = "web"
    verbose_name = "もやい"
