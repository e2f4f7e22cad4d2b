import gzip
import io
import zipfile

import pytest

from laadplan.errors import BadInput, MissingSource
from laadplan.ingest import files, watched
from laadplan.ingest.files import first_bytes, opened, opened_zip, parse_json, read_json, read_text


@pytest.fixture
def file(tmp_path):
    """Writes bytes to a file and returns its path."""

    def write(content, name="bron"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def zipped(members, **options):
    """A zip as bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize("packed", [False, True])
def test_text_is_read_with_or_without_packing_and_mark(file, packed):
    content = "\ufeffstraat\nCafé".encode()

    read = read_text(file(gzip.compress(content) if packed else content))

    assert read == "straat\nCafé"


def test_the_first_bytes_are_those_that_are_packed(file):
    assert first_bytes(file(gzip.compress(b"<gml>" * 9)), 5) == b"<gml>"
    assert first_bytes(file(b"plain text"), 5) == b"plain"
    assert first_bytes(file(b"\x1f\x8bno gzip at all"), 5) == b""


@pytest.mark.parametrize("read", [first_bytes, read_text, read_json])
def test_a_file_that_is_not_there_is_named(tmp_path, read):
    with pytest.raises(MissingSource, match=r"nowhere: The file does not exist\."):
        read(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (gzip.compress(b"x" * 5000, mtime=0)[:-9], "The packed file cannot be read"),
        (gzip.compress(bytes(30_000_000), mtime=0), "unpacks to more than 200 times its size"),
        ("straße".encode("latin-1"), r"The file is not UTF-8 \(byte 4\)"),
    ],
    ids=["truncated", "bomb", "latin-1"],
)
def test_a_file_that_cannot_be_trusted_is_refused(file, content, words):
    with pytest.raises(BadInput, match=words):
        read_text(file(content))


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1, NaN]", "[Infinity]", "{'a': 1}", "[" * 200_000],
    ids=["empty", "cut", "nan", "inf", "py", "deep"],
)
def test_what_is_no_json_is_refused(text):
    with pytest.raises(BadInput, match="The file is not JSON"):
        parse_json(text, "bron.json")


def test_json_is_read_packed(file):
    assert read_json(file(gzip.compress(b'{"a": [1, 2.5, null]}'))) == {"a": [1, 2.5, None]}


def test_a_packed_file_that_grows_as_data_does_is_read(file):
    content = b"".join(b"<boom id='%d'/>" % place for place in range(200_000))

    with opened(file(gzip.compress(content))) as stream:
        assert stream.read() == content


def test_a_zip_in_a_zip_is_read_without_unpacking_it(file, tmp_path):
    path = file(zipped({"9999VBO.zip": zipped({"a.xml": "<a/>", "b.xml": "<b/>"}), "folder/": ""}))

    with opened_zip(path) as archive, archive.inner("9999VBO.zip") as inner:
        found = archive.names, inner.names, inner.text("b.xml")

    assert found == (["9999VBO.zip"], ["a.xml", "b.xml"], "<b/>")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["../outside.txt", "/etc/passwd", "a/../../b", "..\\b", "C:\\b", "\\\\server\\b"])
def test_a_zip_that_names_a_place_outside_itself_is_refused(file, name):
    path = file(zipped({name: "x"}))

    with pytest.raises(BadInput, match="The zip names a file outside itself"), opened_zip(path):
        pass


def test_a_bomb_in_a_zip_is_refused_before_it_is_all_unpacked(file):
    path = file(zipped({"bomb.xml": bytes(100_000_000)}))

    with opened_zip(path) as archive, archive.opened("bomb.xml") as stream:
        believed = sum(len(stream.read(1_000_000)) for _ in range(watched.BELIEVED_BYTES // 1_000_000))
        with pytest.raises(BadInput, match="unpacks to more than 200 times its size"):
            stream.read(1_000_000)

    assert believed == watched.BELIEVED_BYTES


def test_too_many_files_in_a_zip_are_refused(file, monkeypatch):
    monkeypatch.setattr(files, "MOST_MEMBERS", 3)
    path = file(zipped(dict.fromkeys("abcd", "x")))

    with pytest.raises(BadInput, match="more than 3 files"), opened_zip(path):
        pass


@pytest.mark.parametrize("cut", [10, 60, -5])
def test_a_zip_that_is_cut_is_refused(file, cut):
    path = file(zipped({"a.xml": "<a/>" * 50, "b.xml": "<b/>"})[:cut])

    with pytest.raises(BadInput, match="not a whole zip file"), opened_zip(path):
        pass


def test_a_file_in_a_zip_that_is_damaged_is_refused(file):
    content = bytearray(zipped({"a.xml": "".join(str(number) for number in range(999))}))
    content[60:70] = b"\xff" * 10

    with opened_zip(file(bytes(content))) as archive, pytest.raises(BadInput, match=r"bron/a\.xml: "):
        archive.text("a.xml")


def test_text_in_a_zip_that_is_not_utf8_is_refused(file):
    path = file(zipped({"a.csv": "Één".encode("latin-1")}))

    with opened_zip(path) as archive, pytest.raises(BadInput, match=r"a\.csv: The file in the zip is not UTF-8"):
        archive.text("a.csv")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(99), r"not UTF-8 but an old workbook \(\.xls\)\. Save it as \.xlsx"),
        ("buurt\tbanen\n".encode("utf-16"), "not UTF-8 but text in UTF-16. .*'CSV UTF-8', not as 'Unicode text'"),
        (b"SQLite format 3\x00" + bytes(99), "not UTF-8 but a GeoPackage or another database"),
    ],
    ids=["xls", "utf-16", "gpkg"],
)
def test_what_is_no_text_is_named_and_never_taken_for_windows_1252(file, content, words):
    with pytest.raises(BadInput, match=words):
        read_text(file(content), ("utf-8-sig", "cp1252"))


@pytest.mark.parametrize("read", [first_bytes, read_text, read_json])
def test_a_folder_is_not_said_to_be_absent(tmp_path, read):
    with pytest.raises(MissingSource, match=r"This is a folder\. Name the file in it as 'path' of this source\."):
        read(tmp_path)
