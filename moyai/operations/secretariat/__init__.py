"""Pages of the secretariat, by noun: each file gives its `urlpatterns`; the menu stands here in the order of the work."""

from django.utils.translation import gettext_lazy

from moyai.operations.secretariat import desk, desk_acts, events, kinds, levels, news, probes, stops, systems

MENU = [
    (gettext_lazy("受付"), "operations_desk"),
    (gettext_lazy("稼働とサービスレベル"), "operations_levels"),
    (gettext_lazy("研修・行事"), "operations_events"),
    (gettext_lazy("メールマガジンと意見交換"), "operations_news"),
]
urlpatterns = [
    *levels.urlpatterns,
    *systems.urlpatterns,
    *stops.urlpatterns,
    *probes.urlpatterns,
    *desk.urlpatterns,
    *desk_acts.urlpatterns,
    *kinds.urlpatterns,
    *events.urlpatterns,
    *news.urlpatterns,
]
