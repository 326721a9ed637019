"""The stand-in bank as a process without the platform's settings: `python -m minzheng.config.month.counter DIR`."""

import sys
from pathlib import Path

from minzheng.config.month import standin
from minzheng.kernel.errors import Refusal


def main(folder: str) -> int:
    """Serve the folder once; 0 when done, 1 with a sentence when not."""
    try:
        standin.serve_once(Path(folder))
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"目录 {folder} 读写失败：{error.strerror}。\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
