from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "moyai.web"
    label = "web"
    verbose_name = "もやい"

    def ready(self) -> None:
        from moyai.web.report_sections import fill_register

        fill_register()
