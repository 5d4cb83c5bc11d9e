"""Random damage to a sound dataset: never an exception, never a lost row, the same verdict twice."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders import check
from tests.loaders.sound_dataset import SOUND, write

BITS = [
    b'"',
    b",",
    b"\n",
    b"\r",
    b";",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"'",
    b"=",
    b"<",
    b" ",
    b"-",
    b"9" * 30,
    b"NaN",
]
BITS += [
    "\u202e".encode(),
    "А".encode(),
    "№".encode("cp1251"),
    b"\xed\xa0\x80",
    b"1,234",
    b"\t",
    b"x" * 200_000,
]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(sorted(SOUND)),
    edits=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 20), st.integers(0, len(BITS) - 1) | st.binary(max_size=5)),
        min_size=1,
        max_size=4,
    ),
)
def test_i1_i2_i4_random_damage(tmp_path, name, edits):
    data = SOUND[name].encode()
    for where, length, insert in edits:
        start = int(where * len(data))
        insert = BITS[insert] if isinstance(insert, int) else insert
        data = data[:start] + insert + data[start + length :]
    folder = write(tmp_path / "fuzz", {**SOUND, name: data})
    report = check(folder)
    for count in report.counts:
        assert count.read == count.loaded + count.set_aside
    assert (report.chain is None) == bool(report.errors)
    lenient = check(folder, lenient=True)
    assert {c.table: c.read for c in lenient.counts} == {c.table: c.read for c in report.counts}
    for count in lenient.counts:
        assert count.read == count.loaded + count.set_aside
        if lenient.chain is not None:
            assert lenient.chain.own_table(count.table).num_rows == count.loaded
    if not report.errors:
        assert lenient.chain.fingerprint == report.chain.fingerprint
    for problem in report.problems:
        assert len(problem.value) <= 720
        assert not any(character in str(problem.message) for character in "\0\x1b\u202e")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=300)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_any_bytes_under_the_name_of_a_table(tmp_path, content):
    folder = write(tmp_path / "fuzz", {**SOUND, "flows.csv": content})
    report = check(folder)
    assert (report.chain is None) == bool(report.errors)
