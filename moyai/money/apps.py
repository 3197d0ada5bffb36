from django.apps import AppConfig


class MoneyConfig(AppConfig):
    name = "moyai.money"
    label = "money"
    verbose_name = "収納"

    def ready(self) -> None:
        from moyai.money import checks, simulator

        checks.register_checks()
        simulator.open_for_business()
