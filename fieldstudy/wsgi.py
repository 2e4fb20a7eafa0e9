import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fieldstudy.settings")
application = get_wsgi_application()

# What is loaded now stays. Looking through it for garbage again and again would hold up requests.
assert get_resolver().url_patterns
gc.collect()
gc.freeze()
