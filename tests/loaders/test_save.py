"""Saving: reads back equal in every format, and leaves the old or the new dataset, whole (R and Q lines)."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_schema import Dataset, StoreError
from graph_schema.checks.check import RawTable, examine
from graph_schema.checks.findings import Findings
from loaders import files, load, save
from loaders.description import from_toml, to_toml
from tests.loaders.sound_dataset import SOUND, write
from valuechain.model import ValueChain

FORMATS = {"csv": "saved", "xlsx": "saved.xlsx", "parquet": "saved-parquet"}


def equal(one, other):
    return one.fingerprint == other.fingerprint and all(
        one.own_table(name).equals(other.own_table(name))
        for name in ("enterprises", "production", "flows", "sources")
    )


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", ["pavlodar", "pavlodar-public"])
def test_q06_the_bundled_datasets_read_back_equal(tmp_path, kind, name):
    chain = load(name)
    save(chain, tmp_path / FORMATS[kind], format=kind)
    again = load(tmp_path / FORMATS[kind])
    assert equal(chain, again)
    assert again.dataset == chain.dataset
    assert again.problems == ()


def test_the_suffix_chooses_the_format(sound, tmp_path):
    chain = load(sound)
    save(chain, tmp_path / "a.xlsx")
    save(chain, tmp_path / "b")
    assert (tmp_path / "a.xlsx").read_bytes().startswith(b"PK")
    assert (tmp_path / "b" / "flows.csv").exists()


LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Cf", "Cn", "Co"])
PHRASES = [
    "ТОО «Завод»",
    'say "hi"',
    "Қостанай облысы",
    "a,b;c\td",
    "line\nline",
    " padded ",
    "=1+1",
    "NA",
    "007",
    "'",
    "é",
]
TEXTS = (st.text(LETTERS, min_size=1, max_size=30) | st.sampled_from(PHRASES)).map(
    lambda text: unicodedata.normalize("NFC", text)
)
NUMBERS = (
    st.none() | st.floats(0, 1e15) | st.sampled_from([0.1 + 0.2, 1 / 3, 1e-300, 5e-324, 123456789012345.6])
)


@pytest.mark.parametrize("kind", FORMATS)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=st.lists(st.tuples(TEXTS, TEXTS, NUMBERS), min_size=1, max_size=5))
def test_q06_every_text_and_every_figure_reads_back_equal(tmp_path, kind, rows):
    names = [name if name.strip() else "x" for name, _, _ in rows]
    columns = {
        "enterprises": {"enterprise_id": [f"e{i}" for i in range(len(rows))], "name": names},
        "products": {"product_id": ["p"], "name": ["P"]},
        "production": {
            "enterprise_id": [f"e{i}" for i in range(len(rows))],
            "product_id": ["p"] * len(rows),
            "output": [number for _, _, number in rows],
            "note": [note for _, note, _ in rows],
        },
    }
    raws = [
        RawTable(n, n, tuple(c), c, range(1, len(next(iter(c.values()))) + 1)) for n, c in columns.items()
    ]
    dataset = Dataset("d", base_year=2020, catalogue=False, title=names[0].strip(" "))
    checked = examine(raws, dataset)
    if checked.refused:  # an error value of a spreadsheet or a row of totals, by chance
        assert {p.code for p in checked.problems} <= {"cell.excel_error", "row.total", "cell.mojibake"}
        return
    chain = ValueChain(dataset, checked.tables)
    target = tmp_path / FORMATS[kind]
    save(chain, target, format=kind)
    again = load(target)
    assert equal(chain, again)
    assert again.dataset == chain.dataset


@given(
    title=st.text(st.characters(exclude_categories=["Cs", "Cc"])), year=st.none() | st.integers(1800, 2200)
)
def test_the_description_reads_back_equal(title, year):
    title = unicodedata.normalize("NFC", title).strip(" ")
    dataset = Dataset("d", title=title, base_year=year, currency="KZT", catalogue=False)
    findings = Findings()
    assert from_toml(to_toml(dataset).encode(), "d", findings) == dataset or findings.errors


def test_i7_text_leaves_as_it_came(sound, tmp_path):
    """CSV is exact: nothing is prefixed for spreadsheet programs."""
    chain = load(sound).with_rows("regions", region_id="x", name="=HYPERLINK(1)")
    save(chain, tmp_path / "out")
    assert "x,=HYPERLINK(1),," in (tmp_path / "out" / "regions.csv").read_text(encoding="utf-8")


def test_what_is_not_ours_stays_in_the_folder(sound):
    (sound / "notes.md").write_text("mine")
    (sound / "photos").mkdir()
    (sound / "photos" / "a.jpg").write_bytes(b"1")
    (sound / "flows.parquet.bak").write_bytes(b"2")
    save(load(sound), sound)
    assert (sound / "notes.md").read_text() == "mine"
    assert (sound / "photos" / "a.jpg").read_bytes() == b"1"
    assert (sound / "flows.parquet.bak").exists()


def test_a_format_replaces_the_other_one(sound):
    chain = load(sound)
    save(chain, sound, format="parquet")
    assert not (sound / "flows.csv").exists()
    assert equal(load(sound), chain)


def test_a_folder_that_is_no_dataset_is_never_replaced(sound, tmp_path):
    chain = load(sound)
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.txt").write_text("mine")
    with pytest.raises(StoreError, match="no dataset"):
        save(chain, home)
    with pytest.raises(StoreError, match="is a file"):
        save(chain, home / "thesis.txt")
    with pytest.raises(StoreError, match="is a folder"):
        save(chain, home, format="xlsx")
    assert [p.name for p in home.iterdir()] == ["thesis.txt"]


def test_nothing_is_left_beside_the_dataset(sound, tmp_path):
    chain = load(sound)
    for kind, name in FORMATS.items():
        save(chain, tmp_path / "out" / name, format=kind)
        save(chain, tmp_path / "out" / name, format=kind)
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(FORMATS.values())


def test_stale_temporaries_are_swept(sound, tmp_path):
    chain = load(sound)
    (tmp_path / ".out.123.new").mkdir()
    (tmp_path / ".out.123.new" / "flows.csv").write_text("half")
    (tmp_path / ".out.old").mkdir()
    (tmp_path / "out").mkdir()
    save(chain, tmp_path / "out")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "sound"]


def test_a_save_killed_between_its_renames_is_recovered_by_the_next_load(sound, tmp_path):
    chain = load(sound)
    save(chain, tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / ".out.old")
    shutil.copytree(sound, tmp_path / ".out.99.new")
    assert equal(load(tmp_path / "out"), chain)
    assert not (tmp_path / ".out.old").exists()


@pytest.fixture
def small(tmp_path):
    """The needed tables and one more, so that a save has few steps."""
    names = ("dataset.toml", "regions.csv", "enterprises.csv", "products.csv", "production.csv")
    files = {name: SOUND[name].replace("smelting", "") for name in names}
    return write(tmp_path / "small", files)


CALLS = ("open", "fsync", "rename", "replace", "mkdir", "link")


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("call", CALLS)
def test_r02_whatever_call_fails_the_old_dataset_is_whole(small, tmp_path, monkeypatch, kind, call):
    """Fail the first call, the second, and so on, until the save succeeds."""
    old = load(small)
    new = old.with_rows("regions", region_id="new", name="New")
    target = tmp_path / "store" / FORMATS[kind]
    save(old, target, format=kind)
    refused = []
    for turn in range(1, 200):
        with monkeypatch.context() as patch:
            calls = _fail(patch, call, turn, tmp_path / "store")
            error = _save(new, target, kind)
        assert [p.name for p in target.parent.iterdir() if not p.name.startswith(".")] == [target.name]
        refused.append(error)
        assert equal(load(target), old if error else new)
        if calls() < turn:  # none was left to fail
            break
        save(old, target, format=kind)
        assert [p.name for p in target.parent.iterdir()] == [target.name]
    assert refused[-1] == ""
    assert all("unchanged" in error or "cannot be saved" in error for error in refused if error)
    assert any(refused) or call in ("rename", "replace", "mkdir", "open", "link")


def _save(chain, target, kind):
    """Return the words with which a save was refused, if it was."""
    try:
        save(chain, target, format=kind)
    except StoreError as error:
        return str(error)
    return ""


def _fail(patch, call, turn, folder):
    """Let the call number `turn` to a function of `os` fail, of those that concern `folder`."""
    seen = 0
    original = getattr(os, call)

    def failing(*args, **named):
        nonlocal seen
        concerned = call == "fsync" or str(folder) in str(args[0])
        if concerned:
            seen += 1
            if seen == turn:
                raise OSError(errno.EIO if call == "fsync" else errno.ENOSPC, "injected")
        return original(*args, **named)

    patch.setattr(os, call, failing)
    return lambda: seen


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limit there")
@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("limit", [0, 3_000])
def test_r03_r04_no_space_or_a_short_write(sound, tmp_path, kind, limit):
    """A limit on file size cuts a write in the middle, as a full disk does."""
    target = tmp_path / "store" / FORMATS[kind]
    save(load(sound), target, format=kind)
    code = f"""
