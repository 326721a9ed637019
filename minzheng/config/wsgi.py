"""The web as a WSGI application. It runs as `runtime` and refuses to start before its checks pass."""

from django.core.wsgi import get_wsgi_application

from minzheng.config.database import checks, startup
from minzheng.kernel.errors import Refusal

try:
    startup.begin("runtime")
    checks.require()
except Refusal as refusal:
    raise SystemExit(str(refusal)) from None

application = get_wsgi_application()
