"""Pages of the secretariat, by noun: each file gives its `urlpatterns`; the menu stands here in the order of the work."""

from django.utils.translation import gettext_lazy

from moyai.council.secretariat import uses

MENU = [(gettext_lazy("加入団体と事業"), "council_members")]
urlpatterns = [*uses.urlpatterns]
