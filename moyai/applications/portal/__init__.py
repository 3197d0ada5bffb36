"""Pages of residents: find a procedure, apply step by step, ask what became of it."""

from moyai.applications.portal import answering, correction, entry, inquiry, procedures, sending

urlpatterns = [
    *procedures.urlpatterns,
    *entry.urlpatterns,
    *sending.urlpatterns,
    *answering.urlpatterns,
    *inquiry.urlpatterns,
    *correction.urlpatterns,
]
