"""Documents that show what an institution is: made clean, kept out of reach, deleted in time."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from virtual_return.errors import N_, Invalid
from virtual_return.i18n import gettext as _
from virtual_return.institutions import cleaning

MAXIMUM_BYTES = 10_000_000
# What a form sends beside the file.
FORM_BYTES = 64_000
CLEANING_LIMIT_S = 45
FILE_NAME = re.compile(r"[0-9a-f]{32}")
EXTENSIONS = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
}
FAULTS = {
    "empty": N_("The file is empty. Choose another one."),
    "too_large": N_("The file is larger than 10 MB. Send a smaller one, or fewer pages."),
    "wrong_kind": N_(
        "This is no PDF, PNG, JPEG or WebP, whatever its name says. "
        "Save or photograph the document as one of these."
    ),
    "unreadable": N_("The file cannot be read. Open it, save it anew, and send that."),
    "too_many_pixels": N_("The image has more than 40 million points. Send a smaller one."),
    "moving": N_("This image moves. Send a still one."),
    "encrypted": N_("The PDF is locked with a password. Save it without, and send that."),
    "too_many_pages": N_("The PDF has more than 200 pages. Send the pages that matter."),
    "too_large_inside": N_("The PDF holds too many parts. Print it into a new PDF, and send that."),
    "active": N_(
        "The PDF holds a script, an attached file or something that opens by itself. "
        "Print it into a new PDF, and send that."
    ),
}


@dataclass(frozen=True, slots=True)
class Document:
    """A clean file that is stored."""

    file_name: str
    media_type: str
    size_bytes: int


def keep(data_dir: Path, upload: bytes) -> Document:
    """Clean and store an upload; the name that it came with is never looked at."""
    media_type, content = clean(upload)
    file_name = secrets.token_hex(16)
    target = path_of(data_dir, file_name)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Never over a file that is there, and readable by nobody else on this machine.
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return Document(file_name, media_type, len(content))


def clean(upload: bytes) -> tuple[str, bytes]:
    """Return type and content of the clean file, or raise Invalid with what to do."""
    if not upload:
        raise _refusal("empty")
    if len(upload) > MAXIMUM_BYTES:
        raise _refusal("too_large")
    if cleaning.kind_of(upload) is None:
        raise _refusal("wrong_kind")
    media_type, fault, content = _clean_apart(upload)
    if fault or media_type not in EXTENSIONS or not content:
        raise _refusal(fault)
    if len(content) > 2 * MAXIMUM_BYTES:
        raise _refusal("too_large")
    return media_type, content


def _refusal(fault: str) -> Invalid:
    """Return what says why a file is not taken, and what to do."""
    words = FAULTS.get(fault, FAULTS["unreadable"])
    return Invalid(_(words))


def _clean_apart(upload: bytes) -> tuple[str, str, bytes]:
    """Run the cleaning as a program of its own, which may die without harm."""
    command = [sys.executable, "-I", cleaning.__file__]
    try:
        done = subprocess.run(
            command, input=upload, capture_output=True, timeout=CLEANING_LIMIT_S, check=True
        )
        head, _line, content = done.stdout.partition(b"\n")
        answer = json.loads(head)
        return str(answer["media_type"]), str(answer["fault"]), content
    except (subprocess.SubprocessError, ValueError, KeyError, OSError):
        return "", "unreadable", b""


def path_of(data_dir: Path, file_name: str) -> Path:
    """Return where a document lies; a name that we did not make leads nowhere."""
    if not FILE_NAME.fullmatch(file_name):
        raise ValueError("This is not the name of a stored document.")
    return folder(data_dir) / file_name


def folder(data_dir: Path) -> Path:
    return data_dir / "evidence"


def delete(data_dir: Path, file_name: str) -> None:
    """Delete a document; one that is gone already is as good."""
    path_of(data_dir, file_name).unlink(missing_ok=True)


def names(data_dir: Path) -> dict[str, float]:
    """Return the names of all stored documents, with the moment at which each was written."""
    place = folder(data_dir)
    if not place.is_dir():
        return {}
    return {
        item.name: item.stat().st_mtime
        for item in place.iterdir()
        if FILE_NAME.fullmatch(item.name)
    }
