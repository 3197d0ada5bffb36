"""Pages of the members' staff, by noun: each file gives its `urlpatterns`."""

from django.utils.translation import gettext_lazy

from moyai.operations.office import desk, events, levels

COUNCIL = gettext_lazy("協議会")  # a member's staff find these beside the council's own pages
MENU = [
    (gettext_lazy("受付"), "operations_office_desk", COUNCIL),
    (gettext_lazy("研修・行事"), "operations_office_events", COUNCIL),
    (gettext_lazy("システムの稼働"), "operations_office_levels", COUNCIL),
]
urlpatterns = [*desk.urlpatterns, *events.urlpatterns, *levels.urlpatterns]
