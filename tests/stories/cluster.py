"""A PostgreSQL 15 of Debian's with its own archive of the write-ahead log, for stories."""

import os
import pwd
import secrets
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from tests.stories.conftest import ROOT

PROGRAMS = Path(os.environ.get("PGBIN", "/usr/lib/postgresql/15/bin"))
BACKUP = ROOT / "deploy" / "backup"
DATABASE = "minzheng"


def present() -> bool:
    """Whether Debian's server is installed; the continuous integration may have only the embedded one."""
    return (PROGRAMS / "initdb").exists() and (PROGRAMS / "pg_basebackup").exists()


@dataclass
class Cluster:
    """A server in a folder of its own under /tmp, on a private socket; as root run as `postgres`."""

    folder: Path
    word: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def url(self) -> str:
        host = quote(str(self.folder / "socket"), safe="")
        return f"postgresql://postgres:{self.word}@/{DATABASE}?host={host}"

    def connect(self, database: str = DATABASE) -> psycopg.Connection:
        """As the administrator."""
        return psycopg.connect(self.url, dbname=database, autocommit=True)

    def did(self, *words: str | Path) -> str:
        """A program as the server's account; it must succeed."""
        account: dict[str, Any] = {}
        if os.geteuid() == 0:
            entry = pwd.getpwnam("postgres")
            account = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        environment = {"PATH": f"{PROGRAMS}:/usr/bin:/bin", "PGPASSWORD": self.word, "PGBIN": str(PROGRAMS)}
        done = subprocess.run(
            [*map(str, words)], cwd="/", env=environment, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **account,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
        return done.stdout

    def make(self) -> None:
        """From nothing to a running server with an empty database, its log archived from the start."""
        self.folder.mkdir(mode=0o711)
        for name in ("socket", "wal", "base", "tools"):
            (self.folder / name).mkdir(mode=0o700)
        for script in BACKUP.iterdir():  # the account may not reach the checkout
            shutil.copy2(script, self.folder / "tools")
        (self.folder / "word").write_text(self.word)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "postgres:postgres", str(self.folder)], check=True)
        data, word = self.folder / "data", self.folder / "word"
        self.did(PROGRAMS / "initdb", "-D", data, "-U", "postgres", "--pwfile", word, "--encoding", "UTF8",
                 "--lc-collate", "C", "--lc-ctype", "C.UTF-8", "--auth", "scram-sha-256", "-k")  # fmt: skip
        archive = f'{self.folder}/tools/archive-wal "%p" "%f" {self.folder}/wal'
        with (data / "postgresql.conf").open("a") as file:
            file.write(
                f"listen_addresses = ''\nunix_socket_directories = '{self.folder}/socket'\nfsync = off\n"
                f"archive_mode = on\narchive_command = '{archive}'\nmax_wal_size = 2GB\n"
                "shared_buffers = 128MB\njit = off\nlog_min_error_statement = panic\n"
            )
        self.start()
        with self.connect("postgres") as session:
            session.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0")

    def start(self) -> None:
        """Returns when recovery has ended and it answers."""
        data = self.folder / "data"
        self.did(PROGRAMS / "pg_ctl", "-D", data, "-w", "-t", "120", "-l", data / "server.log", "start")
        with self.connect("postgres") as session:
            for _ in range(600):
                row = session.execute("SELECT pg_is_in_recovery(), pg_sleep(0.1)").fetchone()
                if row and not row[0]:
                    return
        raise AssertionError("recovery did not end")

    def stop(self, how: str = "immediate") -> None:
        """As a crash does, or `fast`."""
        self.did(PROGRAMS / "pg_ctl", "-D", self.folder / "data", "-m", how, "stop")

    def back_up(self) -> Path:
        """A verified base backup by the script of deploy/backup."""
        told = self.did(self.folder / "tools" / "base-backup", self.folder / "base", "-h",
                        self.folder / "socket", "-U", "postgres")  # fmt: skip
        return Path(told.strip().splitlines()[-1])

    def mark(self, name: str) -> None:
        """A point in time to restore to."""
        with self.connect() as session:
            session.execute("SELECT pg_create_restore_point(%s)", [name])

    def archive_all(self) -> None:
        """Return when all that was written up to now is in the archive."""
        with self.connect() as session:
            row = session.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
            for _ in range(600):
                if row and (self.folder / "wal" / row[0]).exists():
                    return
                session.execute("SELECT pg_sleep(0.1)")
        raise AssertionError("the log was not archived")

    def restore(self, backup: Path, target: str) -> None:
        """Lose the data, and start from the backup and the archive."""
        self.stop()
        shutil.rmtree(self.folder / "data")
        self.did(
            self.folder / "tools" / "restore-to", backup, self.folder / "wal", self.folder / "data", target
        )
        self.start()

    def remove(self) -> None:
        """Stop it if it runs, and forget everything."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
