"""Documents: what is taken, what is refused, who reads them, when they go."""

import io
import os
import struct
import time
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    StreamObject,
    TextStringObject,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Institution, InstitutionEvidence, now
from models.choices import VerificationState
from tests.support.client import Page, PageClient
from tests.support.evidence import audited, enqueued, make_draft
from tests.support.factories import Cast, add_member
from virtual_return.accounts import erasure
from virtual_return.institutions import cleaning, documents, evidence, evidence_queries, jobs
from virtual_return.institutions.cleaning import RefusedError
from virtual_return.institutions.operations import record

SECRET = b"GPS 9.5624 44.0770 of Amina's phone"


def image(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    return out.getvalue()


def with_exif(kind: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    return image(kind, exif=exif)


def pdf(change: Callable[[PdfWriter], object] = lambda _writer: None, **options: Any) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    change(writer)
    if options:
        writer.encrypt(**options)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that says that it is enormous."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


def moving() -> bytes:
    frames = [Image.new("RGB", (9, 9), color) for color in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def script(writer: PdfWriter) -> None:
    action = DictionaryObject(
        {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("app.alert(1)"),
        }
    )
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): action})


def open_action(writer: PdfWriter) -> None:
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): NameObject("/cmd")}
    )
    writer.root_object[NameObject("/OpenAction")] = action


def hidden_far_down(writer: PdfWriter) -> None:
    deep = DictionaryObject({NameObject("/JavaScript"): DictionaryObject()})
    holder = DictionaryObject(
        {NameObject("/Resources"): DictionaryObject({NameObject("/X"): deep})}
    )
    writer.pages[0][NameObject("/Weird")] = writer._add_object(holder)


