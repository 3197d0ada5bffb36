"""Who may do what with the calendars."""

from moyai.tenants.public import Role

PERMITS: dict[str, set[Role]] = {
    "calendars.set_office_day": {Role.ADMINISTRATOR},
    "calendars.clear_office_day": {Role.ADMINISTRATOR},
    "calendars.set_national_day": {Role.SECRETARIAT},
    "calendars.clear_national_day": {Role.SECRETARIAT},
}
