"""Pages of staff: 受付箱, the case and what is done with it, procedures and their forms."""

from django.utils.translation import gettext_lazy as _

from moyai.applications.office import acts, builder, case, inbox, procedures

MENU = [(_("受付箱"), "applications_office_inbox"), (_("手続き"), "applications_office_procedures")]

urlpatterns = [*inbox.urlpatterns, *procedures.urlpatterns, *builder.urlpatterns, *acts.urlpatterns, *case.urlpatterns]
