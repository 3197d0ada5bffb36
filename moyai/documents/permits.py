"""Who may do what with papers and files."""

from moyai.tenants.public import STAFF, Role

EVERYBODY = {Role.RESIDENT, Role.SUPPLIER, *STAFF, Role.SYSTEM}

PERMITS = {
    "documents.keep_upload": EVERYBODY,
    "documents.begin_resumable": EVERYBODY,
    "documents.append_chunk": EVERYBODY,
    "documents.finish_resumable": EVERYBODY,
    "documents.drop_resumable": EVERYBODY,
    "documents.claim_upload": EVERYBODY,
    "documents.delete_upload": EVERYBODY,
    "documents.settle_upload": {Role.SYSTEM},
    "documents.fetch_upload": EVERYBODY,
    "documents.issue_letter": {*STAFF, Role.SYSTEM},
    "documents.render_letter": {Role.SYSTEM},
    "documents.fetch_letter": EVERYBODY,
    "documents.keep_papers_until": {Role.ADMINISTRATOR, Role.SYSTEM},
    "documents.purge": {Role.SYSTEM},
    "documents.forget_papers_about": {Role.ADMINISTRATOR, Role.SYSTEM},
    "documents.request_hand_over": set(STAFF),
    "documents.approve_hand_over": {Role.APPROVER, Role.ADMINISTRATOR},
    "documents.decline_hand_over": {Role.APPROVER, Role.ADMINISTRATOR},
    "documents.revoke_hand_over": set(STAFF),
    "documents.fetch_hand_over": EVERYBODY,
    "documents.miss_hand_over": EVERYBODY,
    "documents.end_hand_over": {Role.SYSTEM},
    "documents.see_hand_overs": set(STAFF),
}
