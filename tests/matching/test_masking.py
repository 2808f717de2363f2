"""Who somebody is stays out of embeddings and out of anonymous texts, in five languages."""

from __future__ import annotations

import pytest

from matching import Known, PlaceholderKind, mask_identity, neutralise
from matching.documents import Passage, PersonDocument
from matching.lexicon import LANGUAGES, lexicon_of
from matching.plan import Role, embedding_plan

SWAPPED = [
    (
        "en",
        "My name is Amina Diallo. She is a Somali woman, 45 years old, and designs irrigation.",
        "My name is John Smith. He is an Egyptian man, 32 years old, and designs irrigation.",
    ),
    (
        "en",
        "Maria Lopez, civil engineer. Her students in Kenya praise her. Catholic, aged 51.",
        "Ahmed Hassan, civil engineer. His students in the Gambia praise him. Muslim, aged 33.",
    ),
    (
        "en",
        "Dr. Fatima Yusuf was born in Somalia and leads a laboratory for drinking water.",
        "Dr. Peter Brown was born in South Sudan and leads a laboratory for drinking water.",
    ),
    (
        "fr",
        "Je m'appelle Fatou Sow, ingénieure sénégalaise de 34 ans, spécialisée en hydraulique.",
        "Je m'appelle Pierre Martin, ingénieur somalien de 51 ans, spécialisé en hydraulique.",
    ),
    (
        "fr",
        "Elle est une chercheuse née au Sénégal. La directrice du laboratoire est musulmane.",
        "Il est un chercheur né en Somalie. Le directeur du laboratoire est chrétien.",
    ),
    (
        "es",
        "Me llamo María López. Ella es una ingeniera peruana de 40 años, especializada en riego.",
        "Me llamo Juan Pérez. Él es un ingeniero mexicano de 33 años, especializado en riego.",
    ),
    (
        "pt",
        "O meu nome é Ana Costa. Sou uma engenheira angolana, nascida em Angola, de 40 anos.",
        "O meu nome é João Dias. Sou um engenheiro moçambicano, nascido em Moçambique, de 31 anos.",
    ),
    (
        "ar",
        "اسمي فاطمة حسن. أنا مهندسة صومالية متخصصة في الري وعمري 45 سنة",
        "اسمي محمد علي. أنا مهندس سوداني متخصص في الري وعمري 30 سنة",
    ),
    ("ar", "هي باحثة مسلمة تعمل في مصر ولديها خبرة", "هو باحث مسيحي يعمل في العراق ولديه خبرة"),
]


@pytest.mark.parametrize(("language", "one", "other"), SWAPPED)
def test_swapping_who_somebody_is_leaves_the_embedded_text_identical(
    language: str, one: str, other: str
) -> None:
    assert neutralise(one, language) == neutralise(other, language)


@pytest.mark.parametrize(
    ("language", "text", "kept"),
    [
        ("en", "She designs irrigation in Somalia", "designs irrigation"),
        ("fr", "Elle conçoit des réseaux d'irrigation au Sénégal", "conçoit des réseaux"),
        ("es", "Ella diseña sistemas de riego en el Perú", "diseña sistemas de riego"),
        ("pt", "Ela projeta sistemas de rega em Angola", "projeta sistemas de rega"),
        ("ar", "هي تصمم أنظمة الري في مصر", "أنظمة الري"),
    ],
)
def test_what_somebody_can_do_stays(language: str, text: str, kept: str) -> None:
    assert kept in neutralise(text, language)


@pytest.mark.parametrize(
    "text",
    [
        "BERT, Python, Adam and Kalman filters at scale",
        "Prevention of mother-to-child transmission",
        "Women's health and girls' education",
        "45 km of pipes, 12 years of experience",
        "C++ and R, ISO 9001, HACCP",
    ],
)
def test_terms_of_a_trade_are_left_alone(text: str) -> None:
    assert neutralise(text, "en") == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "15 ans d'expérience"),
        ("es", "15 años de experiencia"),
        ("pt", "15 anos de experiência"),
    ],
)
def test_years_of_experience_are_not_an_age(language: str, text: str) -> None:
    assert neutralise(text, language) == text


