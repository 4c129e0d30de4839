"""A cassette streamed is the cassette read, in the memory of one exchange."""

import tracemalloc

import pytest
import yaml

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.cassette import CassetteError, CassetteWriter, read_cassette, write_cassette
from conformance.tape.stream import CassetteStream


def exchange(number, body=b"{}"):
    return Exchange(Request("GET", f"https://mail.example/v1.0/me/events/{number}"), Response(200, "OK", (), body))


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "tape.yaml"
    write_cassette(file, {"case": "a"}, [exchange(1), exchange(2)])
    return file


def same(path):
    stream, whole = CassetteStream(path), read_cassette(path)
    assert list(stream) == list(whole.exchanges)
    assert (stream.head, stream.damage) == (whole.head, whole.damage)
    return len(whole.exchanges)


def test_a_stream_gives_what_reading_gives_as_often_as_asked(path):
    assert same(path) == 2
    stream = CassetteStream(path)
    assert list(stream) == list(stream)


def test_a_file_cut_anywhere_streams_as_it_reads(path):
    whole = path.read_bytes()
    for kept in range(whole.index(b"interactions"), len(whole), 3):
        path.write_bytes(whole[:kept])
        same(path)


def test_a_file_cut_in_its_head_says_so(path):
    path.write_bytes(path.read_bytes()[:28])
    with pytest.raises(CassetteError, match="ends in its head"):
        CassetteStream(path)


def test_a_cassette_without_exchanges_streams_none(tmp_path):
    with CassetteWriter(tmp_path / "none.yaml", {}):
        pass
    assert same(tmp_path / "none.yaml") == 0


def test_a_cassette_of_another_writer_is_read_whole(path):
    loaded = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump(loaded))
    assert same(path) == 2


def test_a_cassette_that_was_laid_out_anew_below_its_head_is_read_whole(path):
    head, lines = path.read_text().split("interactions:\n")
    listed = yaml.safe_dump(yaml.safe_load(lines))
    path.write_text(f"{head}interactions:\n{listed}")
    assert same(path) == 2


def test_line_ends_of_another_system_make_no_difference(path):
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert same(path) == 2


def test_a_damaged_line_in_the_middle_is_told_by_its_number(path):
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], lines[3][:-10] + b"\n", lines[4]]))
    with pytest.raises(CassetteError, match=r"tape.yaml:4: not an exchange"):
        list(CassetteStream(path))


@pytest.mark.parametrize("name", ["missing.yaml", "text.yaml"])
def test_what_is_no_cassette_is_told(tmp_path, name):
    (tmp_path / "text.yaml").write_text("just words")
    with pytest.raises(CassetteError, match=name):
        CassetteStream(tmp_path / name)


def test_memory_does_not_grow_with_the_cassette(tmp_path):
    def peak(count):
        path = tmp_path / f"{count}.yaml"
        write_cassette(path, {}, (exchange(number, b"x" * 2000) for number in range(count)))
        tracemalloc.start()
        try:
            assert sum(1 for _ in CassetteStream(path)) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(400) < 1.5 * peak(20)
