from django.apps import AppConfig


class CouncilConfig(AppConfig):
    name = "moyai.council"
    label = "council"
    verbose_name = "協議会"

    def ready(self) -> None:
        from moyai.council.queries.report import rates_printed
        from moyai.operations.public import printed_rates_of_services

        printed_rates_of_services.register("council", rates_printed)
