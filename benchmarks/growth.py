"""How the intake grows with the lines: time at most in proportion, memory flat.

    python -m benchmarks.growth [--lines 1_000_000 10_000_000 100_000_000] [--folder /path]

Each size is judged once, in a process of its own, on a file that is taken away before the next one
is made; the works are a tenth of the lines, at most a million. A hundred million lines ask for
some 12 GB of disk for a while.
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.intake import load, make, timed

SIZES = (1_000_000, 10_000_000, 100_000_000)
MOST_WORKS = 1_000_000
PEAK_LIMIT_MIB = 4096


def main() -> None:
    """Print seconds, seconds per million lines and peak memory of each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, nargs="+", default=SIZES)
    parser.add_argument("--folder", type=Path, help="Where there is room.")
    asked = parser.parse_args()
    print(f"{'lines':>12} {'wall s':>8} {'processor s':>12} {'per million':>12} {'peak MiB':>9}")
    for lines in asked.lines:
        with tempfile.TemporaryDirectory(dir=asked.folder) as name:
            make(Path(name), lines, min(lines // 10, MOST_WORKS))
            run = timed("strict", Path(name))
        print(
            f"{lines:12,} {run.wall:8.1f} {run.cpu:12.1f} {run.cpu * 1e6 / lines:12.2f} "
            f"{run.peak:9,}",
            flush=True,
        )
    print(f"limit {PEAK_LIMIT_MIB:,} MiB at the largest; load {load()}")


if __name__ == "__main__":
    main()