HOSTILE = {
    "svg": (b"<svg><script>alert(1)</script></svg>", "wrong_kind"),
    "html": (b"<!doctype html><script>alert(1)</script>", "wrong_kind"),
    "program": (b"\x7fELF\x02\x01\x01" + b"\0" * 60, "wrong_kind"),
    "zip": (b"PK\x03\x04" + b"\0" * 60, "wrong_kind"),
    "gif": (b"GIF89a" + b"\0" * 60, "wrong_kind"),
    "html before the pdf": (b"<script>alert(1)</script>" + pdf(), "wrong_kind"),
    "nothing but a name": (b"%PDF-1.7\n", "unreadable"),
    "cut image": (image()[:200], "unreadable"),
    "png head, no png": (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "unreadable"),
    "pixels": (png_of(60_000, 60_000), "too_many_pixels"),
    "pixels just above": (png_of(8_001, 5_000), "too_many_pixels"),
    "moving": (moving(), "moving"),
    "password": (pdf(user_password="x", owner_password="y"), "encrypted"),
    "owner password alone": (pdf(user_password="", owner_password="y"), "encrypted"),
    "script": (pdf(script), "active"),
    "launches": (pdf(open_action), "active"),
    "attachment": (pdf(lambda writer: writer.add_attachment("a.exe", b"MZ")), "active"),
    "hidden script": (pdf(hidden_far_down), "active"),
    "pages": (pdf(lambda w: [w.add_blank_page(9, 9) for _ in range(200)]), "too_many_pages"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_for_its_reason(name: str) -> None:
    data, fault = HOSTILE[name]
    with pytest.raises(RefusedError, match=fault):
        cleaning.clean(data)
    assert fault in documents.FAULTS


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_pixels_is_left_of_an_image(kind: str) -> None:
    dirty = with_exif(kind) + b"<script>alert(1)</script>" + SECRET
    assert SECRET in dirty
    media_type, clean = cleaning.clean(dirty)
    assert media_type == f"image/{kind.lower()}"
    assert SECRET not in clean
    assert b"script" not in clean
    painted = Image.open(io.BytesIO(clean))
    assert painted.size == (40, 30)
    assert not painted.getexif()
    assert abs(painted.convert("RGB").getpixel((5, 5))[1] - 128) < 5


def test_an_image_that_lay_on_its_side_stands() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    _type, clean = cleaning.clean(image(size=(40, 30), exif=exif))
    assert Image.open(io.BytesIO(clean)).size == (30, 40)


def test_what_is_transparent_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (9, 9), (255, 0, 0, 0)).save(out, "PNG")
    _type, clean = cleaning.clean(out.getvalue())
    assert Image.open(io.BytesIO(clean)).getpixel((4, 4)) == (255, 255, 255)


def test_a_pdf_keeps_its_pages_and_loses_its_author() -> None:
    def fill(writer: PdfWriter) -> None:
        writer.add_metadata({"/Author": "Amina Yusuf", "/Title": "Charter"})
        text = DecodedStreamObject()
        text.set_data(b"BT /F1 12 Tf (Charter of Gollis) Tj ET")
        writer.pages[0][NameObject("/Contents")] = writer._add_object(text)
        xmp = DecodedStreamObject()
        xmp.set_data(b"<x:xmpmeta>Amina Yusuf</x:xmpmeta>")
        writer.root_object[NameObject("/Metadata")] = writer._add_object(xmp)
        writer.pages[0][NameObject("/PieceInfo")] = writer._add_object(xmp)
        photograph = StreamObject()
        photograph._data = with_exif()
        photograph[NameObject("/Subtype")] = NameObject("/Image")
        photograph[NameObject("/Filter")] = NameObject("/DCTDecode")
        resources = DictionaryObject(
            {
                NameObject("/XObject"): DictionaryObject(
                    {NameObject("/A"): writer._add_object(photograph)}
                )
            }
        )
        writer.pages[0][NameObject("/Resources")] = resources

    dirty = pdf(fill) + b"trailing <script>"
    assert b"Amina" in dirty
    assert SECRET in dirty
    media_type, clean = cleaning.clean(dirty)
    assert media_type == "application/pdf"
    assert b"Amina" not in clean
    assert SECRET not in clean
    assert b"<script>" not in clean
    reader = PdfReader(io.BytesIO(clean))
    assert b"Charter of Gollis" in reader.pages[0].get_contents().get_data()
    kept = reader.pages[0]["/Resources"]["/XObject"]["/A"]
    assert Image.open(io.BytesIO(kept._data)).size == (40, 30)


def test_the_cleaning_runs_apart_and_its_death_harms_nobody(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        media_type, content = documents.clean(with_exif())
        assert (media_type, SECRET in content) == ("image/jpeg", False)
        monkeypatch.setattr(documents, "CLEANING_LIMIT_S", 0.001)
        with pytest.raises(documents.Invalid, match="cannot be read"):
            documents.clean(with_exif())


def multipart(content: bytes, name: str) -> dict[str, Any]:
    """Return a form with one file as a browser sends it, with nothing on disk in between."""
    head = f'--b\r\nContent-Disposition: form-data; name="document"; filename="{name}"\r\n\r\n'
    body = head.encode() + content + b"\r\n--b--\r\n"
    return {"input_stream": io.BytesIO(body), "content_length": len(body)}


def upload(
    browser: PageClient, path: str, content: bytes, name: str = "x.pdf", status: int = 302
) -> Page:
    kind = "multipart/form-data; boundary=b"
    return browser._send("POST", path, status, content_type=kind, **multipart(content, name))


def test_a_document_is_kept_out_of_reach_and_read_by_coordinators_alone(
    client: PageClient, session: Session, cast: Cast, app: Flask
) -> None:
    institution = make_draft(session, cast.owner)
    owner, staff = client.sign_in(cast.owner), client.sign_in(cast.coordinator)
    path = f"/institutions/{institution.public_id}/evidence"
    assert owner.get(f"{path}/upload").form().attributes["enctype"] == "multipart/form-data"
    upload(owner, f"{path}/upload", with_exif(), name="../../static/passwd<script>.html")
    item = session.scalars(select(InstitutionEvidence)).one()
    data_dir: Path = app.extensions["services"].settings.data_dir
    stored = documents.path_of(data_dir, item.file_name)
    assert stored.parent == data_dir / "evidence"
    assert stored.stat().st_mode & 0o077 == 0
    assert (item.media_type, item.size_bytes) == ("image/jpeg", stored.stat().st_size)
    assert "passwd" not in owner.get(path).html
    address = f"/coordination/institutions/{institution.public_id}/evidence/{item.public_id}"
    assert address in staff.get(f"/coordination/institutions/{institution.public_id}").html
    answer = staff.get(address).response
    assert answer.data == stored.read_bytes()
    assert answer.headers["Content-Disposition"] == (
        f"attachment; filename=evidence-{item.public_id}.jpg"
    )
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    reading = session.scalars(
        select(AuditEvent).where(AuditEvent.action == "institution.document_read")
    ).one()
    assert reading.actor_id == cast.coordinator.id
    assert reading.details["evidence_id"] == item.id
    for other in (owner, client.sign_in(cast.stranger)):
        other.get(address, status=404)
    assert client.get(address, status=302).location.startswith("/sign-in")


def test_a_coordinator_who_belongs_to_it_does_not_read_it(
    client: PageClient, session: Session, cast: Cast
) -> None:
    institution = make_draft(session, cast.owner)
    upload(
        client.sign_in(cast.owner),
        f"/institutions/{institution.public_id}/evidence/upload",
        image(),
    )
    item = session.scalars(select(InstitutionEvidence)).one()
    add_member(session, institution, cast.coordinator)
    address = f"/coordination/institutions/{institution.public_id}/evidence/{item.public_id}"
    client.sign_in(cast.coordinator).get(address, status=403)
    assert audited(session, institution)[-1] == "document_refused_to"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (HOSTILE["svg"][0], "This is no PDF, PNG, JPEG or WebP"),
        (HOSTILE["script"][0], "holds a script"),
        (HOSTILE["password"][0], "locked with a password"),
        (HOSTILE["pixels"][0], "more than 40 million points"),
        (b"%PDF-" + b"x" * documents.MAXIMUM_BYTES, "larger than 10 MB"),
    ],
    ids=["empty", "svg", "script", "password", "pixels", "large"],
)
def test_a_refused_file_ends_in_a_sentence_and_an_event(
    client: PageClient, session: Session, cast: Cast, app: Flask, content: bytes, words: str
) -> None:
    institution = make_draft(session, cast.owner)
    browser = client.sign_in(cast.owner)
    path = f"/institutions/{institution.public_id}/evidence"
    page = upload(browser, f"{path}/upload", content, name="charter.pdf", status=422)
    assert words in page.text
    assert evidence_queries.all_of(session, institution) == []
    assert audited(session, institution) == ["document_refused"]
    assert documents.names(app.extensions["services"].settings.data_dir) == {}


