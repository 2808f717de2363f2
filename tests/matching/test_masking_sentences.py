"""Sentences of our own in five languages: who tells them must make no difference to an encoder.

Of each pair both become the same text, and what somebody can do is still in it. A subject that
sounds like somebody's identity stays as it is.
"""

from __future__ import annotations

from collections import Counter

import pytest

from matching import neutralise
from matching.documents import Passage, PersonDocument
from matching.lexicon import LANGUAGES
from matching.plan import embedding_plan

# Language, one telling, the other, and what must be left.
PAIRS: tuple[tuple[str, str, str, str], ...] = (
    # English
    ("en", "Amina is a nurse, aged 54, and trains midwives.",
     "Peter is a nurse, aged 31, and trains midwives.", "trains midwives"),
    ("en", "Fatima Yusuf (née Warsame) repairs water pumps.",
     "Thomas Miller repairs water pumps.", "repairs water pumps"),
    ("en", "She/her. I design solar microgrids for clinics.",
     "He/him. I design solar microgrids for clinics.", "design solar microgrids for clinics"),
    ("en", "As a Muslim woman and a mother I taught chemistry.",
     "As a Christian man and a father I taught chemistry.", "taught chemistry"),
    ("en", "A 47-year-old Eritrean, he surveys land with drones.",
     "A 29-year-old Norwegian, she surveys land with drones.", "surveys land with drones"),
    ("en", "I am 61 years of age and audit hospital accounts.",
     "I am 35 years of age and audit hospital accounts.", "audit hospital accounts"),
    ("en", "In my late fifties, I still write compilers.",
     "In my early thirties, I still write compilers.", "still write compilers"),
    ("en", "Born on 3 May 1971 in Asmara; I restore manuscripts.",
     "Born on 12 June 1994 in Bergen; I restore manuscripts.", "restore manuscripts"),
    ("en", "Mrs. Khadija Ali chairs our soil laboratory; her work is on salinity.",
     "Mr. John Brown chairs our soil laboratory; his work is on salinity.", "salinity"),
    ("en", "Prof. Dr. Abeba Tesfaye lectures on tax law.",
     "Prof. Dr. Michael Weber lectures on tax law.", "lectures on tax law"),
    ("en", "My photo: https://pictures.example/amina-veil.jpg. I lead clinical trials.",
     "My photo: https://pictures.example/john.png. I lead clinical trials.",
     "lead clinical trials"),
    ("en", "![Amina at work](me.jpg) Builds bridges of bamboo.",
     "![John at work](portrait.png) Builds bridges of bamboo.", "Builds bridges of bamboo"),
    ("en", "Write to amina.diallo@example.org about vaccine cold chains.",
     "Write to j.smith@example.com about vaccine cold chains.", "vaccine cold chains"),
    ("en", "See linkedin.com/in/amina-diallo. I teach statistics in R.",
     "See linkedin.com/in/john-smith. I teach statistics in R.", "teach statistics in R"),
    ("en", "A Nigerian-born actress, she directs community theatre.",
     "A German-born actor, he directs community theatre.", "directs community theatre"),
    ("en", "I am originally from Sudan; my husband and I run a seed bank.",
     "I am originally from Chile; my wife and I run a seed bank.", "run a seed bank"),
    ("en", "A devout Catholic, born in 1980, who keeps bees.",
     "A devout Hindu, born in 1966, who keeps bees.", "keeps bees"),
    ("en", "Sister Mary Okafor runs a maternity ward.",
     "Father Paul Okafor runs a maternity ward.", "runs a maternity ward"),
    ("en", "He himself welded the frame; it is his design.",
     "She herself welded the frame; it is her design.", "welded the frame"),
    ("en", "The spokeswoman, a Kurdish refugee, negotiates contracts.",
     "The spokesman, a Syrian refugee, negotiates contracts.", "negotiates contracts"),
    ("en", "Ms Nadia Haddad, an Iraqi Christian, 52, models floods.",
     "Mr Omar Haddad, an Egyptian Muslim, 38, models floods.", "models floods"),
    ("en", "Call me Aisha. I calibrate spectrometers.",
     "Call me Robert. I calibrate spectrometers.", "calibrate spectrometers"),
    # French
    ("fr", "Je m'appelle Aminata Sow et je suis ingénieure en hydraulique.",
     "Je m'appelle Pierre Martin et je suis ingénieur en hydraulique.", "hydraulique"),
    ("fr", "Née Diallo, elle dirige un laboratoire de sols.",
     "Né Martin, il dirige un laboratoire de sols.", "dirige un laboratoire de sols"),
    ("fr", "Âgée de 54 ans, une chercheuse sénégalaise spécialisée en paludisme.",
     "Âgé de 38 ans, un chercheur suisse spécialisé en paludisme.", "paludisme"),
    ("fr", "Je suis née en 1971 à Dakar et j'enseigne la chimie.",
     "Je suis né en 1990 à Lyon et j'enseigne la chimie.", "enseigne la chimie"),
    ("fr", "Mme Fatou Diop est directrice adjointe chargée des vaccins.",
     "M. Jean Dupont est directeur adjoint chargé des vaccins.", "vaccins"),
    ("fr", "Une sage-femme musulmane qui forme des équipes rurales.",
     "Un maïeuticien chrétien qui forme des équipes rurales.", "forme des équipes rurales"),
    ("fr", "Consultante indépendante et formatrice en comptabilité publique.",
     "Consultant indépendant et formateur en comptabilité publique.", "comptabilité publique"),
    ("fr", "Ancienne institutrice devenue développeuse de logiciels.",
     "Ancien instituteur devenu développeur de logiciels.", "logiciels"),
    ("fr", "La chirurgienne, une Malienne de 49 ans, opère la cataracte.",
     "Le chirurgien, un Belge de 36 ans, opère la cataracte.", "opère la cataracte"),
    ("fr", "Elle-même a conçu le barrage ; son mari est agriculteur.",
     "Lui-même a conçu le barrage ; son épouse est agricultrice.", "a conçu le barrage"),
    ("fr", "Traductrice et rédactrice, d'origine haïtienne, je relis des contrats.",
     "Traducteur et rédacteur, d'origine libanaise, je relis des contrats.", "relis des contrats"),
    ("fr", "Cheffe de projet passionnée par l'énergie solaire.",
     "Chef de projet passionné par l'énergie solaire.", "énergie solaire"),
    ("fr", "Photo : https://exemple.fr/photos/fatou.jpg Je répare des pompes.",
     "Photo : https://exemple.fr/photos/pierre.png Je répare des pompes.", "répare des pompes"),
    ("fr", "Originaire du Cameroun, elle est une vétérinaire reconnue.",
     "Originaire du Canada, il est un vétérinaire reconnu.", "vétérinaire"),
    ("fr", "Madame Aïcha Traoré, avocate retraitée, plaide en droit foncier.",
     "Monsieur Paul Lefèvre, avocat retraité, plaide en droit foncier.", "droit foncier"),
    ("fr", "Mère de trois enfants, l'infirmière tient un centre de soins.",
     "Père de trois enfants, l'infirmier tient un centre de soins.", "centre de soins"),
    ("fr", "Catholique pratiquante, 62 ans, experte en irrigation.",
     "Musulman pratiquant, 41 ans, expert en irrigation.", "irrigation"),
    ("fr", "La doctorante kurde est lauréate d'un prix de physique.",
     "Le doctorant arménien est lauréat d'un prix de physique.", "prix de physique"),
    ("fr", "Nommée rectrice, elle a été élue doyenne.",
     "Nommé recteur, il a été élu doyen.", "a été élu"),
    ("fr", "Veuve, d'origine rwandaise, agricultrice et apicultrice.",
     "Veuf, d'origine belge, agriculteur et apiculteur.", "apiculteur"),
    ("fr", "Écrire à fatou.sow@exemple.sn pour les semences.",
     "Écrire à p.martin@exemple.fr pour les semences.", "pour les semences"),
    # Arabic
    ("ar", "اسمي أمينة ديالو وأنا مهندسة مياه", "اسمي جون سميث وأنا مهندس مياه", "مياه"),
    ("ar", "هي طبيبة أطفال وتعمل في مستشفى ريفي", "هو طبيب أطفال ويعمل في مستشفى ريفي",
     "مستشفى ريفي"),
    ("ar", "كباحثة سودانية أدرس أمراض القمح", "كباحث مغربي أدرس أمراض القمح", "أمراض القمح"),
    ("ar", "والمهندسة فاطمة علي تصمم الجسور", "والمهندس محمد علي يصمم الجسور", "الجسور"),
    ("ar", "للمعلمة الصومالية خبرة في الرياضيات", "للمعلم اللبناني خبرة في الرياضيات", "الرياضيات"),
    ("ar", "عمرها 45 سنة وهي خبيرة في المحاسبة", "عمره 30 سنة وهو خبير في المحاسبة", "المحاسبة"),
    ("ar", "الدكتورة مريم حسن رئيسة قسم الجراحة", "الدكتور أحمد حسن رئيس قسم الجراحة",
     "قسم الجراحة"),
    ("ar", "ولدت في الخرطوم عام 1975 وتدير مختبر التربة", "ولد في عمان عام 1990 ويدير مختبر التربة",
     "مختبر التربة"),
    ("ar", "امرأة مسلمة وأم لثلاثة أطفال، تدرّس الكيمياء",
     "رجل مسيحي وأب لثلاثة أطفال، يدرّس الكيمياء", "الكيمياء"),
    ("ar", "هي لاجئة سورية حاصلة على ماجستير في الطاقة", "هو لاجئ عراقي حاصل على ماجستير في الطاقة",
     "ماجستير في الطاقة"),
    ("ar", "فهي مترجمة وكاتبة متخصصة في القانون", "فهو مترجم وكاتب متخصص في القانون", "القانون"),
    ("ar", "من مواليد 1968، أستاذة جامعية متقاعدة", "من مواليد 1982، أستاذ جامعي متقاعد", "جامعي"),
    ("ar", "لديها خبرة عشرين سنة في أبحاثها عن الملاريا",
     "لديه خبرة عشرين سنة في أبحاثه عن الملاريا", "الملاريا"),
    ("ar", "السيدة نادية حداد محامية عراقية", "السيد عمر حداد محامي مصري", "محام"),
    ("ar", "من أصل إريتري، مبرمجة ومطورة برمجيات", "من أصل تركي، مبرمج ومطور برمجيات", "برمجيات"),
    ("ar", "تشرف على مزارعة البن وتعمل مدربة", "يشرف على مزارع البن ويعمل مدرب", "البن"),
    ("ar", "صورتي: https://example.org/صور/amina.jpg أصلح المضخات",
     "صورتي: https://example.org/صور/john.png أصلح المضخات", "أصلح المضخات"),
    ("ar", "قبطية من مصر تعلّم الموسيقى", "درزي من لبنان يعلّم الموسيقى", "الموسيقى"),
    ("ar", "أرملة تبلغ من العمر 52 سنة وتنسق الإغاثة", "أرمل يبلغ من العمر 33 سنة وينسق الإغاثة",
     "الإغاثة"),
    ("ar", "بصفتها ممرضة وقابلة درّبت فرق التلقيح", "بصفته ممرض وقابل درّب فرق التلقيح",
     "فرق التلقيح"),
    ("ar", "زوجها مهندس وهي صيدلانية كردية", "زوجته مهندس وهو صيدلي أرمني", "صيدلي"),
    # Spanish
    ("es", "Me llamo Lucía Quispe y soy ingeniera civil.",
     "Me llamo Andrés Molina y soy ingeniero civil.", "civil"),
    ("es", "Una médica cubana de 54 años, especializada en dengue.",
     "Un médico chileno de 33 años, especializado en dengue.", "dengue"),
    ("es", "Ella misma diseñó el puente; su esposo es agricultor.",
     "Él mismo diseñó el puente; su esposa es agricultora.", "diseñó el puente"),
    ("es", "La doctora Carmen Ruiz dirige el banco de semillas.",
     "El doctor Miguel Ruiz dirige el banco de semillas.", "banco de semillas"),
    ("es", "Nacida en 1972 en Quito, enseña química.",
     "Nacido en 1990 en Madrid, enseña química.", "enseña química"),
    ("es", "Soy una maestra jubilada, católica, de origen mapuche.",
     "Soy un maestro jubilado, judío, de origen gitano.", "maestro"),
    ("es", "Sra. Ana Torres, abogada y contadora pública.",
     "Sr. Luis Torres, abogado y contador público.", "contador"),
    ("es", "La señora Gómez es la encargada de vacunas.",
     "El señor Gómez es el encargado de vacunas.", "vacunas"),
    ("es", "Tengo 61 años y reviso balances.", "Tengo 35 años y reviso balances.",
     "reviso balances"),
    ("es", "Enfermera y partera, forma equipos rurales.",
     "Enfermero y partero, forma equipos rurales.", "forma equipos rurales"),
    ("es", "Las investigadoras haitianas publicaron sobre el maíz.",
     "Los investigadores belgas publicaron sobre el maíz.", "publicaron sobre el maíz"),
    ("es", "Foto: https://ejemplo.es/fotos/lucia.jpg Reparo bombas de agua.",
     "Foto: https://ejemplo.es/fotos/juan.webp Reparo bombas de agua.", "Reparo bombas de agua"),
    ("es", "Viuda y madre de dos hijos, cultiva café.",
     "Viudo y padre de dos hijos, cultiva café.", "cultiva café"),
    ("es", "Profesora titular nombrada directora del instituto.",
     "Profesor titular nombrado director del instituto.", "instituto"),
    ("es", "Oriunda de Bolivia, bióloga y apicultora.",
     "Oriundo de Suiza, biólogo y apicultor.", "apicultor"),
    ("es", "Escriba a lucia@ejemplo.org sobre riego.",
     "Escriba a andres@ejemplo.com sobre riego.", "sobre riego"),
    ("es", "Programadora venezolana, refugiada, experta en redes.",
     "Programador ucraniano, refugiado, experto en redes.", "redes"),
    ("es", "María Fernanda López, de soltera Vidal, traduce leyes.",
     "José Luis Pérez, traduce leyes.", "traduce leyes"),
    ("es", "Es musulmana, tiene 44 años y audita cuentas.",
     "Es budista, tiene 29 años y audita cuentas.", "audita cuentas"),
    ("es", "Fui elegida presidenta de la cooperativa.",
     "Fui elegido presidente de la cooperativa.", "cooperativa"),
    ("es", "Socióloga y escritora, hija de migrantes.",
     "Sociólogo y escritor, hijo de migrantes.", "migrantes"),
    # Portuguese
    ("pt", "Chamo-me Ana Tavares e sou engenheira civil.",
     "Chamo-me João Lopes e sou engenheiro civil.", "civil"),
    ("pt", "Uma médica angolana de 54 anos, especializada em malária.",
     "Um médico suíço de 33 anos, especializado em malária.", "malária"),
    ("pt", "Ela própria desenhou a ponte; o seu marido é agricultor.",
     "Ele próprio desenhou a ponte; a sua esposa é agricultora.", "desenhou a ponte"),
    ("pt", "A doutora Teresa Costa dirige o banco de sementes.",
     "O doutor Miguel Costa dirige o banco de sementes.", "banco de sementes"),
    ("pt", "Nascida em 1972 em Luanda, ensina química.",
     "Nascido em 1990 em Lisboa, ensina química.", "ensina química"),
    ("pt", "Sou uma professora aposentada, católica.",
     "Sou um professor aposentado, judeu.", "professor"),
    ("pt", "Sra. Ana Moreira, advogada e contadora.",
     "Sr. Luís Moreira, advogado e contador.", "contador"),
    ("pt", "A senhora Gomes é a encarregada das vacinas.",
     "O senhor Gomes é o encarregado das vacinas.", "vacinas"),
    ("pt", "Tenho 61 anos e revejo balanços.", "Tenho 35 anos e revejo balanços.",
     "revejo balanços"),
    ("pt", "Enfermeira e parteira, forma equipas rurais.",
     "Enfermeiro e parteiro, forma equipas rurais.", "forma equipas rurais"),
    ("pt", "As investigadoras cabo-verdianas publicaram sobre o milho.",
     "Os investigadores belgas publicaram sobre o milho.", "publicaram sobre o milho"),
    ("pt", "Foto: https://exemplo.pt/fotos/ana.jpg Reparo bombas de água.",
     "Foto: https://exemplo.pt/fotos/joao.png Reparo bombas de água.", "Reparo bombas de água"),
    ("pt", "Viúva e mãe de dois filhos, cultiva café.",
     "Viúvo e pai de dois filhos, cultiva café.", "cultiva café"),
    ("pt", "Professora nomeada diretora do instituto.",
     "Professor nomeado diretor do instituto.", "instituto"),
    ("pt", "Oriunda da Guiné-Bissau, bióloga e apicultora.",
     "Oriundo da Suíça, biólogo e apicultor.", "apicultor"),
    ("pt", "Escreva para ana@exemplo.org sobre rega.",
     "Escreva para joao@exemplo.com sobre rega.", "sobre rega"),
    ("pt", "Programadora brasileira, refugiada, especialista em redes.",
     "Programador sírio, refugiado, especialista em redes.", "redes"),
    ("pt", "Maria Fernandes, de solteira Vidal, traduz leis.",
     "José Pereira, traduz leis.", "traduz leis"),
    ("pt", "É muçulmana, tem 44 anos e audita contas.",
     "É budista, tem 29 anos e audita contas.", "audita contas"),
    ("pt", "Fui eleita presidente da cooperativa.",
     "Fui eleito presidente da cooperativa.", "cooperativa"),
    ("pt", "Socióloga e escritora moçambicana, filha de migrantes.",
     "Sociólogo e escritor timorense, filho de migrantes.", "migrantes"),
)  # fmt: skip

