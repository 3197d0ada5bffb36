"""Every address of the house: by audience, each room bringing its own."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.urls.resolvers import RoutePattern
from django.utils.translation import gettext as _

from moyai.web import health
from moyai.web.api import api
from moyai.web.pages import office_home
from moyai.web.rooms import modules

Patterns = list[URLPattern | URLResolver]


def _all(name: str) -> Patterns:
    return by_first_word(
        [pattern for module in modules(name) for pattern in getattr(module, "urlpatterns", [])]
    )


def by_first_word(patterns: Patterns) -> Patterns:
    """The same addresses, those that begin with the same word together: a request compares words before addresses.

    What begins otherwise stays where it is, and nothing is moved past it.
    """
    found: Patterns = []
    words: dict[str, Patterns] = {}
    for one in patterns:
        route = str(one.pattern)
        word, slash, rest = route.partition("/")
        if not (isinstance(one, URLPattern) and isinstance(one.pattern, RoutePattern)) or "<" in word:
            words = {}
            found.append(one)
        elif not slash:
            found.append(one)
        else:
            if word not in words:
                words[word] = []
                found.append(path(f"{word}/", include(words[word])))
            words[word].append(path(rest, one.callback, one.default_args, one.name))
    return found


urlpatterns: Patterns = [
    path("healthz", health.alive, name="web_healthz"),
    path("readyz", health.ready, name="web_readyz"),
    path("api/", api.urls),
    *i18n_patterns(
        path("", include(_all("pages"))),
        path("", include("moyai.web.pages")),
        path("council/", include(_all("secretariat"))),
        path("<slug:body_slug>/office/", office_home, name="web_office"),
        path("<slug:body_slug>/office/", include(_all("office"))),
        path("<slug:body_slug>/", include(_all("portal"))),
        prefix_default_language=False,
    ),
]


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    from moyai.ui.public import error_page

    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    from moyai.ui.public import error_page

    return error_page(request, 500)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    from moyai.ui.public import error_page

    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return error_page(request, 413, message=_("送られた内容が大きすぎます。文章を短くしてください。"))
    return error_page(request, 400)


def foreign_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without our mark: sent by another site, from a page opened long ago, or with cookies off."""
    from moyai.ui.public import error_page

    message = _("画面を開いてから時間がたったか、Cookieを使わない設定になっています。")
    response = error_page(request, 400, message=message)
    response.status_code = 403
    return response


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    from moyai.ui.public import error_page

    return error_page(request, 403)


handler400, handler403, handler404, handler500 = bad_request, permission_denied, page_not_found, server_error
