"""`minzheng serve`: the site, by gunicorn with whitenoise, as `runtime`."""

import os
import socket
import subprocess
import sys

import click

from minzheng.config.command import start
from minzheng.config.database import checks, connection
from minzheng.kernel.errors import Refusal


class PortRefusal(Refusal):
    """The address to listen on is taken or not ours."""

    exit_code = 1


@click.command(help="启动网站。先做启动检查，不通过则拒绝启动。")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址。")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="端口。")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="进程数。")
def command(host: str, port: int, workers: int) -> None:
    serve(host, port, workers)


def serve(host: str, port: int, workers: int = 2) -> None:
    """Become the web server; returns only by raising. No access log: addresses carry what people searched
    for.
    """
    start("runtime")
    checks.require()
    _free(host, port)
    click.echo(f"网站：http://{host}:{port}/ （按 Ctrl+C 停止）", err=True)
    sys.stderr.flush()
    if connection.is_embedded():
        _beside("audit", "seal", "--every", "5")
        _beside("jobs", "work")
    arguments = ["-m", "gunicorn", "minzheng.config.wsgi:application", "--bind", f"{host}:{port}",
                 "--workers", str(workers), "--threads", "4", "--worker-class", "gthread", "--timeout", "120",
                 "--log-level", "warning"]  # fmt: skip
    os.execv(sys.executable, [sys.executable, *arguments])


def _beside(*words: str) -> None:
    """The sealer of the log and the worker of jobs run as long as the site; on a server each is a unit."""
    call = [sys.executable, "-m", "minzheng.config", *words, "--with-parent"]
    environment = {name: value for name, value in os.environ.items() if name != "MINZHENG_ROLE"}
    subprocess.Popen(call, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def _free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortRefusal(
                f"不能在 {host}:{port} 上监听（{error.strerror}）。请用 --port 换一个端口。"
            ) from error