import resource, signal
from api.light import without_pandas
without_pandas()
from graph_schema import StoreError
from loaders import load, save
chain = load({str(sound)!r})
chain = chain.with_rows("regions", *({{"region_id": f"n{{i}}", "name": "x" * 200}} for i in range(400)))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
try:
    save(chain, {str(target)!r}, format={kind!r})
except StoreError as error:
    print("refused:", error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=_env()
    )
    assert "refused:" in done.stdout, done.stderr
    assert "unchanged" in done.stdout
    assert equal(load(target), load(sound))
    assert [p.name for p in target.parent.iterdir()] == [target.name]


def _env():
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


CHILD = """
import os, signal, sys
from api.light import without_pandas
without_pandas()
from loaders import load, save

source, kind, *targets = sys.argv[1:]
chain = load(source)
other = chain.with_rows("regions", *({"region_id": f"n{i}", "name": "N"} for i in range(300)))
STEPS = ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.scandir")

def steps(target, last=0):
    seen = 0
    def count(event, arguments):
        nonlocal seen
        if event in STEPS and os.path.dirname(target) in str(arguments[0]):
            seen += 1
            if seen == last:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(count)
    save(other, target, format=kind)
    return seen

if len(targets) == 1:
    for _ in range(15):
        save(other, targets[0])
        save(chain, targets[0])
else:
    total = steps(targets[0])
    for place, target in enumerate(targets):
        child = os.fork()
        if not child:
            steps(target, 1 + place * (total - 1) // (len(targets) - 1))
            os._exit(0)
        print(os.waitpid(child, 0)[1])
"""


