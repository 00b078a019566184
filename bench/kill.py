"""`kill -9` of the server, of PostgreSQL and of both, 200 times under load, then the whole log is checked.

python bench/kill.py [times]
"""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from kill_stage import Stage


def main() -> None:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    home = Path(tempfile.mkdtemp(prefix="waada-kill-"))
    home.chmod(0o711)
    stage = Stage(home=home, seed=7)
    asyncio.run(stage.play(kills))
    faults = asyncio.run(stage.faults())
    back = sorted(stage.back_seconds)
    print(f"{'kills':40} {dict(stage.kills)}")
    print(f"{'conversations acknowledged':40} {len(stage.acknowledged)}")
    print(f"{'answers acknowledged':40} {len(stage.written)}")
    print(f"{'requests sent again':40} {stage.retried}")
    print(f"{'seconds until it answers again: median':40} {back[len(back) // 2]:.2f}")
    print(f"{'seconds until it answers again: longest':40} {back[-1]:.2f}")
    print(f"{'lost, doubled, or against a law':40} {len(faults)}")
    print("\n".join(faults[:20]))
    shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
