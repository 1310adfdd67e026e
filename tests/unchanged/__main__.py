from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import compare, crawl, pictures


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.unchanged")
    tasks = parser.add_subparsers(dest="task", required=True)
    task = tasks.add_parser("record", help="crawl the site of a source tree into a folder")
    task.add_argument("folder", type=Path)
    task.add_argument("--tree", type=Path, default=Path(), help="default: the tree one stands in")
    task.add_argument("--one-in", type=int, default=1, help="look at one place in so many only")
    task = tasks.add_parser("compare", help="say what differs between two records")
    task.add_argument("before", type=Path)
    task.add_argument("after", type=Path)
    task = tasks.add_parser("pictures", help="take pictures of twenty pages of a served site")
    task.add_argument("folder", type=Path)
    task.add_argument("--site", default="http://127.0.0.1:8000", help="as `make run` serves it")
    said = parser.parse_args()
    if said.task == "record":
        for kind, count in sorted(crawl.record(said.folder, said.tree, one_in=said.one_in).items()):
            print(f"{kind:40} {count:7}")
        return 0
    if said.task == "pictures":
        print(pictures.take(said.folder, said.site), "pictures")
        return 0
    return 0 if compare.compare(said.before, said.after) else 1


sys.exit(main())
