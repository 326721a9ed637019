"""What must hold before the platform works: refused at start by the web and told by `minzheng doctor`.

Each check looks at one thing and answers with Chinese sentences, none when all is well.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
from psycopg.rows import dict_row

from minzheng.config.database import failures, keys
from minzheng.config.database.connection import OWNER, ROLES, connect
from minzheng.kernel.errors import Refusal

VERSION_FLOOR = 150000
#: Orders by code point, the same on every machine and for ever: what the database sorts is part of what is
#: kept (files, digests), and an index must not fall apart with an upgrade of the system's libraries. ICU's
#: orders and every language's change with their library, so they are refused, the root's too.
ORDERS = {"C", "C.UTF-8", "C.utf8", "POSIX"}
#: Knows letters beyond ASCII: without it a search by name finds no Chinese trigram.
LETTERS = {"C.UTF-8", "C.utf8"}
BUILTIN, LIBC = "b", "c"


class CheckRefusal(Refusal):
    """The installation is not fit to work."""

    exit_code = 1


def require() -> None:
    """Raise CheckRefusal with every problem, a sentence a line."""
    found = problems()
    if found:
        raise CheckRefusal("启动检查没有通过：\n" + "\n".join(f"· {problem}" for problem in found))


def problems() -> list[str]:
    """All problems of this installation, server and roles and keys and tables."""
    found = keys.problems()
    try:
        with connect("runtime") as session:
            found += [*server_problems(session), *role_problems(session)]
        if not found:
            found += list(migration_problems())
            found += list(folder_problems())
    except psycopg.OperationalError as error:
        found.append(failures.sentence(error) or failures.LOST)
    return found


def server_problems(session: psycopg.Connection) -> Iterator[str]:
    """Version, encoding and locale of the database that the session is in."""
    version = session.info.server_version
    if version < VERSION_FLOOR:
        yield f"数据库版本 {version // 10000} 太旧，需要 PostgreSQL 15 或更新。"
    row = session.cursor(row_factory=dict_row).execute(
        "SELECT pg_encoding_to_char(encoding) AS encoding, to_jsonb(d) AS all FROM pg_database d"
        " WHERE datname = current_database()"
    ).fetchone()  # fmt: skip
    if row is None:
        return
    if row["encoding"] != "UTF8":
        yield f"数据库编码是 {row['encoding']}，必须是 UTF8。请用 ENCODING 'UTF8' 重新建库。"
    named = row["all"]
    provider = named.get("datlocprovider", LIBC)
    # PostgreSQL 15 and 16 say daticulocale, 17 and later datlocale.
    other = named.get("datlocale") or named.get("daticulocale")
    order = named["datcollate"] if provider == LIBC else other
    letters = named["datctype"] if provider == LIBC else other
    if provider not in (BUILTIN, LIBC) or order not in ORDERS:
        yield f"数据库排序规则是 {order}，必须是 C 或 C.UTF-8（否则索引和排序因机器而异）。请重新建库。"
    elif letters not in LETTERS:
        yield f"数据库字符分类是 {letters}，必须是 C.UTF-8（否则按姓名查找不认汉字）。请重新建库。"


def role_problems(session: psycopg.Connection) -> Iterator[str]:
    """The web's role may be neither superuser nor owner, and may not bypass row security."""
    row = session.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolname::text,"
        " EXISTS (SELECT FROM pg_class WHERE relowner = r.oid AND relnamespace = 'public'::regnamespace)"
        " OR EXISTS (SELECT FROM pg_database WHERE datdba = r.oid AND datname = current_database()),"
        " EXISTS (SELECT FROM pg_roles o WHERE o.rolname IN (%s, %s) AND o.oid <> r.oid"
        " AND pg_has_role(r.oid, o.oid, 'MEMBER'))"
        " FROM pg_roles r WHERE rolname = current_user",
        [OWNER, ROLES["engine"]],
    ).fetchone()
    if row is None:
        return
    superuser, bypass, makes_roles, name, owns, member = row
    if superuser:
        yield f"网站角色 {name} 是超级用户，行级安全对它无效。请改用普通角色。"
    elif bypass:
        yield f"网站角色 {name} 可绕过行级安全（BYPASSRLS）。请执行 ALTER ROLE {name} NOBYPASSRLS。"
    if owns:
        yield f"网站角色 {name} 是库或表的属主，行级安全对它无效。请把属主改为 {OWNER}。"
    if makes_roles:
        yield f"网站角色 {name} 可建立角色（CREATEROLE）。请执行 ALTER ROLE {name} NOCREATEROLE。"
    if member and not superuser:
        yield f"网站角色 {name} 可变成属主或批处理角色。请收回授予它的角色。"


def folder_problems() -> Iterator[str]:
    """The folder of documents is the platform's alone and served by nobody; needs Django set up."""
    from minzheng.core.documents import checks

    yield from checks.folder_problems()


def migration_problems() -> Iterator[str]:
    """Migrations of this release that the database has not seen; needs Django set up."""
    from django.db import ProgrammingError, connections
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connections["default"])
    except ProgrammingError:  # no right to read the list: the rights are given by the migrations themselves
        yield "数据库还没有建表。请先运行 minzheng migrate。"
        return
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        first = f"{missing[0][0].app_label}.{missing[0][0].name}"
        yield f"数据库缺少 {len(missing)} 项迁移（如 {first}）。请先运行 minzheng migrate。"
