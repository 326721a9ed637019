"""Tests run as the owner on the embedded server of MINZHENG_HOME, started when needed and left running.

The owner may create the test database and become engine or runtime by SET ROLE; it is no superuser.
"""

import hashlib
import os
from pathlib import Path

CLONE = hashlib.sha256(os.fsencode(Path(__file__).resolve())).hexdigest()[:8]
os.environ.setdefault("MINZHENG_HOME", f"/tmp/minzheng-tests-{os.geteuid()}-{CLONE}")
os.environ["MINZHENG_ROLE"] = "owner"

from minzheng.config.database import startup

startup.begin("owner", make=True)