def test_names_that_no_list_holds_go_when_they_are_known() -> None:
    texts = [
        neutralise(f"{name} repairs pumps. Ask {name.split()[1]} about wells.", "en", [name])
        for name in ("Xhevdet Qorraj", "Nyarai Mutasa", "Siobhan O'Neill")
    ]

    assert len(set(texts)) == 1
    assert "pumps" in texts[0]
    assert "wells" in texts[0]


def test_inclusive_writing_counts_once() -> None:
    assert neutralise("Ouvrier / Ouvrière de fabrication", "fr") == "Ouvrier de fabrication"
    assert neutralise("ingénieur(e) qualifié·e", "fr") == "ingénieur qualifié"


def test_a_language_without_a_lexicon_is_treated_as_english() -> None:
    assert neutralise("My name is John Smith", None) == neutralise("My name is Ana Paz", "de")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_people_and_religion_of_the_lexicon_is_removed(language: str) -> None:
    lexicon = lexicon_of(language)
    words = sorted(lexicon.removed | lexicon.capitalised)

    left = [word for word in words if neutralise(f"x {word} y", language) != "x y"]

    assert len(words) > 300
    # A country of two words joined by a hyphen may hold another rule's word; nothing else.
    assert [word for word in left if word.isalpha()] == []


def test_the_language_of_a_passage_does_not_depend_on_the_name_in_it() -> None:
    texts = [f"{name} repairs pumps" for name in ("María Guadalupe Fernández", "John Smith")]

    plans = [
        embedding_plan(PersonDocument("p", (Passage("a", text),)), [Role.PASSAGE]) for text in texts
    ]

    assert plans[0] == plans[1]


def test_identity_is_masked_for_anonymous_display() -> None:
    text = (
        "I am Amina Diallo-Sow of Acme Corp in Lyon: amina@acme.com, amina (at) acme (dot) com, "
        "+33 6 12 34 56 78, https://acme.com/amina?x=1, www.acme.org, @amina_d, "
        "ORCID 0000-0002-1825-0097, 10.1000/xyz123. Diallo-Sow's work of 1998-2004 is known."
    )
    known = [
        "Amina Diallo-Sow",
        Known("Acme Corp", PlaceholderKind.EMPLOYER),
        Known("Lyon", PlaceholderKind.PLACE),
    ]

    masked = mask_identity(text, known)

    assert masked.is_masked
    assert masked.render() == (
        "I am [name] of [employer] in [place]: [email], [email], [phone], [link], [link], "
        "[handle], ORCID [identifier], [identifier]. [name] work of 1998-2004 is known."
    )


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        (
            "Fatou Sow enseigne à Lyon, tél. 06 12 34 56 78",
            "Fatou Sow",
            "[name] enseigne à Lyon, tél. [phone]",
        ),
        (
            "أعمل مع فاطمة حسن على الري ‎00966501234567",
            "فاطمة حسن",
            "أعمل مع [name] على الري ‎[phone]",
        ),
        ("Soy María López, mi web es mlopez.es", "María López", "Soy [name], mi web es [link]"),
        ("Chamo-me João Dias (joao.dias@uni.pt)", "João Dias", "Chamo-me [name] ([email])"),
        ("Ask AMINA DIALLO or Amina", "Amina Diallo", "Ask [name] or [name]"),
    ],
)
def test_names_and_contacts_are_masked_in_each_language(
    text: str, known: str, expected: str
) -> None:
    assert mask_identity(text, [known]).render() == expected


@pytest.mark.parametrize(
    "text",
    [
        "Managed 3,500 hectares in 2019-2023 with 12 people",
        "Version 3.11.2 of the tool, ratio 1:10000, ISO 14001",
        "e.g. pumps, i.e. water; etc.",
        "",
    ],
)
def test_what_identifies_nobody_is_not_masked(text: str) -> None:
    masked = mask_identity(text, ["Amina Diallo"])

    assert not masked.is_masked
    assert masked.render() == text


def test_placeholders_are_translated_by_the_caller() -> None:
    masked = mask_identity("Write to a@b.org", [])

    assert masked.render(lambda kind: {"email": "courriel"}[kind.value]) == "Write to [courriel]"
