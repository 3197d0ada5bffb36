"""Forms of the package: pages of an edition, and the small ones of inquiry and office."""

from moyai.applications.forms.acts import (
    AssignForm,
    BulkForm,
    CorrectionFieldsForm,
    CorrectionForm,
    DecisionForm,
    InquiryForm,
    NoteForm,
    ReasonForm,
    ResumeForm,
)
from moyai.applications.forms.procedures import DocumentForm, ProcedureForm
from moyai.applications.forms.questions import Question, QuestionsForm, row_path
from moyai.applications.forms.short import BuilderFieldForm, BuilderPageForm

__all__ = [
    "AssignForm",
    "BuilderFieldForm",
    "BuilderPageForm",
    "BulkForm",
    "CorrectionFieldsForm",
    "CorrectionForm",
    "DecisionForm",
    "DocumentForm",
    "InquiryForm",
    "NoteForm",
    "ProcedureForm",
    "Question",
    "QuestionsForm",
    "ReasonForm",
    "ResumeForm",
    "row_path",
]
