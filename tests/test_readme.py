r"""Runs README.md: what it shows is what happens.

All blocks run in order in one temporary folder. In a ```console block each line after `$ ` is run by bash
(a line that ends in `\` goes on below) and what it prints, stderr included, must match the lines under it,
if there are any. As in a doctest, `...` stands for anything, any number of lines included, and all runs of
blanks and line ends are alike. A command must succeed, unless it ends in `# exit N`. A ```python block is executed,
all in one namespace; one with `>>>` is checked as a doctest. Blocks that cannot run here are marked ```sh.
"""

import doctest
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 120
BLOCK = re.compile(r"^( *)```(console|python)\n(.*?)^\1```\s*?$", re.MULTILINE | re.DOTALL)


def matches(want: str, got: str) -> bool:
    """Whether output is as shown; `...` is anything, lines and the blanks beside it included."""
    got = " ".join(got.split())
    first, *others = (" ".join(piece.split()) for piece in want.split("..."))
    if not others:
        return got == first
    *middle, last = others
    start, end = len(first), len(got) - len(last)
    if start > end or not (got.startswith(first) and got.endswith(last)):
        return False
    for piece in middle:
        found = got.find(piece, start, end)
        if found < 0:
            return False
        start = found + len(piece)
    return True


def commands(block: str) -> Iterator[tuple[int, str, str]]:
    """Offset in lines, command and shown output of each `$ ` in a console block."""
    lines = block.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=False):
        last = start
        while lines[last].endswith("\\") and last + 1 < end:
            last += 1
        command = "\n".join([lines[start].removeprefix("$ "), *lines[start + 1 : last + 1]])
        yield start, command, "\n".join(lines[last + 1 : end])


