"""The files of deploy/: understood by the programs that read them, and the site served by them once."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
HOST = "minzheng.example.gov.cn"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
USERS = (
    "from minzheng.config.database import startup; startup.begin('engine')\n"
    "from minzheng.core.access import actions; actions.ensure_demo_users()\n"
    "from minzheng.core.access.reads import demo_users\n"
    "user = demo_users()[0]; print(user.username, user.password)"
)


def test_the_units_are_understood(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        return
    for unit in (DEPLOY / "systemd").glob("minzheng-*"):
        # Verifying asks whether the programs exist; here they are elsewhere.
        text = re.sub(r"/opt/minzheng/\S+", "/usr/bin/env", unit.read_text("utf-8"))
        (tmp_path / unit.name).write_text(text, "utf-8")
    words = ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "minzheng" in line]) == (0, [])


def test_every_service_is_fenced_in() -> None:
    for unit in (DEPLOY / "systemd").glob("*.service"):
        text = unit.read_text("utf-8")
        for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=\n", "UMask=0077"):
            assert line in text, (unit.name, line)
        assert "User=" in text


def test_what_the_units_call_exists() -> None:
    for unit in (DEPLOY / "systemd").glob("*.service"):
        for path in re.findall(r"/opt/minzheng/(deploy/\S+)", unit.read_text("utf-8")):
            assert os.access(ROOT / path, os.X_OK), path


@pytest.mark.parametrize("guide", ["server.md", "server.zh-CN.md"])
def test_the_guides_name_files_that_exist(guide: str) -> None:
    text = (ROOT / "docs" / "how-to" / guide).read_text("utf-8")
    named = {path.rstrip(".-") for path in re.findall(r"\bdeploy/[\w@.\-/]+", text) if path[-1] != "-"}
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def configured(folder: Path, ports: tuple[int, int]) -> Path:
    """deploy/nginx/minzheng.conf with the places and ports of a trial."""
    site = (DEPLOY / "nginx" / "minzheng.conf").read_text("utf-8")
    site = re.sub(r"^ +listen \[::\].*\n", "", site, flags=re.M)
    site = site.replace("listen 80;", f"listen 127.0.0.1:{ports[0]};")
    site = site.replace("listen 443", f"listen 127.0.0.1:{ports[1]}")
    for known, trial in (
        ("/etc/minzheng/tls", folder),
        ("/run/minzheng", folder),
        ("/var/log/nginx", folder),
    ):
        site = site.replace(known, str(trial))
    (folder / "site.conf").write_text(site, "utf-8")
    whole = folder / "nginx.conf"
    whole.write_text(
        f"pid {folder}/nginx.pid;\nerror_log {folder}/error.log;\ndaemon off;\nworker_processes 1;\n"
        + ("user root;\n" if os.geteuid() == 0 else "")
        + f"events {{}}\nhttp {{\n  client_body_temp_path {folder}/body;\n  proxy_temp_path {folder}/proxy;\n"
        f"  fastcgi_temp_path {folder}/f;\n  uwsgi_temp_path {folder}/u;\n  scgi_temp_path {folder}/s;\n"
        f"  include {folder}/site.conf;\n}}\n"
    )
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", str(folder / "site.key"), "-out", str(folder / "site.pem"), "-days", "2",
         "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"],
        check=True, capture_output=True,
    )  # fmt: skip
    return whole


@pytest.fixture(scope="module")
def house() -> Iterator[dict[str, str]]:
    """An embedded installation of its own with the demonstration's users."""
    home = f"/tmp/mz-served-{os.getpid()}"
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MINZHENG_") and k != "DATABASE_URL"}
    environment = {**kept, "MINZHENG_HOME": home, "PYTHONPATH": str(ROOT)}

    def command(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    try:
        command("-m", "minzheng.config", "setup")
        user, word = command("-c", USERS).split()
        yield {**environment, "USER_NAME": user, "USER_WORD": word}
    finally:
        command("-m", "minzheng.config", "server", "stop")
        shutil.rmtree(home)


@pytest.fixture
def site(house: dict[str, str], tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """Gunicorn behind nginx as deploy/ says, with a certificate made here: port and folder of the trial."""
    ports = (free_port(), free_port())
    whole = configured(tmp_path, ports)
    environment = {**house, "MINZHENG_HTTPS": "1", "MINZHENG_HOSTS": HOST}
    web = [sys.executable, "-m", "gunicorn", "minzheng.config.wsgi:application", "--worker-class", "gthread"]
    bound = ["--bind", f"unix:{tmp_path}/web.sock", "--log-level", "warning"]
    assert NGINX
    running = [
        subprocess.Popen([*web, *bound], cwd=ROOT, env=environment),
        subprocess.Popen([NGINX, "-c", str(whole)]),
    ]
    try:
        until = time.monotonic() + 60
        while not (tmp_path / "web.sock").exists() or not (tmp_path / "nginx.pid").exists():
            assert time.monotonic() < until
            assert [process.poll() for process in running] == [None, None]
            time.sleep(0.1)
        yield ports[1], tmp_path
    finally:
        for process in running:
            process.terminate()
            process.wait(timeout=30)


def asked(site: tuple[int, Path], path: str, *options: str) -> str:
    """Headers and body by curl, which trusts only the certificate made here."""
    port, folder = site
    jar, trusted = str(folder / "jar"), str(folder / "site.pem")
    words = ["curl", "-sS", "-i", "--cacert", trusted, "--resolve", f"{HOST}:{port}:127.0.0.1"]
    words += ["-b", jar, "-c", jar, *options, f"https://{HOST}:{port}{path}"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_nginx_understands_its_file(tmp_path: Path) -> None:
    if NGINX is None:
        return
    whole = configured(tmp_path, (free_port(), free_port()))
    done = subprocess.run([NGINX, "-t", "-c", str(whole)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_one_signs_in_through_nginx_over_tls(request: pytest.FixtureRequest) -> None:
    if NGINX is None:
        return
    house = request.getfixturevalue("house")
    site = request.getfixturevalue("site")
    first = asked(site, "/accounts/login/")
    assert " 200" in first.splitlines()[0]
    assert "strict-transport-security: max-age=31536000" in first.lower()
    assert "secure" in next(line for line in first.lower().splitlines() if line.startswith("set-cookie"))
    assert asked(site, "/healthz").splitlines()[-1] == "ok"
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', first)
    assert token
    port = site[0]
    form = [
        "--data-urlencode",
        f"login={house['USER_NAME']}",
        "--data-urlencode",
        f"password={house['USER_WORD']}",
    ]
    form += [
        "--data-urlencode",
        f"csrfmiddlewaretoken={token[1]}",
        "-e",
        f"https://{HOST}/accounts/login/",
    ]
    signed = asked(site, "/accounts/login/", *form)
    assert " 302" in signed.splitlines()[0], signed[:400]
    assert " 200" in asked(site, "/").splitlines()[0]
    big = ["-H", "Content-Type: text/plain", "--data-binary", "@" + str(blob(site[1]))]
    assert " 413" in asked(site, "/", "-H", "Expect:", *big).splitlines()[0]
    old = [
        "curl",
        "-sS",
        "-k",
        "--tls-max",
        "1.1",
        "--resolve",
        f"{HOST}:{port}:127.0.0.1",
        f"https://{HOST}:{port}/",
    ]
    assert subprocess.run(old, capture_output=True, check=False).returncode != 0


def blob(folder: Path) -> Path:
    path = folder / "blob"
    path.write_bytes(b"0" * (7 * 2**20))
    return path
