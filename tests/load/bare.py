"""The baseline of the journey: Django with one view and one SELECT, no middleware, the same server and database."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from psycopg.conninfo import conninfo_to_dict

place = conninfo_to_dict(os.environ["BARE_DATABASE"])
settings.configure(
    SECRET_KEY="not a secret",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": place.get("host", ""),
            "PORT": place.get("port", ""),
            "NAME": place["dbname"],
            "USER": place.get("user", ""),
            "PASSWORD": place.get("password", ""),
            "CONN_MAX_AGE": None,
        }
    },
)


def page(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM tenants_body WHERE slug = %s", ["chiba-shi"])
        (name,) = cursor.fetchone()
    return HttpResponse(f"<!DOCTYPE html><title>{name}</title><h1>{name}</h1>")


urlpatterns = [path("", page)]
application = get_wsgi_application()