# Written after the rules, to see what they miss: 18 of 27 held at once, 25 after what was general
# about the others was added. "Trabajó como técnica" is left: it is a subject as well.
LATER: tuple[tuple[str, str, str], ...] = (
    ("en", "Hawa Jalloh, 43, is a Sierra Leonean epidemiologist who lost her husband.",
     "Erik Larsen, 57, is a Danish epidemiologist who lost his wife."),
    ("en", "Being a single mother, she learnt bookkeeping at night.",
     "Being a single father, he learnt bookkeeping at night."),
    ("en", "I'm a proud Tamil grandmother and retired headmistress.",
     "I'm a proud Basque grandfather and retired headmaster."),
    ("en", "Her Majesty's inspector? No: she's a welding inspector, born 1969.",
     "Her Majesty's inspector? No: he's a welding inspector, born 1988."),
    ("en", "Contact Ms. O'Brien; she'll explain the irrigation schedule.",
     "Contact Mr. Nakamura; he'll explain the irrigation schedule."),
    ("en", "Dr Zeynab Abdi's thesis on groundwater won a prize.",
     "Dr Henrik Olsen's thesis on groundwater won a prize."),
    ("fr", "Institutrice à la retraite, grand-mère, je corrige des manuels.",
     "Instituteur à la retraite, grand-père, je corrige des manuels."),
    ("fr", "C'est une ancienne ministre, la première à parler de biodiversité.",
     "C'est un ancien ministre, le premier à parler de biodiversité."),
    ("fr", "Mariée, 45 ans, comptable certifiée à Bamako.",
     "Marié, 33 ans, comptable certifié à Bamako."),
    ("fr", "Spécialiste togolaise du cacao, elle s'est installée à Lomé.",
     "Spécialiste français du cacao, il s'est installé à Lomé."),
    ("fr", "Directrice générale, née à Kinshasa en 1974.",
     "Directeur général, né à Paris en 1991."),
    ("fr", "Mme Ndiaye, gynécologue, forme des sages-femmes.",
     "M. Leroy, gynécologue, forme des sages-femmes."),
    ("ar", "أنا سيدة سودانية أعمل مديرة مدرسة",
     "أنا رجل تونسي أعمل مدير مدرسة"),
    ("ar", "وهي عالمة أحياء نشرت أبحاثها في مجلات دولية",
     "وهو عالم أحياء نشر أبحاثه في مجلات دولية"),
    ("ar", "تخرجت المهندسة ليلى عثمان من جامعة الخرطوم",
     "تخرج المهندس خالد عثمان من جامعة الخرطوم"),
    ("ar", "ستدرّب المستشارة فريق المحاسبة",
     "سيدرّب المستشار فريق المحاسبة"),
    ("ar", "السيدة سلمى يوسف، 48 سنة، خبيرة مياه",
     "السيد عمر يوسف، 35 سنة، خبير مياه"),
    ("es", "Soy abuela, jubilada, y fui la primera jueza de mi provincia.",
     "Soy abuelo, jubilado, y fui el primer juez de mi provincia."),
    ("es", "La ingeniera agrónoma Marta Rojas asesora a cooperativas.",
     "El ingeniero agrónomo Pedro Rojas asesora a cooperativas."),
    ("es", "Licenciada en química, guatemalteca, con 20 años de experiencia.",
     "Licenciado en química, hondureño, con 20 años de experiencia."),
    ("es", "Casada y con tres hijas, diseña turbinas.",
     "Casado y con tres hijos, diseña turbinas."),
    ("pt", "Sou avó, reformada, e fui a primeira juíza da minha província.",
     "Sou avô, reformado, e fui o primeiro juiz da minha província."),
    ("pt", "A engenheira agrónoma Marta Rocha assessora cooperativas.",
     "O engenheiro agrónomo Pedro Rocha assessora cooperativas."),
    ("pt", "Licenciada em química, guineense, com 20 anos de experiência.",
     "Licenciado em química, angolano, com 20 anos de experiência."),
    ("pt", "Casada e com três filhas, desenha turbinas.",
     "Casado e com três filhos, desenha turbinas."),
)  # fmt: skip

