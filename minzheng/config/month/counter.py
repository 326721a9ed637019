"""The stand-in bank as a process that knows no database: `python -m minzheng.config.month.counter DIR
[--serve]`.
"""

import sys
from pathlib import Path

from minzheng.config.month import standin
from minzheng.kernel.errors import Refusal


def main(folder: str, keep_on: bool = False) -> int:
    """Serve the folder once, or until stopped; 0 when done, 1 with a sentence when not."""
    try:
        if keep_on:
            standin.serve(Path(folder))
        standin.serve_once(Path(folder))
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"目录 {folder} 读写失败：{error.strerror}。\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], "--serve" in sys.argv))
