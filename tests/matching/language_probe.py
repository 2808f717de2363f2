"""Eight needs and the experience that answers each, in five languages; and what lies around."""

from __future__ import annotations

# (need, experience) for each topic; row n is the same in each language, never word by word.
TOPICS: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        (
            "Drip irrigation for our vegetable farms",
            "Installed drip irrigation for tomato growers",
        ),
        (
            "Training midwives for safer births at our hospital",
            "Taught midwives to handle bleeding after birth",
        ),
        ("A database for our land registry", "Built a database of land plots and their owners"),
        (
            "Teach our engineers earthquake-resistant building",
            "Designed houses that withstand earthquakes",
        ),
        (
            "Drying and storing maize to lose less after harvest",
            "Managed silos and drying of maize for co-operatives",
        ),
        ("Review our law on data protection", "Advised ministries on data protection and privacy"),
        ("Waste water treatment for the town", "Ran a waste water treatment plant with wetlands"),
        (
            "Start an open-air museum of crafts",
            "Curated a museum exhibition of weaving and pottery",
        ),
    ),
    "fr": (
        (
            "Irrigation goutte à goutte pour nos maraîchers",
            "Pose de goutte-à-goutte chez des producteurs de tomates",
        ),
        (
            "Former des sages-femmes pour des accouchements plus sûrs",
            "Formation de sages-femmes aux hémorragies après la naissance",
        ),
        (
            "Une base de données pour notre cadastre",
            "Création d'une base de données des parcelles foncières",
        ),
        (
            "Enseigner la construction parasismique à nos ingénieurs",
            "Conception de maisons résistant aux séismes",
        ),
        (
            "Sécher et stocker le maïs pour perdre moins de récolte",
            "Gestion de silos et du séchage du maïs en coopérative",
        ),
        (
            "Relire notre loi sur la protection des données",
            "Conseil à des ministères sur la protection des données",
        ),
        (
            "Traitement des eaux usées de la ville",
            "Exploitation d'une station de traitement des eaux usées",
        ),
        (
            "Créer un musée d'artisanat en plein air",
            "Commissariat d'une exposition de musée : tissage, poterie",
        ),
    ),
    "es": (
        (
            "Riego por goteo para nuestras huertas",
            "Instalé riego por goteo para productores de tomate",
        ),
        (
            "Formar a matronas para partos más seguros",
            "Enseñé a matronas a tratar hemorragias tras el parto",
        ),
        (
            "Una base de datos para nuestro catastro",
            "Creé una base de datos de parcelas y de sus dueños",
        ),
        (
            "Enseñar construcción sismorresistente a ingenieros",
            "Diseñé casas que resisten terremotos",
        ),
        (
            "Secar y guardar el maíz para perder menos cosecha",
            "Gestioné silos y secado de maíz para cooperativas",
        ),
        (
            "Revisar nuestra ley de protección de datos",
            "Asesoré a ministerios sobre protección de datos",
        ),
        (
            "Tratamiento de las aguas residuales de la ciudad",
            "Dirigí una planta de tratamiento de aguas residuales",
        ),
        (
            "Abrir un museo de artesanía al aire libre",
            "Organicé una exposición de tejidos y cerámica en un museo",
        ),
    ),
    "pt": (
        (
            "Rega gota a gota para as nossas hortas",
            "Instalei rega gota a gota para produtores de tomate",
        ),
        (
            "Formar parteiras para partos mais seguros",
            "Ensinei parteiras a tratar hemorragias após o parto",
        ),
        (
            "Uma base de dados para o nosso cadastro de terras",
            "Criei uma base de dados de terrenos e proprietários",
        ),
        (
            "Ensinar construção antissísmica aos engenheiros",
            "Projetei casas que resistem a terramotos",
        ),
        (
            "Secar e guardar milho para perder menos colheita",
            "Geri silos e a secagem de milho para cooperativas",
        ),
        (
            "Rever a nossa lei de proteção de dados",
            "Aconselhei ministérios sobre proteção de dados",
        ),
        (
            "Tratamento das águas residuais da cidade",
            "Dirigi uma estação de tratamento de águas residuais",
        ),
        (
            "Criar um museu de artesanato ao ar livre",
            "Organizei uma exposição de tecelagem e olaria num museu",
        ),
    ),
    "ar": (
        ("الري بالتنقيط لمزارع الخضار لدينا", "ركّبت شبكات ري بالتنقيط لمزارعي الطماطم"),
        ("تدريب القابلات من أجل ولادة أكثر أمانا", "علّمت القابلات التعامل مع النزيف بعد الولادة"),
        ("قاعدة بيانات للسجل العقاري", "أنشأت قاعدة بيانات لقطع الأراضي ومالكيها"),
        ("تعليم مهندسينا البناء المقاوم للزلازل", "صممت منازل تقاوم الزلازل"),
        ("تجفيف الذرة وتخزينها لتقليل الفاقد بعد الحصاد", "أدرت صوامع وتجفيف الذرة للتعاونيات"),
        ("مراجعة قانوننا لحماية البيانات", "قدّمت المشورة للوزارات بشأن حماية البيانات"),
        ("معالجة مياه الصرف الصحي في المدينة", "أدرت محطة لمعالجة مياه الصرف الصحي"),
        ("إنشاء متحف مفتوح للحرف", "نظّمت معرضا للنسيج والفخار في متحف"),
    ),
}

# What people did in the same trades and in others; with the calibration texts a few hundred.
DEEDS = ("Taught", "Planned", "Audited", "Repaired")
THINGS = (
    "rain gauges for airports", "wheat markets", "fish ponds", "hospital payroll", "dental clinics",
    "vaccine cold chains", "city bus routes", "court archives", "tax software", "bridge painting",
    "lift maintenance", "grain futures trading", "bakery ovens", "trademark law", "phone networks",
    "bottled water plants", "waste paper recycling", "concert halls", "fashion shows",
    "zoo feeding",
    "forest roads", "goat vaccination", "solar lamps", "school timetables", "maritime insurance",
    "wind farms", "chess tournaments", "hotel kitchens", "satellite images", "steel welding",
    "bee keeping", "bank credit scoring", "language tests", "museum ticket sales",
    "wedding dresses",
)  # fmt: skip


def distractors() -> list[str]:
    """Return 140 short English texts, none of which answers a need above."""
    return [f"{deed} {thing}" for thing in THINGS for deed in DEEDS]