def test_larger_requests_are_taken_for_an_upload_alone(
    client: PageClient, session: Session, cast: Cast
) -> None:
    institution = make_draft(session, cast.owner)
    path = f"/institutions/{institution.public_id}/evidence"
    large = b"%PDF-" + b"x" * 2_000_000
    browser = client.sign_in(cast.owner)
    assert "cannot be read" in upload(browser, f"{path}/upload", large, status=422).text
    upload(browser, f"{path}/upload", b"%PDF-" + b"x" * 11_000_000, status=413)
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert (event.action, event.actor_id) == ("institution.document_refused", cast.owner.id)
    assert event.details == {"cause": "too_large"}
    upload(browser, f"{path}/email", large, status=413)


def test_a_document_is_deleted_when_it_is_taken_back(
    client: PageClient, session: Session, cast: Cast, app: Flask
) -> None:
    institution = make_draft(session, cast.owner)
    browser = client.sign_in(cast.owner)
    path = f"/institutions/{institution.public_id}/evidence"
    upload(browser, f"{path}/upload", image())
    item = session.scalars(select(InstitutionEvidence)).one()
    name, data_dir = item.file_name, app.extensions["services"].settings.data_dir
    browser.post(f"{path}/{item.public_id}/remove")
    assert enqueued(session, evidence.DELETE_DOCUMENT) == [{"file_name": name}]
    with app.app_context():
        jobs.delete_document(name)
        jobs.delete_document(name)
    assert documents.names(data_dir) == {}


