"""`valuechain serve` as a process: it tells where it is, answers, and stops cleanly."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class TestServe:
    @pytest.mark.parametrize(("sign", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
    def test_it_serves_until_it_is_stopped(self, sign, code):
        from urllib.request import urlopen

        command = "from api.cli import main; import sys; sys.argv[1:] = ['serve', 'pavlodar', '--port', '0']; main()"
        process = subprocess.Popen(
            [sys.executable, "-c", command],
            cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        try:
            said = []
            for line in process.stderr:
                said.append(line)
                if line.startswith("Ctrl-C"):
                    break
            (start,) = [x.split()[-1] for x in said if x.startswith("Start page")]
            assert start.startswith("http://127.0.0.1:")
            with urlopen(f"{start}api/v1/datasets/pavlodar", timeout=20) as response:
                assert json.load(response)["id"] == "pavlodar"
            assert not [x for x in said if "Warning" in x]
            process.send_signal(sign)
            out, err = process.communicate(timeout=20)
        finally:
            process.kill()
        assert (process.returncode, out, err) == (code, "", "")

    def test_a_port_in_use_is_said(self, run):
        import socket

        with socket.create_server(("127.0.0.1", 0)) as taken:
            done = run("serve", "pavlodar", "--port", taken.getsockname()[1])
        assert done.exit_code == 2
        assert "--port 0 takes a free one" in done.stderr

    def test_an_open_address_is_warned_of(self):
        from api.commands.serve import _this_machine_only

        assert [_this_machine_only(h) for h in ("127.0.0.1", "::1", "localhost")] == [True] * 3
        assert [_this_machine_only(h) for h in ("0.0.0.0", "::", "example", "192.168.1.5")] == [False] * 4