# What sounds like somebody and is a subject.
SUBJECTS: tuple[tuple[str, str], ...] = (
    ("en", "Muslim Brotherhood studies and political Islam"),
    ("en", "Professor of Jewish studies and Islamic finance"),
    ("en", "A history of Ottoman and Egyptian literature"),
    ("en", "Guinea worm eradication and African swine fever"),
    ("en", "Japanese encephalitis vaccines"),
    ("en", "Education of children aged 6 to 12"),
    ("en", "Rehabilitation of patients aged 80 and over"),
    ("en", "Screening of 5-year-old children"),
    ("en", "Women's health, girls' schooling, mother and child clinics"),
    ("en", "30 years of experience with 12 year old pumps"),
    ("en", "Node.js, ASP.NET and image formats such as .png and .jpg"),
    ("fr", "Études juives et droit musulman"),
    ("fr", "Histoire africaine et littérature arabe"),
    ("fr", "Peste porcine africaine"),
    ("fr", "Santé des femmes et protection maternelle et infantile"),
    ("fr", "20 ans d'expérience et 3 ans de recherche"),
    ("fr", "École pour enfants de 6 à 12 ans"),
    ("ar", "الأدب العربي والتاريخ الأفريقي"),
    ("ar", "دراسات الإخوان المسلمين"),
    ("ar", "صحة المرأة وتعليم البنات"),
    ("ar", "خبرة 15 سنة في الري"),
    ("es", "Estudios judíos y derecho musulmán"),
    ("es", "Historia africana y literatura árabe"),
    ("es", "Peste porcina africana"),
    ("es", "Salud de las mujeres y materno infantil"),
    ("es", "12 años de investigación"),
    ("es", "Escuela para niños de 6 a 12 años"),
    ("pt", "Estudos judaicos e direito muçulmano"),
    ("pt", "História africana e literatura árabe"),
    ("pt", "Peste suína africana"),
    ("pt", "Saúde das mulheres"),
    ("pt", "12 anos de investigação"),
    ("pt", "Escola para crianças de 6 a 12 anos"),
)


