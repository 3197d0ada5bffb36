from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "moyai.calendars"

    def ready(self) -> None:
        from moyai.calendars.fields import WarekiPartsField
        from moyai.people.public import birth_date_field

        birth_date_field.use(WarekiPartsField)
