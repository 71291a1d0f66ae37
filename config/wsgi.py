"""What gunicorn serves."""

import atexit
import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# Every view is loaded before the first request, and what is loaded stays for good: collections
# of garbage need not go through it again, which they did every few requests.
get_resolver().url_patterns  # noqa: B018  # reading them imports the views
gc.collect()
gc.freeze()
atexit.register(gc.unfreeze)
