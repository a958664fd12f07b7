"""What gunicorn serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config.logs.uncaught import catch_all

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
settings.ENVIRONMENT.require_keys()
catch_all()
application = get_wsgi_application()
