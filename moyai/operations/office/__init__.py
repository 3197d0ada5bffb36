"""Pages of the members' staff, by noun: each file gives its `urlpatterns`."""

from django.utils.translation import gettext_lazy

from moyai.operations.office import desk, events, levels

MENU = [
    (gettext_lazy("協議会の受付"), "operations_office_desk"),
    (gettext_lazy("協議会の研修・行事"), "operations_office_events"),
    (gettext_lazy("協議会のシステムの稼働"), "operations_office_levels"),
]
urlpatterns = [*desk.urlpatterns, *events.urlpatterns, *levels.urlpatterns]
