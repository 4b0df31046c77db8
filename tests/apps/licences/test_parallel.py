"""The same race on SQLite, which tests otherwise hold in memory where threads cannot meet."""

import subprocess
import sys
from pathlib import Path


def test_lv_04_twenty_parallel_approvals_on_a_sqlite_file_verify_one_account(tmp_path: Path) -> None:
    """LV-04"""
    script = Path(__file__).with_name("parallel_approvals.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split() == ["number_taken"] * 19 + ["verified"]
    print("20 parallel approvals checked")
