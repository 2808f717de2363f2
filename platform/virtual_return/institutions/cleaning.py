"""Turn an upload into a file that holds what people see and nothing else.

What a stranger sent is parsed in a process of its own with little memory and time: the application
runs this file as a program (`documents.clean`), which reads the upload from standard input and
writes one line of JSON, then the clean file. It imports nothing of ours for that reason.

Images are painted anew, so that nothing but pixels is left. Of PDFs the pages are copied into a new
file; what runs, opens, or hides something is refused, and what tells of its author is dropped.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from typing import Any, cast

from PIL import Image, ImageFile, ImageOps
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

MAXIMUM_PIXELS = 40_000_000
MAXIMUM_PAGES = 200
MAXIMUM_OBJECTS = 60_000
MEMORY_LIMIT = 1_500_000_000
CPU_LIMIT_S = 20
TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
PDF = "application/pdf"
# Names that run or open something, or carry another file.
ACTIVE = frozenset(
    {
        "/JS", "/JavaScript", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/EF", "/RichMedia",
        "/XFA", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie",
        "/FileAttachment", "/3D", "/Sound",
    }
)  # fmt: skip
# What a page does not need to be seen.
OF_PAGES = (
    "/AA", "/A", "/Annots", "/StructParents", "/Tabs", "/B", "/PresSteps", "/AF", "/Thumb",
    "/LastModified",
)  # fmt: skip
# What tells of people and programs, wherever it hangs.
TELLING = ("/Metadata", "/PieceInfo", "/LastModified", "/OPI")


class RefusedError(Exception):
    """The upload is not taken; the code has a sentence in `documents.FAULTS`."""


def clean(data: bytes) -> tuple[str, bytes]:
    """Return the media type, found by content, and the clean file; or raise RefusedError."""
    kind = kind_of(data)
    if kind is None:
        raise RefusedError("wrong_kind")
    try:
        return (PDF, _clean_pdf(data)) if kind == "PDF" else (TYPES[kind], _paint(data, kind))
    except RefusedError:
        raise
    except Exception as error:
        # Whatever a parser stumbles over, the file is at fault.
        raise RefusedError("unreadable") from error


def kind_of(data: bytes) -> str | None:
    """Return the kind by the first bytes; a name or a header of the browser says nothing."""
    if data.startswith(b"%PDF-"):
        return "PDF"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    return None


def _paint(data: bytes, kind: str) -> bytes:
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    # Opening reads the head alone; the size that it tells is looked at before anything is painted.
    Image.MAX_IMAGE_PIXELS = None
    image = Image.open(io.BytesIO(data), formats=[kind])
    if image.width * image.height > MAXIMUM_PIXELS:
        raise RefusedError("too_many_pixels")
    if getattr(image, "n_frames", 1) > 1:
        raise RefusedError("moving")
    turned = ImageOps.exif_transpose(image)
    has_alpha = turned.mode in {"RGBA", "LA", "PA"} or "transparency" in turned.info
    plain = turned.convert("RGBA").convert("RGBa").convert("RGBA") if has_alpha else turned
    canvas = Image.new("RGB", turned.size, "white")
    canvas.paste(plain.convert("RGB"), mask=plain.getchannel("A") if has_alpha else None)
    out = io.BytesIO()
    options: dict[str, Any] = {"quality": 90} if kind != "PNG" else {}
    canvas.save(out, kind, **options)
    return out.getvalue()


def _clean_pdf(data: bytes) -> bytes:
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        raise RefusedError("encrypted")
    if not 0 < len(reader.pages) <= MAXIMUM_PAGES:
        raise RefusedError("too_many_pages" if len(reader.pages) else "unreadable")
    _refuse_active(reader)
    writer = PdfWriter()
    for page in reader.pages:
        for name in (*OF_PAGES, *TELLING):
            page.pop(NameObject(name), None)
        writer.add_page(page)
    for item in _objects(writer.root_object):
        for name in TELLING:
            item.pop(NameObject(name), None)
        if isinstance(item, StreamObject) and item.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
            item._data = strip_jpeg(item._data)  # noqa: SLF001 - the encoded bytes, which it keeps there
    writer.metadata = None
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _refuse_active(reader: PdfReader) -> None:
    for item in _objects(reader.root_object):
        names = {str(name) for name in item}
        kinds = {
            str(item.raw_get(NameObject(key))) for key in ("/S", "/Subtype", "/Type") if key in item
        }
        if (names | kinds) & ACTIVE:
            raise RefusedError("active")


def _objects(root: DictionaryObject) -> Iterator[DictionaryObject]:
    """Yield every dictionary and stream that can be reached, each once."""
    waiting: list[Any] = [root]
    seen: set[tuple[int, int]] = set()
    count = 0
    while waiting:
        item = waiting.pop()
        if isinstance(item, IndirectObject):
            key = (item.idnum, item.generation)
            if key in seen:
                continue
            seen.add(key)
            item = item.get_object()
        count += 1
        if count > MAXIMUM_OBJECTS * 10 or len(seen) > MAXIMUM_OBJECTS:
            raise RefusedError("too_large_inside")
        if isinstance(item, DictionaryObject):
            yield item
            waiting.extend(item.raw_get(name) for name in list(item))
        elif isinstance(item, ArrayObject):
            waiting.extend(list.__iter__(cast("list[Any]", item)))


def strip_jpeg(data: bytes) -> bytes:
    """Drop what a camera wrote into a photograph: where and when it was taken, with what.

    Only the segments before the picture are looked at; colour profile and Adobe's mark stay, since
    colours are wrong without them.
    """
    if not data.startswith(b"\xff\xd8"):
        return data
    kept = bytearray(b"\xff\xd8")
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xDA:
            break
        size = 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        is_told = marker == 0xFE or (0xE1 <= marker <= 0xEF and marker not in (0xE2, 0xEE))
        if not is_told:
            kept += data[at : at + size]
        at += size
    return bytes(kept + data[at:])


def _limit() -> None:
    """Bound what this process may use; where that is not possible the time-out alone holds."""
    try:
        import resource  # noqa: PLC0415 - not there on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT_S, CPU_LIMIT_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> None:
    """Read from standard input, write to standard output."""
    _limit()
    media_type, fault, out = "", "", b""
    try:
        media_type, out = clean(sys.stdin.buffer.read())
    except RefusedError as error:
        fault = str(error)
    head = json.dumps({"media_type": media_type, "fault": fault})
    sys.stdout.buffer.write(head.encode() + b"\n" + out)


if __name__ == "__main__":
    main()