def make_document(session: Session, cast: Cast, app: Flask) -> InstitutionEvidence:
    institution = make_draft(session, cast.owner, state=VerificationState.SUBMITTED)
    with app.app_context():
        kept = documents.keep(app.extensions["services"].settings.data_dir, image())
        return evidence.add_document(session, cast.owner, institution, kept)


def test_a_document_goes_some_weeks_after_the_decision(
    session: Session, cast: Cast, app: Flask
) -> None:
    item = make_document(session, cast, app)
    institution = institution_of(session, item)
    institution.submitted_at = now()
    kept = app.extensions["services"].settings.evidence_kept_days
    item.created_at = now() - timedelta(days=1)
    record(session, cast.coordinator, institution, "institution.approved")
    with app.app_context():
        jobs.run_clocks(session)
        assert item.file_name
        with time_machine.travel(now() + timedelta(days=kept + 1)):
            # Staff read it once more: an appeal, or the next year.
            jobs.run_clocks(session)
            assert item.file_name
            institution.submitted_at, institution.state = None, VerificationState.CHANGES_REQUESTED
            jobs.run_clocks(session)
            jobs.run_clocks(session)
    assert item.file_name == ""
    assert "document" not in evidence_queries.grounds(session, institution)
    assert "document_deleted" in audited(session, institution)


def institution_of(session: Session, item: InstitutionEvidence) -> Institution:
    return session.get_one(Institution, item.institution_id)


def test_a_document_goes_with_the_account_that_uploaded_it(
    session: Session, cast: Cast, app: Flask
) -> None:
    item = make_document(session, cast, app)
    name = item.file_name
    institution = institution_of(session, item)
    add_member(session, institution, cast.stranger, role=institution.memberships[0].role)
    add_member(session, cast.institution, cast.stranger, role=institution.memberships[0].role)
    with app.app_context():
        erasure.erase(session, cast.owner, cast.owner)
    session.expire_all()
    assert (item.file_name, item.created_by_id) == ("", None)
    assert {"file_name": name} in enqueued(session, evidence.DELETE_DOCUMENT)


def test_a_document_that_nobody_sent_is_not_kept_for_ever(
    session: Session, cast: Cast, app: Flask
) -> None:
    item = make_document(session, cast, app)
    institution_of(session, item).state = VerificationState.DRAFT
    with app.app_context():
        jobs.run_clocks(session)
        assert item.file_name
        item.created_at = now() - jobs.FORGOTTEN_AFTER
        jobs.run_clocks(session)
    assert item.file_name == ""


def test_what_a_failed_request_left_behind_is_swept_away(
    session: Session, cast: Cast, app: Flask
) -> None:
    item = make_document(session, cast, app)
    data_dir = app.extensions["services"].settings.data_dir
    with app.app_context():
        orphan = documents.keep(data_dir, image())
        session.commit()
        assert jobs.delete_orphans() == 0
        old = time.time() - jobs.ORPHAN_AGE_S - 10
        for name in (orphan.file_name, item.file_name):
            os.utime(documents.path_of(data_dir, name), (old, old))
        assert jobs.delete_orphans() == 1
    assert list(documents.names(data_dir)) == [item.file_name]


def test_a_name_that_we_did_not_make_leads_nowhere(tmp_path: Path) -> None:
    for name in ("../secret", "", "a" * 32 + "/x", "G" * 32):
        with pytest.raises(ValueError, match="name of a stored"):
            documents.path_of(tmp_path, name)
