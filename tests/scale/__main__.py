"""`make bench`: every benchmark in turn, each writing its section of docs/reference/benchmarks.md."""

import subprocess
import sys

BENCHES = ("tests.scale.explain", "tests.scale.rules", "tests.scale.run")

if __name__ == "__main__":
    codes = [
        subprocess.run([sys.executable, "-m", name, "--write"], check=False).returncode for name in BENCHES
    ]
    sys.exit(max(codes))
