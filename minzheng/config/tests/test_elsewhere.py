"""Another server by DATABASE_URL: roles and database made there, or a sentence that says what is missing."""

import subprocess
import sys
from urllib.parse import quote

import pytest

from minzheng.config.database import connection, home, roles
from minzheng.config.database.server import SUPERUSER

DATABASE = "minzheng_elsewhere"


@pytest.fixture
def url():
    """The server in use, named as if it were another's, with a database of its own."""
    with roles.administrator() as session:
        password, socket = session.info.password, quote(session.info.host, safe="")
        session.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        session.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0")
        yield lambda name, word=password: f"postgresql://{name}:{word}@/{DATABASE}?host={socket}"
        session.execute(f"DROP DATABASE {DATABASE}")


def test_roles_are_found_and_the_database_is_given_to_the_owner(url, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", url(SUPERUSER))
    roles.ensure()
    assert not connection.is_embedded()
    with connection.connect("owner") as session:
        session.execute("CREATE TABLE mine (id bigint)")
        assert session.info.dbname == DATABASE


def test_the_password_of_the_address_stays_out_of_the_settings(url, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", url(SUPERUSER, "of-the-address"))
    for role in connection.ROLES:
        assert "of-the-address" not in str(connection.settings(role))
        assert connection.settings(role)["USER"] == connection.ROLES[role]


def test_a_role_may_have_an_address_of_its_own(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("MINZHENG_ENGINE_URL", "postgresql://somebody:secret@db.example/other")
    assert connection.parameters("engine")["user"] == "somebody"
    assert connection.parameters("owner")["user"] == connection.OWNER
    assert connection.is_embedded()


def test_roles_of_another_machine_are_not_taken_over(url, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", url(SUPERUSER))
    monkeypatch.setenv("MINZHENG_HOME", str(tmp_path / "second"))
    with pytest.raises(roles.RolesRefusal, match="另一台机器"):
        roles.ensure()


def test_a_user_who_may_not_make_roles_is_told_who_may(url, monkeypatch):
    word = home.passwords()[connection.RUNTIME]
    with roles.administrator() as session:
        session.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO {connection.RUNTIME}")
    monkeypatch.setenv("DATABASE_URL", url(connection.RUNTIME, word))
    with pytest.raises(roles.RolesRefusal, match="MINZHENG_OWNER_URL"):
        roles.ensure()


@pytest.mark.parametrize(
    ("address", "word", "code"),
    [("mysql://x", "不是有效的", 2), ("postgresql://nobody@127.0.0.1:1/x", "连不上", 1)],
)
def test_a_wrong_address_is_a_sentence(monkeypatch, tmp_path, address, word, code):
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setenv("MINZHENG_HOME", str(tmp_path / "home"))
    command = [sys.executable, "-m", "minzheng.config", "setup"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert word in done.stderr
