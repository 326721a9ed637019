"""The web as a WSGI application. It runs as `runtime` and refuses to start before its checks pass."""

import os

os.environ["MINZHENG_ROLE"] = "runtime"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minzheng.config.settings")

from django.core.wsgi import get_wsgi_application

from minzheng.config.database import checks
from minzheng.config.modules import register

application = get_wsgi_application()
register()
checks.require()