@dataclass
class Readme:
    """One pass over a README; `problems` grows, a sentence per block or command that is not as shown."""

    path: Path
    folder: Path
    problems: list[str] = field(default_factory=list)
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})
    serial: Iterator[int] = field(default_factory=count)
    groups: list[int] = field(default_factory=list)

    def run(self) -> list[str]:
        """Run every block; a README without one, or a console block without a command, is a problem too."""
        text = self.path.read_text(encoding="utf-8")
        blocks = list(BLOCK.finditer(text))
        if not blocks:
            return [f"{self.path.name} has no ```console and no ```python block"]
        cwd = self.folder
        try:
            for block in blocks:
                line = text.count("\n", 0, block.start()) + 2
                body = re.sub(f"^{block[1]}", "", block[3], flags=re.MULTILINE)
                if block[2] == "python":
                    self.python(line, body)
                elif not list(commands(body)):
                    self.say(line, "a console block without a `$ ` line")
                else:
                    for offset, command, shown in commands(body):
                        cwd = self.console(line + offset, command, shown, cwd)
        finally:
            for group in self.groups:  # what a command left running in the background
                with suppress(ProcessLookupError):
                    os.killpg(group, signal.SIGKILL)
        return self.problems

    def say(self, line: int, problem: str) -> None:
        """Note a problem with its place."""
        self.problems.append(f"{self.path.name}:{line} {problem}")

    def console(self, line: int, command: str, shown: str, cwd: Path) -> Path:
        """Run one command and compare; gives the folder that it ended in, so that `cd` works."""
        home = self.folder.parent / f"{self.folder.name}.{next(self.serial)}"
        home.mkdir()
        environment = os.environ | {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
            "COLUMNS": "80",
            "NO_COLOR": "1",
            "PYTHONUTF8": "1",
            "PYTHONUNBUFFERED": "1",  # else stderr overtakes stdout
            "README_PWD": str(home / "pwd"),
        }
        # Output goes to a file, not a pipe: a server left in the background would hold a pipe open.
        with (home / "out").open("wb") as out:
            process = subprocess.Popen(
                ["bash", "-c", f"trap 'pwd >\"$README_PWD\"' EXIT\n{command}"],
                cwd=cwd,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self.groups.append(process.pid)
            try:
                status = process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                self.say(line, f"`{command}` did not end within {SECONDS} s")
                return cwd
        got = (home / "out").read_text(encoding="utf-8", errors="replace")
        promised = re.search(r"# exit (\d+)\s*$", command)
        if status != (int(promised[1]) if promised else 0):
            self.say(line, f"`{command}` ended with {status}:\n{got}")
        elif shown.strip() and not matches(shown, got):
            self.say(line, f"`{command}` does not print what is shown.\nShown:\n{shown}\nPrinted:\n{got}")
        return Path((home / "pwd").read_text(encoding="utf-8").rstrip("\n"))

    def python(self, line: int, body: str) -> None:
        """Execute one block in the common namespace, or check it if it is written as a doctest."""
        with chdir(self.folder):
            if ">>> " in body:
                runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
                test = doctest.DocTestParser().get_doctest(body, {}, self.path.name, self.path.name, line - 1)
                test.globs = self.names
                report: list[str] = []
                runner.run(test, out=report.append, clear_globs=False)
                if runner.failures:
                    self.say(line, "".join(report))
                return
            try:
                # blank lines in front make a traceback name the README's own line
                exec(compile("\n" * (line - 1) + body, self.path.name, "exec"), self.names)
            except Exception as error:
                trace, place = error.__traceback__, getattr(error, "lineno", None) or line
                while trace is not None:
                    if trace.tb_frame.f_code.co_filename == self.path.name:
                        place = trace.tb_lineno
                    trace = trace.tb_next
                self.say(place, f"{type(error).__name__}: {error}")


def check(path: Path, tmp_path: Path) -> list[str]:
    folder = tmp_path / "work"
    folder.mkdir()
    return Readme(path, folder).run()


def test_readme_shows_what_happens(tmp_path):
    problems = check(ROOT / "README.md", tmp_path)
    assert not problems, "\n\n".join(problems)


GOOD = """\
# Sample

```console
$ mkdir -p data && cd data
$ printf 'a  b\\nnoise 1\\nnoise 2\\ntook 0.7 s\\n'; echo aside >&2
a b
...
took ... s
aside
$ echo one \\
    two
one two
$ sleep 300 &
$ false  # exit 1
```

- in a list

  ```console
  $ basename "$PWD"; python -c 'import sys; print(sys.prefix != sys.base_prefix or "none")' >/dev/null
  data
  ```

```python
x = 20
```

```python
from pathlib import Path
Path("seen.txt").write_text(str(x + 1))
```

```python
>>> x + 2
22
```

```console
$ cat ../seen.txt
21
```

```sh
exit 1
```
"""


def test_a_true_readme_passes(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(GOOD, encoding="utf-8")
    assert check(readme, tmp_path) == []


@pytest.mark.parametrize(
    ("want", "got", "same"),
    [
        ("a b", " a\n  b ", True),
        ("a", "a b", False),
        ("a ... c", "a c", True),
        ("a ... c", "a b", False),
        ("ab ... bc", "abc", False),
        ("...\nb ... b\n...", "a b c", False),
        ("...\nb ... b\n...", "a\nb c b", True),
        ("... 1 t ... 2 t", "x 2 t y 1 t", False),
        ("...", "", True),
    ],
)
def test_the_comparison(want, got, same):
    assert matches(want, got) is same


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("# No block\n\n```sh\nls\n```\n", "has no ```console and no ```python block"),
        ("```console\n$ echo a\nb\n```\n", "README.md:2 `echo a` does not print what is shown"),
        ("```console\n$ echo a\na\n...\nb\n```\n", "does not print what is shown"),
        ("```console\n$ printf 'a\\nb\\n'\na\n```\n", "does not print what is shown"),
        ("```console\n$ true\n$ exit 3\n```\n", "README.md:3 `exit 3` ended with 3"),
        ("```console\n$ true  # exit 1\n```\n", "ended with 0"),
        ("```console\nls\n```\n", "README.md:2 a console block without a `$ ` line"),
        ("a\n\n```python\nx = 1\nassert x == 2, 'no'\n```\n", "README.md:5 AssertionError: no"),
        ("```python\nx = (\n```\n", "SyntaxError"),
        ("```python\nimport warnings\nwarnings.warn('old')\n```\n", "README.md:3 UserWarning: old"),
        ("```python\n>>> 1 + 1\n3\n```\n", "Got:\n    2"),
    ],
)
def test_a_false_readme_is_found_out(tmp_path, text, problem):
    readme = tmp_path / "README.md"
    readme.write_text(text, encoding="utf-8")
    (found,) = check(readme, tmp_path)
    assert problem in found


def test_a_command_that_hangs_is_a_problem(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "SECONDS", 0.2)
    readme = tmp_path / "README.md"
    readme.write_text("```console\n$ sleep 60\n```\n", encoding="utf-8")
    (found,) = check(readme, tmp_path)
    assert "did not end within" in found
