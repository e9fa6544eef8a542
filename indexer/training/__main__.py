"""`python -m indexer.training --data DIR --out DIR [--minutes N] [--seed N]`."""

import argparse
import sys
from pathlib import Path

from indexer.training.train import main


def arguments() -> argparse.ArgumentParser:
    """The command line of the training."""
    parser = argparse.ArgumentParser(
        prog="python -m indexer.training",
        description="Train the French sentence encoder; an interrupted run is resumed.",
    )
    parser.add_argument("--data", type=Path, required=True, help="directory of the training files")
    parser.add_argument("--out", type=Path, required=True, help="working directory and result")
    parser.add_argument("--minutes", type=float, help="stretch the schedule to about N minutes")
    parser.add_argument("--seed", type=int, default=0, help="seed of every random choice")
    parser.add_argument("--start", type=Path, help="directory of an encoder to go on from")
    parser.add_argument("--teacher", type=Path, help="another English model's directory")
    return parser


if __name__ == "__main__":
    given = arguments().parse_args()
    sys.exit(
        main(
            given.data,
            given.out,
            given.minutes,
            given.seed,
            teacher=given.teacher,
            start=given.start,
        )
    )
