"""What others may import from documents."""

from moyai.documents.actions.arrivals import (
    NotYetWhole,
    append_chunk,
    begin_resumable,
    drop_resumable,
    find_arrival,
    finish_resumable,
)
from moyai.documents.actions.forgetting import Forgotten, forget_papers_about
from moyai.documents.actions.hand_overs import (
    approve_hand_over,
    decline_hand_over,
    request_hand_over,
    revoke_hand_over,
)
from moyai.documents.actions.letters import LetterIssuedBefore, MissingGlyph, issue_letter, site_address
from moyai.documents.actions.retention import keep_papers_until
from moyai.documents.actions.uploads import (
    UploadClaimed,
    UploadNotClean,
    UploadNotFound,
    UploadRefused,
    claim_upload,
    delete_upload,
    keep_upload,
)
from moyai.documents.at_once import Examined, ScannerAway, examined_at_once
from moyai.documents.exports import (
    Export,
    UnmappableCharacters,
    export_file,
    stream_csv,
    stream_xlsx,
)
from moyai.documents.listeners import letter_ready, upload_settled
from moyai.documents.models import WHY_REFUSED, Arrival, HandOver, Letter, Upload
from moyai.documents.queries import letter_by_code, letters_about, uploads_by_drafter, uploads_of
from moyai.documents.resumable import resumable, resumed
from moyai.documents.rules.cells import Cell, csv_lines, harmless
from moyai.documents.rules.codes import in_groups, new_code, read_code
from moyai.documents.rules.contents import (
    DOCX,
    ENDINGS,
    EVERYTHING,
    HEIC,
    IMAGES,
    JPEG,
    PDF,
    PHOTOGRAPHS_AND_PDF,
    PNG,
    PPTX,
    TEXT,
    XLSX,
    ZIP,
)
from moyai.documents.rules.figures import Column, Figure, FigureTable, Row, TableError, all_rows_of
from moyai.documents.rules.glyphs import letter_glyphs, missing, missing_in_facts, named
from moyai.documents.rules.names import clean_name
from moyai.documents.serving import (
    LetterNotReady,
    PaperGone,
    content_of,
    letter_file,
    serve_letter,
    serve_upload,
)
from moyai.documents.tables import (
    render_table_csv,
    render_table_html,
    render_table_json,
    render_table_pdf,
    render_table_xlsx,
    render_tables_xlsx,
    table_facts,
    table_response,
)
from moyai.documents.typesetting import qr_svg, set_as_picture, set_in_type
from moyai.documents.words import hand_over_badge, letter_badge, size_words, upload_badge, why_refused
from moyai.documents.yearly import FiscalYearForm, members_table, table_asked, table_links, yearly_page

render_letter = set_in_type

__all__ = [
    "DOCX",
    "ENDINGS",
    "EVERYTHING",
    "HEIC",
    "IMAGES",
    "JPEG",
    "PDF",
    "PHOTOGRAPHS_AND_PDF",
    "PNG",
    "PPTX",
    "TEXT",
    "WHY_REFUSED",
    "XLSX",
    "ZIP",
    "Arrival",
    "Cell",
    "Column",
    "Examined",
    "Export",
    "Figure",
    "FigureTable",
    "FiscalYearForm",
    "Forgotten",
    "HandOver",
    "Letter",
    "LetterIssuedBefore",
    "LetterNotReady",
    "MissingGlyph",
    "NotYetWhole",
    "PaperGone",
    "Row",
    "ScannerAway",
    "TableError",
    "UnmappableCharacters",
    "Upload",
    "UploadClaimed",
    "UploadNotClean",
    "UploadNotFound",
    "UploadRefused",
    "all_rows_of",
    "append_chunk",
    "approve_hand_over",
    "begin_resumable",
    "claim_upload",
    "clean_name",
    "content_of",
    "csv_lines",
    "decline_hand_over",
    "delete_upload",
    "drop_resumable",
    "examined_at_once",
    "export_file",
    "find_arrival",
    "finish_resumable",
    "forget_papers_about",
    "hand_over_badge",
    "harmless",
    "in_groups",
    "issue_letter",
    "keep_papers_until",
    "keep_upload",
    "letter_badge",
    "letter_by_code",
    "letter_file",
    "letter_glyphs",
    "letter_ready",
    "letters_about",
    "members_table",
    "missing",
    "missing_in_facts",
    "named",
    "new_code",
    "qr_svg",
    "read_code",
    "render_letter",
    "render_table_csv",
    "render_table_html",
    "render_table_json",
    "render_table_pdf",
    "render_table_xlsx",
    "render_tables_xlsx",
    "request_hand_over",
    "resumable",
    "resumed",
    "revoke_hand_over",
    "serve_letter",
    "serve_upload",
    "set_as_picture",
    "set_in_type",
    "site_address",
    "size_words",
    "stream_csv",
    "stream_xlsx",
    "table_asked",
    "table_facts",
    "table_links",
    "table_response",
    "upload_badge",
    "upload_settled",
    "uploads_by_drafter",
    "uploads_of",
    "why_refused",
    "yearly_page",
]
