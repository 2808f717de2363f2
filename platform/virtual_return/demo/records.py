"""What an expert did: evidence items from the blocks of their fields, each with two forms."""

from __future__ import annotations

from dataclasses import dataclass

from models.choices import EvidenceKind
from virtual_return.demo import wording
from virtual_return.demo.author import Author
from virtual_return.demo.library import Block, Shelf, phrases
from virtual_return.demo.programme import Evidence
from virtual_return.demo.voices import Life, Voice, make_voice

FEWEST, MOST = 3, 6
SECTIONS = {
    EvidenceKind.PROJECT: ("work", "project_tail"),
    EvidenceKind.PUBLICATION: ("papers", "paper_tail"),
    EvidenceKind.TEACHING: ("teach", "teach_tail"),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What is at hand while one expert's record is written."""

    author: Author
    life: Life
    # The shelf of the field next door in the expert's language, and the own field's in English.
    neighbour: Shelf | None
    english: Shelf | None
    topics: tuple[str, ...]
    this_year: int


def write_record(desk: Desk, count: int | None = None) -> list[Evidence]:
    """Return three to six items: a position always, then what chance adds."""
    kinds = _kinds(desk.author, count)
    return [_item(desk, kind, number) for number, kind in enumerate(kinds)]


def _kinds(author: Author, count: int | None) -> list[EvidenceKind]:
    wanted = count or author.weighted({3: 1.0, 4: 3.0, 5: 3.0, 6: 1.5})
    kinds = [EvidenceKind.POSITION, EvidenceKind.PROJECT]
    others = {
        EvidenceKind.PROJECT: 1.6,
        EvidenceKind.PUBLICATION: 2.0,
        EvidenceKind.TEACHING: 1.3,
        EvidenceKind.QUALIFICATION: 2.2,
        EvidenceKind.AWARD: 0.6,
    }
    while len(kinds) < min(max(wanted, FEWEST), MOST):
        kind = author.weighted(others)
        kinds.append(kind)
        # A field has two or three blocks of a kind, so nobody takes a kind many times.
        others.pop(kind)
    return kinds


def _item(desk: Desk, kind: EvidenceKind, number: int) -> Evidence:
    def write() -> Evidence:
        if kind in SECTIONS:
            return _from_shelf(desk, kind, number)
        return _from_patterns(desk, kind)

    return desk.author.distinct(write, key=lambda item: item.text)


def _from_shelf(desk: Desk, kind: EvidenceKind, number: int) -> Evidence:
    author = desk.author
    section, tails = SECTIONS[kind]
    shelf = _choose_shelf(desk, kind, number)
    block: Block = author.deal((shelf.field, shelf.language, section), getattr(shelf, section))
    tail = author.deal((shelf.language, tails), phrases(shelf.language)[tails])
    topics = tuple(author.random.sample(shelf.topics, 3))
    voice = make_voice(author, desk.life, shelf, topics)
    return _evidence(desk, kind, voice, block.title, f"{block.text} {tail}")


def _choose_shelf(desk: Desk, kind: EvidenceKind, number: int) -> Shelf:
    """Mostly the own one; a later project may come from next door, a paper may be in English."""
    if desk.english and kind == EvidenceKind.PUBLICATION and desk.author.chance(0.35):
        return desk.english
    if desk.neighbour and number > 1 and desk.author.chance(0.25):
        return desk.neighbour
    return desk.life.shelf


def _from_patterns(desk: Desk, kind: EvidenceKind) -> Evidence:
    author, shelf = desk.author, desk.life.shelf
    said = phrases(shelf.language)
    topics = desk.topics
    if kind != EvidenceKind.POSITION:
        topics = tuple(author.random.sample(shelf.topics, 3))
    voice = make_voice(author, desk.life, shelf, topics)
    titles, texts = said[f"{kind.value}_title"], said[f"{kind.value}_text"]
    number = _pattern(desk, kind, len(titles))
    title = titles[number]
    # The title of an award or a degree goes with one text, a post with any.
    text = texts[number] if kind != EvidenceKind.POSITION else author.deal((kind, texts[0]), texts)
    return _evidence(desk, kind, voice, title, text)


def _pattern(desk: Desk, kind: EvidenceKind, count: int) -> int:
    if kind == EvidenceKind.QUALIFICATION:
        return desk.life.degree
    return desk.author.random.randrange(count)


def _evidence(
    desk: Desk, kind: EvidenceKind, voice: Voice, title_pattern: str, text_pattern: str
) -> Evidence:
    random = desk.author.random
    title = wording.draw(title_pattern, random, voice.language)
    text = wording.draw(text_pattern, random, voice.language)
    (title_full, title_anonymous), (text_full, text_anonymous) = voice.both(title), voice.both(text)
    start, end = _years(desk, kind)
    return Evidence(
        kind=kind,
        language=voice.language,
        title=title_full,
        text=text_full,
        title_anonymous=title_anonymous,
        text_anonymous=text_anonymous,
        is_approved=True,
        start_year=start,
        end_year=end,
        link=_link(desk, kind, title_full),
    )


def _years(desk: Desk, kind: EvidenceKind) -> tuple[int, int | None]:
    random, began = desk.author.random, desk.this_year - desk.life.years
    if kind == EvidenceKind.POSITION:
        return desk.this_year - random.randint(1, max(1, desk.life.years // 2)), None
    if kind == EvidenceKind.QUALIFICATION:
        return began - random.randint(1, 3), began
    start = random.randint(began, desk.this_year - 1)
    if kind in (EvidenceKind.PUBLICATION, EvidenceKind.AWARD):
        return start, start
    return start, min(desk.this_year - 1, start + random.randint(0, 3))


def _link(desk: Desk, kind: EvidenceKind, title: str) -> str:
    if kind != EvidenceKind.PUBLICATION or not desk.author.chance(0.6):
        return ""
    return f"https://papers.example.org/{wording.slug(title)[:60] or desk.life.origin.lower()}"