@pytest.mark.parametrize(("language", "one", "other", "kept"), PAIRS)
def test_whoever_tells_it_an_encoder_reads_the_same(
    language: str, one: str, other: str, kept: str
) -> None:
    neutral = neutralise(one, language)

    assert neutral == neutralise(other, language)
    assert kept in neutral


@pytest.mark.parametrize(("language", "one", "other"), LATER)
def test_sentences_that_came_later_become_one_text_too(language: str, one: str, other: str) -> None:
    assert neutralise(one, language) == neutralise(other, language)


@pytest.mark.parametrize(("language", "text"), SUBJECTS)
def test_a_subject_stays(language: str, text: str) -> None:
    assert neutralise(text, language) == text


def test_there_are_twenty_pairs_of_each_language_at_least() -> None:
    counted = Counter(language for language, *_ in PAIRS)

    assert set(counted) == set(LANGUAGES)
    assert min(counted.values()) >= 20


@pytest.mark.parametrize(("one", "other"), [pair[1:3] for pair in PAIRS])
def test_the_language_that_is_found_does_not_depend_on_who_tells_it(one: str, other: str) -> None:
    """Vectors would differ otherwise; where none is found, English rules alone do not suffice."""
    plans = [embedding_plan(PersonDocument("p", (Passage("a", text),))) for text in (one, other)]

    languages = [[planned.language for planned in plan] for plan in plans]
    assert languages[0] == languages[1]
    if None not in languages[0]:
        assert plans[0] == plans[1]


def test_the_language_is_found_for_nearly_all_of_them() -> None:
    texts = [text for pair in PAIRS for text in pair[1:3]]

    plans = [embedding_plan(PersonDocument("p", (Passage("a", text),))) for text in texts]

    assert sum(plan[0].language is not None for plan in plans if plan) > 0.85 * len(texts)
