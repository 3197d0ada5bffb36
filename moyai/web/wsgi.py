"""The web server's way in; loaded once, before it forks."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moyai.web.settings")
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  (every page's modules: shared by all processes, no slow first request)
gc.collect()
gc.freeze()  # what was loaded stays: it is neither looked through nor copied again
