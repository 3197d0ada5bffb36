from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "moyai.operations"
    label = "operations"
    verbose_name = "運用"
