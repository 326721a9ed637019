"""How a process comes to work with the database: role chosen, server up, Django ready, subjects
registered.
"""

from __future__ import annotations

import os

import django
from django.apps import apps

from minzheng.config.database import connection, home, roles, server
from minzheng.kernel.errors import Refusal

SETTINGS = "minzheng.config.settings"


class StartRefusal(Refusal):
    """There is no installation to work with."""

    exit_code = 1


def begin(role: str, make: bool = False) -> None:
    """Become `role`. `make`: set up server, roles and database when they are missing (only `setup` and
    tests do).

    A process can change its role later (`setup` migrates as owner, then loads as engine): connections are
    closed
    and the next one signs in anew.
    """
    described = connection.settings(role)
    if connection.is_embedded():
        if not make and not server.status().made:
            raise StartRefusal(f"{home.home()} 中还没有建立平台。请先运行 minzheng setup（或 make run）。")
        server.ensure()
    if make:
        roles.ensure()
    os.environ["MINZHENG_ROLE"] = role
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    if not apps.ready:
        django.setup()
    sign_in(described)
    from minzheng.config import modules

    modules.register()


def sign_in(described: dict[str, object]) -> None:
    """Point Django's one alias at another role, keeping the name of a test's database."""
    from django.conf import settings
    from django.db import connections

    current = connections["default"]
    current.close()
    for target in (settings.DATABASES["default"], current.settings_dict):
        target.update({key: described[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")})
    if not str(current.settings_dict["NAME"]).startswith("test_"):
        current.settings_dict["NAME"] = described["NAME"]
