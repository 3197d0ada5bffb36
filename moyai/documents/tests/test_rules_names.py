import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.documents.rules.cells import csv_lines, harmless, written
from moyai.documents.rules.names import LONGEST_BYTES, clean_name


@pytest.mark.parametrize(
    ("given_name", "ending", "shown"),
    [
        ("../../etc/passwd", "", "passwd"),
        ("C:\\Users\\x\\写真.JPG", "jpg", "写真.JPG"),
        ("請求書\u202egpj.exe", "pdf", "請求書gpj_exe.pdf"),
        ("写真.jpg.exe", "jpg", "写真_jpg_exe.jpg"),
        ("a\x00b.pdf", "pdf", "ab.pdf"),
        ("", "pdf", "ファイル.pdf"),
        ("...", "jpg", "ファイル.jpg"),
        ("con.pdf", "pdf", "_con.pdf"),
        ("辻\U000e0100 𠮷髙﨑.jpeg", "jpg", "辻\U000e0100 𠮷髙﨑.jpeg"),
        ("第1.2版.pdf", "pdf", "第1.2版.pdf"),
        ('a<b>"c".pdf', "pdf", "a＜b＞”c”.pdf"),
        ("x\r\nSet-Cookie: a=b.pdf", "pdf", "xSet-Cookie： a=b.pdf"),
        ("\ud800.pdf", "pdf", "？.pdf"),
    ],
)
def test_hostile_name_becomes_harmless_and_stays_readable(given_name, ending, shown):
    assert clean_name(given_name, ending=ending) == shown


def test_a_name_of_255_bytes_of_japanese_is_cut_between_letters():
    name = clean_name("葛\U000e0100" * 60 + ".pdf", ending="pdf")
    assert len(name.encode()) <= LONGEST_BYTES
    assert name.endswith("葛\U000e0100.pdf")


@given(st.text(max_size=400), st.sampled_from(["", "pdf", "jpg"]))
def test_no_name_gets_out_of_its_folder(raw, ending):
    name = clean_name(raw, ending=ending)
    assert name
    assert len(name.encode()) <= 255
    assert not set(name) & set('/\\\0<>:"|?*\r\n\u202e\u2066\u200b')
    assert name not in (".", "..")
    assert not name.startswith(".")
    if ending:
        assert name.rpartition(".")[2].casefold() in {ending, "jpeg"}


@pytest.mark.parametrize("sign", list("=+-@＝＋－＠\t\r\n"))
def test_cell_that_would_run_is_made_text(sign):
    assert harmless(f"{sign}1+2") == f"'{sign}1+2"
    if sign not in "\t\r\n":
        assert harmless(f"　 {sign}cmd|x") == f"'　 {sign}cmd|x"


def test_numbers_stay_numbers_and_nothing_is_empty():
    assert [written(cell) for cell in (-5, None, True, "千葉")] == ["-5", "", "1", "千葉"]


@given(st.lists(st.lists(st.text(max_size=20), min_size=1, max_size=4), max_size=5))
def test_csv_reads_back_with_no_cell_that_runs(rows):
    import csv
    import io

    data = b"".join(csv_lines(head=["見出し"], rows=rows))
    assert data.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert len(read) == len(rows) + 1
    for row in read:
        for cell in row:
            assert not cell.lstrip(" 　").startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
