"""Pages of residents: find a procedure, apply step by step, ask what became of it."""

from moyai.applications.portal import drafts, inquiry, procedures

urlpatterns = [*procedures.urlpatterns, *drafts.urlpatterns, *inquiry.urlpatterns]
