"""Tests run as the owner on the embedded server of MINZHENG_HOME, started when needed and left running.

The owner may create the test database and become engine or runtime by SET ROLE; it is no superuser.
"""

import hashlib
import os
from importlib import import_module
from pathlib import Path

CLONE = hashlib.sha256(os.fsencode(Path(__file__).resolve())).hexdigest()[:8]
os.environ.setdefault("MINZHENG_HOME", f"/tmp/minzheng-tests-{os.geteuid()}-{CLONE}")
os.environ["MINZHENG_ROLE"] = "owner"

# Imported only now, since the settings read the two variables above.
import_module("minzheng.config.database.startup").begin("owner", make=True)
