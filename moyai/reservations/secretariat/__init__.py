"""Pages of the secretariat: figures of 施設予約 over all bodies, and what a body pays that joins them."""

from django.utils.translation import gettext_lazy

from moyai.reservations.secretariat import figures, joining

MENU = [
    (gettext_lazy("施設予約の統計"), "reservations_council_figures"),
    (gettext_lazy("新規利用団体の費用負担"), "reservations_council_joining"),
]
urlpatterns = [*figures.urlpatterns, *joining.urlpatterns]
