"""`minzheng jobs`: the worker that does what pages ask for and cannot wait for."""

import os
import signal
import time
from typing import Any

import click

from minzheng.config.command import emit, start, told
from minzheng.config.database import connection


@click.group(help="后台任务：导出、导入等耗时的工作，由处理进程逐项完成。")
def command() -> None:
    """The group."""


@command.command("work", help="处理排队的任务，直到被停止；可同时运行几个。")
@click.option("--once", is_flag=True, help="做完现有的任务就结束。")
@click.option("--with-parent", is_flag=True, help="启动它的程序结束时一同结束。")
def work(once: bool, with_parent: bool) -> None:
    """While it goes on, a database that is away is waited for; a stop lets the running job queue again."""
    parent = os.getppid()
    start("runtime")
    import psycopg

    from minzheng.core.jobs.working import Worker

    def surprised(error: Exception) -> None:
        click.echo(told(error), err=True)

    stop = Stop()
    while not stop.asked:
        try:
            with connection.connect("engine") as queue:
                worker = Worker(queue, surprised)
                stop.worker = worker
                if once:
                    emit(f"做完 {worker.work()} 项任务。", False)
                    return
                _loop(worker, lambda: with_parent and os.getppid() != parent)
                return
        except psycopg.OperationalError as error:
            surprised(error)
            if once:
                raise
            time.sleep(5)


class Stop:
    """Set by SIGTERM and SIGINT."""

    def __init__(self) -> None:
        self.asked = False
        self.worker: Any = None
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, self)

    def __call__(self, *_: object) -> None:
        self.asked = True
        if self.worker is not None:
            self.worker.stopping = True


def _loop(worker: Any, orphaned: Any) -> None:
    from django.db import connection as work

    looked = 0.0
    while not worker.stopping and not orphaned():
        if not worker.work():
            work.close()
            if time.monotonic() - looked > 600:
                worker.forget()
                looked = time.monotonic()
            time.sleep(0.5)
