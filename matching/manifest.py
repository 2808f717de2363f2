"""The manifest of a saved index: what is known of it without opening its vectors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from matching.index_errors import IndexDamaged, IndexMissing, IndexVersionUnsupported
from matching.similarity import Similarity, similarity_from_dict

FORMAT = 2
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """Encoder, comparison, counts, and each file's size in bytes and SHA-256.

    `change` is the caller's change number up to which the vectors are current, `groups` how many
    rows each group has.
    """

    encoder_name: str
    encoder_revision: str
    dimension: int
    similarity: Similarity
    change: int
    owners: int = 0
    groups: Mapping[int, int] = field(default_factory=dict)
    files: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many vectors there are."""
        return sum(self.groups.values())

    @property
    def identity(self) -> str:
        """The checksum of all this: no two saved indexes share it."""
        return _checksum(self._values())

    def to_json(self) -> str:
        """Return the text of the file, with a checksum over all the rest of it."""
        return (
            json.dumps(self._values() | {"checksum": self.identity}, indent=1, sort_keys=True)
            + "\n"
        )

    def _values(self) -> dict[str, object]:
        return {
            "format": FORMAT,
            "encoder": {"name": self.encoder_name, "revision": self.encoder_revision},
            "dimension": self.dimension,
            "owners": self.owners,
            "change": self.change,
            "groups": {str(group): rows for group, rows in sorted(self.groups.items())},
            "similarity": self.similarity.to_dict(),
            "files": {n: {"bytes": b, "sha256": h} for n, (b, h) in sorted(self.files.items())},
        }


def read_manifest(directory: Path) -> Manifest:
    """Read and check the manifest alone; the errors are those of `VectorIndex.load`."""
    path = directory / MANIFEST
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise IndexMissing(f"There is no index in {directory}; build one.") from None
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"{path} cannot be read ({error}); rebuild the index.") from error
    found = stored.get("format") if isinstance(stored, dict) else None
    if found != FORMAT:
        raise IndexVersionUnsupported(
            f"{path} has format {found!r}, this version reads {FORMAT}; rebuild the index."
        )
    if stored.pop("checksum", None) != _checksum(stored):
        raise IndexDamaged(f"{path} does not have the checksum that it states; rebuild the index.")
    try:
        return _manifest_of(stored)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise IndexDamaged(f"{path} is incomplete ({error!r}); rebuild the index.") from error


def _checksum(values: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _manifest_of(stored: dict[str, dict[str, dict[str, object]]]) -> Manifest:
    encoder, files = stored["encoder"], stored["files"]
    return Manifest(
        str(encoder["name"]),
        str(encoder["revision"]),
        _count(stored["dimension"]),
        similarity_from_dict(stored["similarity"]),
        _count(stored["change"]),
        _count(stored["owners"]),
        {int(group): _count(rows) for group, rows in stored["groups"].items()},
        {str(n): (_count(v["bytes"]), str(v["sha256"])) for n, v in files.items()},
    )


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r} is not a count")
    return value
