"""The commands: whole files or nothing, the same file twice, and real data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from models import (
    EvidenceItem,
    Expert,
    Identity,
    IndexState,
    Institution,
    Need,
    Skill,
    SkillBroader,
    SkillLabel,
    User,
    now,
)
from models.choices import NeedState, VerificationState, Visibility
from tests.support.factories import make_expert, make_institution, make_user
from virtual_return.cli.imports import group
from virtual_return.db import Database, make_engine

DATA = Path(__file__).parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"The development data is not beside the repository: {DATA}"
)


class Import:
    """Runs the command on a database of its own."""

    def __init__(self, database_url: str, folder: Path, patch: pytest.MonkeyPatch) -> None:
        patch.setenv("DATABASE_URL", database_url)
        patch.setenv("DATA_DIR", str(folder / "var"))
        self.folder = folder
        self.database = Database(make_engine(database_url))

    def run(self, *arguments: object, exit_code: int = 0) -> Result:
        result = CliRunner().invoke(group, [str(argument) for argument in arguments])
        assert result.exit_code == exit_code, result.output
        return result

    def file(self, name: str, *lines: dict[str, Any]) -> Path:
        path = self.folder / name
        path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
        return path

    def count(self, table: type) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def importing(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    made = Import(database_url, tmp_path, monkeypatch)
    yield made
    made.database.engine.dispose()


PERSON: dict[str, Any] = {
    "id": "e1",
    "email": "Amina@Example.org",
    "name": "Amina",
    "headline": "Water engineer",
    "headline_anonymous": "Water engineer",
    "evidence": [{"kind": "project", "title": "Filter", "title_anonymous": "A filter"}],
    "skills": ["water treatment", {"label": "hydrology", "level": "expert", "years": 9}],
    "languages": [{"language": "ar", "level": "c1"}],
    "ties": [{"country": "SO", "kind": "born"}],
    "qualifications": [{"title": "MSc", "year": 2001}],
}


def test_people_come_in_hidden_and_the_worker_is_told(importing: Import) -> None:
    result = importing.run("experts", importing.file("p.jsonl", PERSON))
    assert "1 experts added" in result.output
    assert "hidden until they choose" in result.output
    with importing.database.reading() as session:
        expert = session.scalars(select(Expert)).one()
        assert expert.visibility == Visibility.HIDDEN
        assert expert.user.email == "amina@example.org"
        assert expert.anonymous_approved_at
        assert expert.evidence[0].anonymous_approved_at
        assert [skill.label for skill in expert.skills] == ["water treatment", "hydrology"]
        assert session.scalars(select(IndexState)).one().wanted_change == 1


def test_the_same_file_again_updates_and_adds_nothing(importing: Import) -> None:
    importing.run("experts", importing.file("p.jsonl", PERSON))
    changed = {**PERSON, "headline": "Hydrologist", "evidence": []}
    result = importing.run(
        "experts", importing.file("p.jsonl", changed), "--visibility", "institutions_anonymous"
    )
    assert "0 experts added, 1 updated" in result.output
    assert [importing.count(table) for table in (Expert, User, Identity)] == [1, 1, 1]
    assert importing.count(EvidenceItem) == 0
    with importing.database.reading() as session:
        expert = session.scalars(select(Expert)).one()
        assert expert.headline == "Hydrologist"
        # Consent is the person's: a later file does not raise it.
        assert expert.visibility == Visibility.HIDDEN


def test_a_profile_whose_owner_signed_in_is_left_alone(importing: Import) -> None:
    with importing.database.writing() as session:
        user = make_user(session, email="amina@example.org", last_seen_at=now())
        make_expert(session, user=user, headline="Mine")
    result = importing.run("experts", importing.file("p.jsonl", PERSON))
    assert "1 left alone" in result.output
    with importing.database.reading() as session:
        assert session.scalars(select(Expert)).one().headline == "Mine"


def test_one_bad_line_keeps_the_whole_file_out(importing: Import) -> None:
    path = importing.file("p.jsonl", PERSON, {"id": "e2", "capacity": -1})
    result = importing.run("experts", path, exit_code=1)
    assert "line 2: capacity: write a whole number from 0 to 20" in result.output
    assert importing.count(Expert) == 0


def test_needs_come_in_as_drafts_of_a_stand_in(importing: Import) -> None:
    path = importing.file("n.jsonl", {"id": "n1", "title": "Review", "text": "Read it."})
    importing.run("needs", path)
    importing.run("needs", path)
    with importing.database.reading() as session:
        need = session.scalars(select(Need)).one()
        assert need.state == NeedState.DRAFT
        assert need.institution.state == VerificationState.DRAFT


def test_open_needs_need_a_verified_institution(importing: Import) -> None:
    with importing.database.writing() as session:
        make_institution(session, domain="a.example", state=VerificationState.SUBMITTED)
        make_institution(session, domain="b.example")
    need = {
        "id": "n1", "title": "Review", "must_have": ["hydrology"], "useful": ["x"],
        "languages": [{"language": "fr", "level": "b2"}], "kind": "review", "weeks": 3,
    }  # fmt: skip
    path = importing.file("n.jsonl", need)
    refused = importing.run("needs", path, "--institution", "a.example", "--open", exit_code=1)
    assert "is not verified" in refused.output
    refused = importing.run("needs", path, "--institution", "c.example", exit_code=1)
    assert "No institution is called" in refused.output
    importing.run("needs", path, "--institution", "b.example", "--open")
    with importing.database.reading() as session:
        row = session.scalars(select(Need)).one()
        assert row.state == NeedState.OPEN
        assert row.opened_at
        assert row.expires_at
        assert [skill.importance for skill in row.skills] == ["must_have", "useful"]


def test_labels_of_several_languages_meet_on_one_uri(importing: Import) -> None:
    head = "conceptType,conceptUri,skillType,preferredLabel,altLabels\n"
    uri = "http://data.europa.eu/esco/skill/1"
    english = importing.folder / "skills_en.csv"
    english.write_text(f'{head}K,{uri},knowledge,Hydrology,"water science\nhydrology"\n')
    french = importing.folder / "skills_fr.csv"
    french.write_text(f"{head}K,{uri},knowledge,Hydrologie,\n")
    importing.run("skills", english, french)
    importing.run("skills", english)
    assert (importing.count(Skill), importing.count(SkillLabel)) == (1, 4)
    english.write_text(f"{head}K,{uri},knowledge,water science,\n")
    importing.run("skills", english)
    with importing.database.reading() as session:
        labels = select(SkillLabel.label).where(
            SkillLabel.language == "en", SkillLabel.is_preferred
        )
        assert session.scalars(labels).all() == ["water science"]
        assert session.scalars(select(Skill.kind)).one() == "knowledge"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("skills_en.csv", "a,b\n1,2\n"),
        ("skills_en.csv", ""),
        ("skills.csv", "conceptUri,preferredLabel,altLabels\nhttp://x,a,\n"),
        ("skills_en.csv", "conceptUri,preferredLabel,altLabels\nnothing,a,\n"),
    ],
)
def test_a_file_that_is_no_download_of_esco_is_refused(
    importing: Import, name: str, content: str
) -> None:
    path = importing.folder / name
    path.write_text(content)
    importing.run("skills", path, exit_code=1)
    assert importing.count(Skill) == 0


def test_a_database_without_tables_is_told_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "var"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    file = tmp_path / "p.jsonl"
    file.write_text('{"id": "a"}')
    result = CliRunner().invoke(group, ["experts", str(file)])
    assert result.exit_code == 1
    assert "virtual-return db upgrade" in result.output


@needs_data
def test_real_researchers_and_papers_come_in(importing: Import) -> None:
    folder = DATA / "expertise-dev"
    importing.run("experts", folder / "experts.jsonl")
    importing.run("needs", folder / "needs.jsonl", "--open")
    assert (importing.count(Expert), importing.count(Need)) == (28, 210)
    with importing.database.reading() as session:
        assert session.scalars(select(Institution.name)).all() == ["Imported needs"]


@needs_data
def test_esco_comes_in_three_languages(importing: Import) -> None:
    importing.run("skills", *sorted((DATA / "esco").glob("*.csv")))
    with importing.database.reading() as session:
        languages = session.execute(
            select(SkillLabel.language, func.count(SkillLabel.skill_id.distinct())).group_by(
                SkillLabel.language
            )
        )
        assert {language: count > 16_000 for language, count in languages} == {
            "en": True, "es": True, "fr": True,
        }  # fmt: skip


TREE = """conceptType,conceptUri,conceptLabel,broaderType,broaderUri,broaderLabel
KnowledgeSkillCompetence,http://e.example/sand,sand filters,KnowledgeSkillCompetence,{above},water
KnowledgeSkillCompetence,http://e.example/sand,sand filters,SkillGroup,http://e.example/group,group
"""


def test_relations_of_skills_are_imported_once(importing: Import) -> None:
    skills = importing.folder / "skills_en.csv"
    skills.write_text(
        "conceptUri,preferredLabel,altLabels,skillType\n"
        "http://e.example/sand,sand filters,,skill\n"
        "http://e.example/water,water treatment,,skill\n",
        encoding="utf-8",
    )
    importing.run("skills", skills)
    tree = importing.folder / "broaderRelationsSkillPillar_en.csv"
    tree.write_text(TREE.format(above="http://e.example/water"), encoding="utf-8")
    assert "2 relations read, 1 new" in importing.run("skill-relations", tree).output
    assert "1 speak of groups" in importing.run("skill-relations", tree).output
    assert importing.count(SkillBroader) == 1


def test_bad_relations_are_refused_by_line(importing: Import) -> None:
    tree = importing.folder / "tree.csv"
    tree.write_text(TREE.format(above="water"), encoding="utf-8")
    output = importing.run("skill-relations", tree, exit_code=1).output
    assert "no address" in output
    assert "line 2" in output
    tree.write_text("a,b\n1,2\n", encoding="utf-8")
    assert "has no column conceptUri" in importing.run("skill-relations", tree, exit_code=1).output
    assert importing.count(SkillBroader) == 0
