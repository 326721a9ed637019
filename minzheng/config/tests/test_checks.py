"""Each thing that the start-up check refuses, on a real server, and a sentence for each."""

import os

import psycopg
import pytest
from psycopg import sql

from minzheng.config.database import checks, home, keys, roles
from minzheng.config.database.connection import ENGINE, OWNER, connect, is_embedded, parameters

PROBE = "minzheng_probe"


@pytest.fixture
def superuser():
    with roles.administrator() as session:
        yield session


@pytest.fixture
def scratch(superuser):
    """A database that can be made wrongly and is thrown away."""
    made = []

    def create(options):
        superuser.execute(f"DROP DATABASE IF EXISTS {PROBE}")
        superuser.execute(f"CREATE DATABASE {PROBE} TEMPLATE template0 OWNER {OWNER} {options}")
        session = roles.administrator(PROBE)
        made.append(session)
        return session

    yield create
    for session in made:
        session.close()
    superuser.execute(f"DROP DATABASE IF EXISTS {PROBE}")


@pytest.fixture
def role(superuser):
    """A stand-in for the web's role with one attribute too many; a session as that role."""
    made = []

    def create(options, before=""):
        superuser.execute(f"DROP ROLE IF EXISTS {PROBE}")
        superuser.execute(sql.SQL("CREATE ROLE {} LOGIN {}").format(sql.Identifier(PROBE), sql.SQL(options)))
        if before:
            superuser.execute(before)
        session = roles.administrator()
        session.execute(f"SET ROLE {PROBE}")
        made.append(session)
        return session

    yield create
    for session in made:
        session.close()
    superuser.execute(f"DROP OWNED BY {PROBE}")
    superuser.execute(f"DROP ROLE {PROBE}")


def test_our_own_database_passes():
    with connect("runtime") as session:
        assert list(checks.server_problems(session)) == []
        assert list(checks.role_problems(session)) == []


def test_a_wrong_encoding_is_refused(scratch):
    session = scratch("ENCODING 'SQL_ASCII' LOCALE 'C' LOCALE_PROVIDER libc")
    assert "SQL_ASCII" in next(checks.server_problems(session))


def test_a_wrong_locale_is_refused(scratch):
    """Of the C library, C alone knows no letters beyond ASCII; every build has it."""
    session = scratch("ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C'")
    assert len(list(checks.server_problems(session))) == 1


def test_an_order_that_changes_with_a_library_is_refused(scratch):
    """The embedded server is built without ICU and refuses such a database itself."""
    options = "ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'zh-u-co-pinyin' LOCALE 'C'"
    if is_embedded():
        with pytest.raises(psycopg.errors.FeatureNotSupported):
            scratch(options)
    else:
        assert ["zh-u-co-pinyin" in told for told in checks.server_problems(scratch(options))] == [True]


def test_letters_of_ascii_only_are_refused(scratch):
    session = scratch("ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C'")
    assert ["字符分类" in told for told in checks.server_problems(session)] == [True]


@pytest.mark.parametrize("order", ["C", "C.UTF-8"])
def test_an_order_by_code_point_passes_though_it_is_not_builtin(scratch, order):
    session = scratch(f"ENCODING 'UTF8' LOCALE_PROVIDER libc LC_COLLATE '{order}' LC_CTYPE 'C.UTF-8'")
    assert list(checks.server_problems(session)) == []
    assert session.execute("SELECT upper('é'), 'Z' < 'a', '赵' ~ '\\w'").fetchone() == ("É", True, True)


def test_an_old_server_is_refused(monkeypatch):
    with connect("runtime") as session:
        monkeypatch.setattr(checks, "VERSION_FLOOR", session.info.server_version + 1)
        assert ["太旧" in told for told in checks.server_problems(session)] == [True]


@pytest.mark.parametrize(
    ("options", "word"),
    [("SUPERUSER", "超级用户"), ("BYPASSRLS", "绕过行级安全"), ("CREATEROLE", "CREATEROLE")],
)
def test_a_role_of_the_web_with_too_much_is_refused(role, options, word):
    told = list(checks.role_problems(role(options)))
    assert any(word in sentence for sentence in told)


@pytest.mark.parametrize("lent", [OWNER, ENGINE])
def test_a_role_of_the_web_that_may_become_another_is_refused(role, lent):
    told = list(checks.role_problems(role("", f"GRANT {lent} TO {PROBE}")))
    assert len(told) == 1
    assert "收回" in told[0]


def test_a_role_of_the_web_that_owns_a_table_is_refused(role):
    session = role("", f"GRANT CREATE ON SCHEMA public TO {PROBE}")
    session.execute("CREATE TABLE probe (id bigint)")
    assert any("属主" in told for told in checks.role_problems(session))


def test_the_owner_itself_is_refused_as_the_web():
    with connect("owner") as session:
        assert any("属主" in told for told in checks.role_problems(session))


@pytest.fixture
def key_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MINZHENG_KEYS", str(tmp_path / "keys"))
    keys.make()
    return tmp_path / "keys"


def test_made_keys_pass_and_are_never_made_again(key_folder):
    before = (key_folder / "field.key").read_text()
    assert keys.problems() == []
    assert keys.make() == []
    assert (key_folder / "field.key").read_text() == before


def test_a_missing_key_is_refused(key_folder):
    (key_folder / "index.key").unlink()
    assert ["缺少" in told and "index.key" in told for told in keys.problems()] == [True]


@pytest.mark.parametrize(
    ("content", "word"), [("00ff\n", "太短"), ("not hex at all", "十六进制"), ("密钥", "不能读取")]
)
def test_a_short_or_spoilt_key_is_refused(key_folder, content, word):
    (key_folder / "field.key").write_text(content, "utf-8")
    assert [word in told for told in keys.problems()] == [True]


def test_a_key_open_to_others_is_refused(key_folder):
    (key_folder / "field.key").chmod(0o644)
    assert ["chmod" in told for told in keys.problems()] == [True]


@pytest.mark.django_db
def test_a_missing_migration_is_refused():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    assert ["sessions.0001_initial" in told for told in checks.migration_problems()] == [True]


def test_require_says_everything_in_one_refusal(key_folder):
    for path in key_folder.iterdir():
        path.unlink()
    with pytest.raises(checks.CheckRefusal) as refusal:
        checks.require()
    assert "field.key" in str(refusal.value)
    assert "index.key" in str(refusal.value)


def test_secrets_are_for_their_owner_only():
    assert home.password_file().stat().st_mode & 0o777 == 0o600
    assert home.password_file().parent.stat().st_mode & 0o777 == 0o700
    if is_embedded():
        assert home.cluster_folder().stat().st_mode & 0o777 == 0o700
    assert home.password_file().stat().st_uid == os.geteuid()


def test_nobody_gets_in_without_a_password():
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(**(parameters("runtime") | {"passfile": "/dev/null"}))