def child(*arguments):
    command = [sys.executable, "-c", CHILD, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_env())


@pytest.fixture
def two(sound):
    """The sound dataset and a changed one, as `CHILD` has them."""
    chain = load(sound)
    return chain, chain.with_rows("regions", *({"region_id": f"n{i}", "name": "N"} for i in range(300)))


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
@pytest.mark.parametrize("kind", FORMATS)
def test_r01_kill_9_in_the_middle_leaves_the_old_or_the_new_dataset(sound, two, tmp_path, kind):
    """A process kills itself at a step of the save: ten times, at steps spread over all of them."""
    chain, other = two
    targets = [tmp_path / f"store-{place}" / FORMATS[kind] for place in range(10)]
    for target in targets:
        save(chain, target, format=kind)
    with child(sound, kind, *targets) as process:
        assert process.communicate()[0].split() == [str(int(signal.SIGKILL))] * 10
    seen = set()
    for target in targets:
        found = load(target)
        assert found.problems == ()
        assert equal(found, chain) or equal(found, other)
        seen.add(found.fingerprint)
        save(chain, target, format=kind)
        assert [p.name for p in target.parent.iterdir()] == [target.name]
    assert len(seen) == 2  # the kills came early enough and late enough to leave either


def test_r01_every_step_of_replacing_a_folder(sound, two, tmp_path):
    """The same, without a process: every step between the renames, one after the other."""
    chain, other = two
    for step in ("before", "aside", "in", "done"):
        target = tmp_path / step / "d"
        save(chain, target)
        new, old = target.with_name(".d.1.new"), target.with_name(".d.old")
        if step != "done":
            save(other, new)
        if step in ("aside", "in"):
            target.rename(old)
        if step == "in":
            new.rename(target)
        assert equal(load(target), other if step == "in" else chain)
        save(chain, target)
        assert [p.name for p in target.parent.iterdir()] == ["d"]


def test_r07_r08_two_writers_and_a_reader_never_see_a_mix(sound, two, tmp_path):
    chain, other = two
    target = tmp_path / "out"
    save(chain, target)
    writers = [child(sound, "csv", target) for _ in range(2)]
    reads = 0
    while any(writer.poll() is None for writer in writers):
        found = load(target)
        assert equal(found, chain) or equal(found, other)
        reads += 1
    for writer in writers:
        writer.communicate()
    assert [writer.returncode for writer in writers] == [0, 0]
    assert reads > 2  # a busy machine reads seldom


def test_r07_a_writer_that_is_kept_waiting_says_so(sound, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "PATIENCE", 0.05)
    chain = load(sound)
    with files.lock(tmp_path), pytest.raises(StoreError, match="another process"):
        save(chain, tmp_path / "out")
    save(chain, tmp_path / "out")


@pytest.mark.parametrize("target", ["/", "", "/proc/nowhere/x", "x" * 300, "a/" * 3000 + "b"])
def test_r12_places_where_nothing_can_be_saved(sound, target, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError):
        save(load(sound), target)


def test_r01_a_save_that_fails_after_a_killed_one_does_not_lose_the_old_dataset(small, tmp_path, monkeypatch):
    chain = load(small)
    target = tmp_path / "store" / "d"
    save(chain, target)
    target.rename(target.with_name(".d.old"))  # as a kill between the renames leaves it
    monkeypatch.setattr(files, "_flush", lambda path: (_ for _ in ()).throw(OSError(errno.EIO, "injected")))
    with pytest.raises(StoreError, match="reports an error"):
        save(chain, target)
    assert equal(load(target), chain)


def test_r05_every_file_and_folder_is_flushed_before_it_is_renamed(small, tmp_path, monkeypatch):
    steps = []
    flush, rename = files._flush, Path.rename
    monkeypatch.setattr(files, "_flush", lambda path: (steps.append(path.name), flush(path)))
    monkeypatch.setattr(Path, "rename", lambda path, other: (steps.append("rename"), rename(path, other))[1])
    save(load(small), tmp_path / "store" / "d")
    written = {path.name for path in (tmp_path / "store" / "d").iterdir()}
    assert written <= set(steps[: steps.index("rename")])
    assert steps[-2:] == ["rename", "store"]
