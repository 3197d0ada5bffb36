from django.apps import AppConfig, apps


class RulebookConfig(AppConfig):
    name = "moyai.rulebook"

    def ready(self) -> None:
        from moyai.rulebook.registry import load

        load([config.name for config in apps.get_app_configs() if config.name.startswith("moyai.")])
