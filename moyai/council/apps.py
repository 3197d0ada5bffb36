from django.apps import AppConfig


class CouncilConfig(AppConfig):
    name = "moyai.council"
    label = "council"
    verbose_name = "協議会"
