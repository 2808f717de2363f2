"""`virtual-return import`: bring in experts, needs and skills, each file whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from models.choices import Visibility
from virtual_return.cli.opening import opened
from virtual_return.imports import expert_lines, need_lines
from virtual_return.imports.esco import language_of, read_concepts
from virtual_return.imports.esco_tree import read_pairs
from virtual_return.imports.expert_lines import ExpertLine
from virtual_return.imports.experts import Written, write_experts
from virtual_return.imports.lines import PROBLEMS_SHOWN, BadFile, Lines, read_lines
from virtual_return.imports.need_lines import NeedLine
from virtual_return.imports.needs import NoInstitution, destination, write_needs
from virtual_return.imports.skills import write_pairs, write_skills

FILE = click.Path(path_type=Path, exists=True, dir_okay=False, readable=True)


@click.group()
def group() -> None:
    """Import experts, needs and skills (docs/importing.md describes the files)."""


@group.command()
@click.argument("file", type=FILE)
@click.option(
    "--visibility", type=click.Choice([level.value for level in Visibility]),
    default=Visibility.HIDDEN.value, show_default=True,
    help="Who may find people whose line does not say it. Anything but hidden needs their consent.",
)  # fmt: skip
def experts(file: Path, visibility: str) -> None:
    """Import people from FILE, one JSON object a line."""
    with opened() as (_settings, database), _progress(file) as bar, _refused(file):
        reading = bar.start("Reading")
        lines = read_lines(
            file, expert_lines.read_expert, expert_lines.KNOWN, lambda line: line.id, reading
        )
        writing = bar.start("Writing", len(lines.items))
        with database.writing() as session:
            written = write_experts(session, lines.items, Visibility(visibility), writing)
    _report("experts", written, lines)
    if written.left_alone:
        click.echo(f"{written.left_alone} left alone: their owners have signed in since.")
    if visibility == Visibility.HIDDEN.value and written.added:
        click.echo(
            "People whose line says nothing else are hidden until they choose who may find them."
        )


@group.command()
@click.argument("file", type=FILE)
@click.option(
    "--institution", default="",
    help="Public id, domain or name of whose needs they are; a stand-in without it.",
)  # fmt: skip
@click.option(
    "--open", "opens", is_flag=True,
    help="Open them at once: you answer for it as a coordinator would. Drafts otherwise.",
)  # fmt: skip
def needs(file: Path, institution: str, opens: bool) -> None:
    """Import needs from FILE, one JSON object a line."""
    with opened() as (_settings, database), _progress(file) as bar, _refused(file):
        reading = bar.start("Reading")
        lines = read_lines(
            file, need_lines.read_need, need_lines.KNOWN, lambda line: line.id, reading
        )
        writing = bar.start("Writing", len(lines.items))
        with database.writing() as session:
            to = destination(session, institution, opens=opens)
            written = write_needs(session, lines.items, to, writing)
    _report("needs", written, lines)
    if not opens:
        click.echo("New ones are drafts: submit them for review, or import them with --open.")


@group.command()
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option(
    "--language", default="", help="Language of the labels; else the file's name ends in it."
)
def skills(files: tuple[Path, ...], language: str) -> None:
    """Import ESCO's CSV downloads: FILES such as skills_en.csv skills_fr.csv."""
    with opened() as (_settings, database):
        for file in files:
            with _progress(file) as bar, _refused(file):
                read = read_concepts(file, language_of(file, language), bar.start("Reading"))
                advance = bar.start("Writing", sum(len(c.labels) for c in read.concepts))
                with database.writing() as session:
                    written = write_skills(session, read, advance)
            click.echo(
                f"{file.name}: {len(read.concepts):,} concepts read in {read.language!r}; "
                f"{written.concepts:,} new concepts and {written.labels:,} new labels."
            )
            if read.nameless:
                click.echo(f"{read.nameless} concepts have no label in this language.")
            if read.too_long:
                click.echo(f"{read.too_long} labels are over 200 characters long and left out.")


@group.command("skill-relations")
@click.argument("file", type=FILE)
def skill_relations(file: Path) -> None:
    """Import which skill stands above which: ESCO's broaderRelationsSkillPillar FILE."""
    with opened() as (_settings, database), _progress(file) as bar, _refused(file):
        pairs = read_pairs(file, bar.start("Reading"))
        with database.writing() as session:
            written = write_pairs(session, pairs)
    click.echo(f"{file.name}: {len(pairs):,} relations read, {written.new:,} new.")
    if written.unknown:
        click.echo(
            f"{written.unknown:,} speak of groups or of skills that are not here: "
            "import the skills first."
        )


class _Bar:
    """A progress bar with one step after the other."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def start(self, title: str, total: int | None = None) -> _Step:
        return _Step(self._progress, self._progress.add_task(title, total=total))


class _Step:
    """Advances its bar each time that it is called."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def __call__(self, count: int = 1) -> None:
        self._progress.advance(self._task, count)


@contextmanager
def _progress(file: Path) -> Iterator[_Bar]:
    """Show a bar on a terminal's standard error, and nothing where nobody looks."""
    console = Console(stderr=True)
    columns = (TextColumn(f"{file.name}: {{task.description}}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield _Bar(progress)


@contextmanager
def _refused(file: Path) -> Iterator[None]:
    """Turn what was wrong with a file into a report by line, and an exit status of 1."""
    try:
        yield
    except BadFile as error:
        shown = [f"  {problem}" for problem in error.problems[:PROBLEMS_SHOWN]]
        if len(error.problems) > PROBLEMS_SHOWN:
            shown.append(f"  and {len(error.problems) - PROBLEMS_SHOWN} more")
        raise click.ClickException(
            f"Nothing of {file.name} was imported. Correct these lines and try again:\n"
            + "\n".join(shown)
        ) from error
    except NoInstitution as error:
        raise click.ClickException(str(error)) from error


def _report(what: str, written: Written, lines: Lines[ExpertLine] | Lines[NeedLine]) -> None:
    click.echo(f"{written.added:,} {what} added, {written.updated:,} updated.")
    for name, count in lines.ignored.most_common():
        click.echo(f"The field {name!r} is not known and was passed over ({count:,} lines).")
