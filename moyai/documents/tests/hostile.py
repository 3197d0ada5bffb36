"""Files for tests: good ones, and each way to be bad."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pikepdf
from PIL import Image


def image(kind="JPEG", size=(64, 48), **more):
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **more)
    return out.getvalue()


def photograph_with_place():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SECRETMAKER"
    exif.get_ifd(0x8769)[0x9003] = "2026:04:01 09:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (35.0, 36.0, 28.0), 3: "E", 4: (140.0, 6.0, 23.0)})
    return image(exif=exif.tobytes())


def heic():
    import pillow_heif

    pillow_heif.register_heif_opener()
    return image("HEIF")


def pdf(pages=1, change=None, **save):
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(200, 200))
    if change is not None:
        change(made)
    out = io.BytesIO()
    made.save(out, **save)
    return out.getvalue()


def pdf_with_script():
    def change(made):
        made.Root.OpenAction = pikepdf.Dictionary(
            S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")
        )

    return pdf(change=change)


def pdf_with_script_deep():
    def change(made):
        made.pages[0].Annots = pikepdf.Array(
            [
                pikepdf.Dictionary(
                    Subtype=pikepdf.Name.Link, A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="x")
                )
            ]
        )

    return pdf(change=change)


def pdf_with_file():
    def change(made):
        made.attachments["x.exe"] = b"MZ"

    return pdf(change=change)


def pdf_with_password():
    return pdf(encryption=pikepdf.Encryption(owner="x", user="y"))


def pdf_bomb():
    """2 GB of nothing in about 2 MB, as a stream of a page."""

    def change(made):
        engine, packed = zlib.compressobj(9), b""
        for _ in range(2_000):
            packed += engine.compress(b"\0" * 1_000_000)
        packed += engine.flush()
        stream = pikepdf.Stream(made, b"")
        stream.write(packed, filter=pikepdf.Name.FlateDecode)
        made.pages[0].Contents = stream

    return pdf(change=change)


def packed(entries, how=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as pack:
        for name, content in entries.items():
            pack.writestr(name, content)
    return out.getvalue()


def zip_bomb():
    return packed({f"{at}.txt": b"\0" * 40_000_000 for at in range(4)})


def office(macro=False):
    more = {"word/vbaProject.bin": b"x"} if macro else {}
    return packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>", **more})


def huge_png(width=10_000, height=10_000):
    """A hundred megapixels in a few hundred bytes, as its head says."""

    def chunk(kind, content):
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * ((width // 8 + 1) * 100), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
