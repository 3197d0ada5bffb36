"""負担の試算 — ways of sharing side by side, what each member saves, and who saves too little (Y18, Y24). Nothing is stored."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from moyai.council.desk import FACES, Visit, taken_away, today_of
from moyai.council.figures.burdens import trials_table
from moyai.council.forms.burdens import TrialForm
from moyai.council.queries.money import cost_lines
from moyai.council.queries.trials import LINES, NAMED, SEARCHED, tried_mixes
from moyai.council.rules.cannot import Cannot
from moyai.council.secretariat.burdens import crumbs
from moyai.documents.public import FigureTable, render_table_html
from moyai.tenants.public import Body
from moyai.ui.public import page

WORDS = {
    LINES: gettext_lazy("費目に決めてある分け方"),
    "actual": gettext_lazy("実費（負担調整なし）"),
    "equal": gettext_lazy("均等割"),
    "population": gettext_lazy("人口割"),
    "decreasing": gettext_lazy("逓減人口割"),
    "mixed": gettext_lazy("均等割3割と人口割7割"),
    SEARCHED: gettext_lazy("目標に届かない団体がもっとも少ない分け方を探す"),
}


@require_safe
def trial(request: Visit) -> HttpResponse:
    """The form, and with figures the comparison; to take away, too."""
    assert set(WORDS) == {LINES, SEARCHED, *NAMED}
    form = TrialForm(
        request.GET if "try" in request.GET else None,
        costs=cost_lines(),
        bodies=list(Body.objects.order_by("code")),
        mixes=[(key, str(words)) for key, words in WORDS.items()],
        initial={"payers_on": today_of(request), "mixes": ["actual", "equal", "population"]},
    )
    context: dict[str, Any] = {"crumbs": [*crumbs(), (_("負担の試算"), "")]}
    table = _worked(form) if form.is_bound and form.is_valid() else None
    if table is not None:
        if (file := taken_away(request, lambda: table, "burden-trial")) is not None:
            return file
        query = [(key, value) for key, values in request.GET.lists() for value in values if key != "format"]
        context["result"] = {
            "html": render_table_html(table, number="trial"),
            "faces": [
                {"label": face.upper(), "url": f"?{urlencode([*query, ('format', face)])}"} for face in FACES
            ],
        }
    elif "format" in request.GET:
        raise Http404
    return page(request, "council/money/trial.html", context, form=form)


def _worked(form: TrialForm) -> FigureTable | None:
    """The comparison; None where something is missing, which then stands beside its field."""
    given = form.cleaned_data
    cost_line = form.costs[given["cost_line"]]
    target = Fraction(given["target"], 100)
    try:
        trials, bodies = tried_mixes(
            cost_line, on=given["payers_on"], yen=given["yen"], now=given["now"], target=target, asked=given["mixes"]
        )  # fmt: skip
    except Cannot as cannot:
        names = {code: body.name for code, body in form.by_code.items()}
        said = {key: names.get(value, value) for key, value in cannot.params.items()}
        words = _(cannot.text) % said if said else _(cannot.text)
        form.add_error("now" if cannot.where.startswith("payers") else "yen", words)
        return None
    if not bodies:
        form.add_error("cost_line", _("その日に負担する団体がありません。"))
        return None
    return trials_table(trials, bodies, target)


urlpatterns = [path("burdens/what-if/", trial, name="council_burden_trial")]
