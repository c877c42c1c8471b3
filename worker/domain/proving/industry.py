"""A vocabulary of industries: the names they go by, and the words on a page that they follow from.

``names`` tie a free-text industry to an entry; ``strong`` words state the trade (a rule of proof), ``weak`` ones only
hint at it (enough for a value that is marked as inferred). Own list, folded form, prefixes of words.
"""
# ruff: noqa: E501 - a vocabulary entry is read as one line

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from worker.domain.proving import cues


@dataclass(frozen=True, slots=True)
class Industry:
    """One entry of the vocabulary."""

    names: tuple[str, ...]
    strong: tuple[str, ...]
    weak: tuple[str, ...] = ()


def _entry(names: str, strong: str, weak: str = "") -> Industry:
    return Industry(
        *(tuple(word.strip() for word in part.split(",") if word.strip()) for part in (names, strong, weak))
    )


#: The vocabulary. More than one entry may fit a name.
INDUSTRIES: Final = (
    _entry("software, saas, computer software, information technology, it services, internet, technology, it$, softwareentwicklung, logiciel, informatik",
           "software, saas, it services, it-dienst, it dienst, information technology, web development, app development, logiciel, softwareentwick, it-beratung, programmier, ソフトウェア, システム開発, 软件, 소프트웨어, informatique, informatica, platform$, web application",
           "app$, apps$, api, cloud, developers, code$, digital, data platform, online tool, cybersecurity"),
    _entry("cybersecurity, computer and network security, information security, security",
           "cybersecurity, cyber security, information security, network security, penetration test, it-sicherheit, sécurité informatique", "encryption, firewall, threat"),
    _entry("banking, financial services, finance, fintech, banks, capital markets, investment",
           "bank$, banks$, banking, financial services, payment, lending, loans, mortgage, wealth management, asset management, fintech, finanzdienst, kredit, banque, banca, banco, 銀行, 银行, investment firm", "invest, savings, accounts"),
    _entry("insurance, versicherung, assurance", "insurance, insurer, underwrit, versicherung, assurance, seguros, assicuraz, verzekering, 保険, 保险", "claims, policy"),
    _entry("accounting, tax, audit", "accounting, accountant, bookkeeping, audit, tax advis, steuerberat, buchhaltung, comptab, expert-comptable, contabil, boekhoud, 会計", "tax$, payroll"),
    _entry("legal, law, law practice, legal services, rechtsberatung", "law firm, lawyer, attorney, solicitor, legal services, rechtsanwalt, rechtsanwält, kanzlei, avocat, abogad, avvocat, advocaat, notar, 法律事務所, 律师", "litigation, contracts, legal advice"),
    _entry("consulting, management consulting, business consulting, professional services, beratung", "consulting, consultan, consultancy, advisory, unternehmensberatung, beratungsunternehmen, conseil en, consultor, consulenza, コンサルティング, 咨询", "advice, strategy, advise"),
    _entry("marketing, advertising, public relations, media agency, werbung", "marketing, advertising agency, advertising, branding agency, branding, public relations, pr agency, seo agency, werbeagentur, werbung, publicité, agence de communication, publicidad, pubblicit, reclame, 広告, 广告", "campaign, brand$, brands$, social media"),
    _entry("design, graphic design, industrial design", "design studio, designers, graphic design, product design, interior design, designagentur, designbüro", "design$"),
    _entry("architecture, planning, architects", "architect, architekt, arquitect, architett, 建築設計, 建筑设计, architecte", "floor plan, buildings"),
    _entry("construction, building, civil engineering, bau, baugewerbe", "construction, builder, building contractor, civil engineering, roofing, bauunternehm, baufirma, hochbau, tiefbau, dachdecker, maurer, bâtiment, construcc, construç, costruzion, edil, bouwbedrijf, aannemer, 建設, 建築工事, 施工, 建筑工程, carpent, joiner, zimmerei", "renovat, site manager, sanierung"),
    _entry("real estate, property, immobilien, property management", "real estate, realtor, estate agent, property management, letting agent, immobili, inmobiliar, makelaar, 不動産, 房地产, 부동산", "apartments, homes, rental"),
    _entry("plumbing, heating, hvac, electrical, facilities services, handwerk, skilled trades", "plumb, heating, hvac, electrician, electrical install, sanitär, heizung, elektroinstall, elektriker, plombier, chauffage, électric, fontaner, idraulic, loodgieter, installateur, air conditioning, klempner", "repair, maintenance, boiler"),
    _entry("manufacturing, machinery, industrial machinery, mechanical engineering, maschinenbau, industrial engineering", "manufactur, machinery, machine tools, mechanical engineering, maschinenbau, anlagenbau, hersteller, fabrication, fabricant, fabricante, fabricac, produzione di, fabrikant, 製造, 製作所, 制造, 제조, maschinenfabrik, precision parts, machining", "factory, plant$, production, werk$, components, produce"),
    _entry("metal, mining and metals, steel, metalworking", "steel, metalwork, metal works, foundry, welding, stahl, metallbau, schlosserei, gießerei, giesserei, métallurg, acier, acero, acciaio, staal, 鉄鋼, 金属加工", "aluminium, aluminum, sheet metal"),
    _entry("electronics, electrical and electronic manufacturing, semiconductors", "electronics, semiconductor, circuit board, sensors, elektronik, halbleiter, électronique, electrónic, elettronic, 電子部品, 半導体, 电子", "sensor$, chip$, chips$"),
    _entry("robotics, automation, industrial automation", "robot, automation, automatisierung, automatisation, ロボット, 自动化", "autonomous"),
    _entry("automotive, automobile, cars, vehicle", "automotive, car dealer, car repair, vehicles, autohaus, kfz, automobil, concessionnaire, garage$, taller mecánico, autofficina, concession, 自動車, 汽车, carrosserie", "cars$, tyres, tires"),
    _entry("aerospace, aviation, airlines, defense, space", "aerospace, aircraft, aviation, airline, satellite, defence contractor, defense contractor, luftfahrt, raumfahrt, aéronaut, aeronáut, aeronautic, 航空宇宙", "flight$, drone"),
    _entry("maritime, shipbuilding, shipping", "shipbuild, shipyard, maritime, boatbuild, werft, schiff, chantier naval, astillero, cantiere navale, 造船", "marine, vessel, harbour"),
    _entry("transportation, logistics, supply chain, freight, trucking, package delivery, spedition", "logistic, freight, haulage, trucking, courier, forwarding, warehousing, spedition, transportunternehm, transports, transporte, trasport, transportbedrijf, 物流, 運送, 运输, 물류", "delivery, fleet, warehouse"),
    _entry("energy, renewable energy, oil, utilities, renewables, solar, wind power", "energy, solar, photovolta, wind power, wind farm, power plant, electricity supplier, stadtwerke, energie, énergie, energía, エネルギー, 能源, renewable, utility company, oil and gas", "battery, batteries, grid$, electricity"),
    _entry("environmental services, waste, recycling, water", "recycl, waste management, waste disposal, entsorgung, déchets, residuos, rifiuti, afval, water treatment, リサイクル, 环保", "sustainab"),
    _entry("agriculture, farming, agrar, forestry", "agricultur, farming, farm$, farms$, farmers, crops, dairy farm, landwirtschaft, bauernhof, agricole, agricol, agrar, landbouw, 農業, 农业, forestry, livestock, nursery", "seeds, soil, harvest, greenhouse"),
    _entry("food, food and beverages, food production, food and beverage, lebensmittel, bakery, baked goods", "bakery, bakeries, baker, bakes, bread, food producer, food production, food manufactur, foods$, butcher, confection, cheese, chocolate, bäckerei, konditorei, metzgerei, fleischerei, lebensmittel, boulang, pâtisserie, panader, panificio, alimentaire, alimenta, bakkerij, 食品, ベーカリー, パン, 面包, coffee roast, roastery", "ingredients, recipes, taste, organic"),
    _entry("beverages, wine, wine and spirits, brewery, breweries, drinks", "brewer, brewing, winery, vineyard, distill, brauerei, weingut, brasserie artisanale, vignoble, domaine viticole, bodega, cantina vini, brouwerij, 酒造, 醸造, 酿酒", "beer$, beers$, wine$, wines$, spirits"),
    _entry("restaurants, gastronomy, hospitality, food service, catering, café", "restaurant, café, bistro, catering, pizzeria, gasthaus, gastronom, gaststätte, traiteur, ristorante, trattoria, レストラン, 食堂, 餐厅", "menu, chef, dining, dishes"),
    _entry("hotels, hospitality, accommodation, lodging, leisure, travel, tourism", "hotel, hostel, guest house, guesthouse, bed and breakfast, pension$, ferienwohnung, hôtel, hébergement, alojamiento, albergo, 旅館, ホテル, 酒店, travel agen, tour operator, reisebüro, tourism", "rooms, stay, trips, holiday, travel"),
    _entry("retail, shop, e-commerce, ecommerce, consumer goods, online retail, einzelhandel", "retail, shop$, shops$, store$, stores$, online shop, e-commerce, webshop, einzelhandel, boutique, tienda, negozio, winkel, onlineshop, 小売, 零售, magasin", "order online, products, buy$, cart"),
    _entry("wholesale, distribution, trade, import and export, großhandel", "wholesale, distributor, importer, großhandel, grosshandel, grossiste, mayorista, grossista, groothandel, 卸売, 批发, trading company", "supply, stock$"),
    _entry("apparel, fashion, textiles, clothing, mode", "apparel, clothing, fashion, textile, garment, footwear, shoes$, bekleidung, textil, vêtement, mode$, ropa, moda, abbigliamento, tessil, kleding, アパレル, 服装, tailor, knitwear, weaving", "fabric, wool, cotton"),
    _entry("furniture, home furnishings, woodworking", "furniture, cabinet mak, kitchen fitt, möbel, tischlerei, schreinerei, meubles, ébénist, muebles, mobili$, falegnam, meubel, 家具, woodwork", "wood$, oak$"),
    _entry("health care, healthcare, hospital, medical practice, medical, wellness, gesundheit", "healthcare, health care, hospital, clinic, medical practice, physician, doctors, dentist, dental, physiotherap, nursing, pflegedienst, arztpraxis, zahnarzt, zahnärzt, krankenhaus, klinik, médecin, cabinet médical, dentaire, clínica, médic, ambulatorio, tandarts, 病院, クリニック, 歯科, 医院, veterinar, tierarzt", "patient, therapy, treatment, care$"),
    _entry("medical devices, medical equipment, medtech", "medical device, medical equipment, medizintechnik, dispositif médica, dispositivos médicos, 医療機器, 医疗器械, medtech, implants", "surgical, diagnostic"),
    _entry("pharmaceuticals, biotechnology, biotech, pharma, life sciences", "pharma, biotech, drug discovery, clinical trials, vaccines, 製薬, 制药, arzneimittel, life science", "molecul, protein, genom, laboratory"),
    _entry("chemicals, chemical industry, chemie, plastics", "chemical, chemie, chimique, químic, chimic, 化学, 化工, plastics, kunststoff, coatings, polymer", "adhesive, resin"),
    _entry("education, higher education, e-learning, training, schools, bildung", "school, university, college, education, e-learning, tutoring, academy, hochschule, schule$, universität, bildung, école, université, formation professionnelle, escuela, universidad, scuola, 学校, 大学, 教育, training provider, kindergarten", "students, courses, learn, lessons, training"),
    _entry("publishing, media, newspapers, broadcast, media production, film, entertainment", "publish, newspaper, magazine, broadcast, film production, video production, verlag, zeitung, édition, editorial$, casa editrice, uitgever, 出版, 媒体, record label, radio station, television, podcast", "stories, journalis, studio, audio"),
    _entry("printing, packaging, paper", "printing, print shop, packaging, paper mill, druckerei, verpackung, imprimerie, emballage, imprenta, tipografia, drukkerij, 印刷, 包装", "labels, boxes"),
    _entry("games, computer games, gaming", "video game, game studio, game developer, games studio, spieleentwickl, jeux vidéo, videojuegos, ゲーム, 游戏", "players, gaming"),
    _entry("telecommunications, telecom, wireless", "telecom, internet provider, internet service provider, broadband, mobile network, telekommunikation, télécom, 通信事業, 电信, fibre network", "fibre, voip, network"),
    _entry("staffing, recruiting, human resources, personaldienstleistung", "recruit, staffing, headhunt, executive search, personaldienst, personalvermittlung, zeitarbeit, intérim, recrutement, reclutamiento, selezione del personale, uitzendbureau, 人材派遣, 招聘, human resources", "candidates, talent, jobs$"),
    _entry("security and investigations, security services, guarding", "security guard, security services, alarm system, sicherheitsdienst, wachdienst, gardiennage, vigilancia, vigilanza, 警備", "surveillance, cctv"),
    _entry("cleaning, facilities services, facility management, gebäudereinigung", "cleaning, janitorial, facility management, gebäudereinigung, reinigung, nettoyage, limpieza, pulizie, schoonmaak, 清掃, 清洁", "hygiene"),
    _entry("nonprofit, non-profit, civic and social organization, charity, philanthropy", "non-profit, nonprofit, charity, charitable, gemeinnützig, association loi, ong$, sin ánimo de lucro, stichting, verein$, npo法人, 公益", "volunteer, donation, donate"),
    _entry("government, public administration, public sector", "government, city council, municipality, ministry, stadtverwaltung, gemeinde$, mairie, ayuntamiento, comune di, gemeente, 市役所, 政府", "citizens, public service"),
    _entry("sports, fitness, health and fitness, recreation", "gym$, fitness, sports club, yoga, fitnessstudio, sportverein, salle de sport, gimnasio, palestra, sportschool, スポーツ, 健身", "workout, coach$"),
    _entry("beauty, cosmetics, personal care, hairdressing", "cosmetic, hair salon, hairdress, beauty salon, barber, friseur, kosmetik, coiffeur, coiffure, peluquer, parrucchier, kapper, 美容, 化妆品, skincare", "skin$, hair$"),
    _entry("arts, crafts, music, museums, photography, events", "museum, gallery, theatre, theater, orchestra, photograph, event agency, event management, galerie, fotograf, musée, musikschule, museo, 美術館, 博物馆, instrument mak, pottery, ceramics", "art$, music, exhibition, concert, events"),
    _entry("engineering, engineering services, ingenieurbüro, surveying", "engineering office, engineering services, engineering firm, engineering company, ingenieurbüro, bureau d'études, ingeniería, ingegneria, ingenieursbureau, structural engineer, surveyor, land survey", "engineers, calculations"),
    _entry("research, research services, laboratories, testing", "research institute, research laborator, testing laborator, contract research, forschungsinstitut, laboratoire, laboratorio, 研究所", "research, forschung, testing"),
    _entry("toys, sporting goods, bicycles, consumer products", "toys$, toy maker, bicycle, bikes$, spielwaren, spielzeug, fahrrad, jouets, vélos, bicicleta, giocattol, fiets, 玩具, 自転車, sporting goods", "children, outdoor, cycling"),
    _entry("jewelry, luxury goods, watches, optics", "jewel, goldsmith, watchmak, juwelier, goldschmied, uhrmacher, bijout, joyer, gioieller, optician, optiker, 宝石, 時計", "rings, gold$, glasses"),
    _entry("funeral, consumer services, personal services", "funeral, undertaker, bestattung, pompes funèbres, laundry, dry clean, wäscherei, childcare, pet care, dog groom", "families"),
    _entry("glass, ceramics, concrete, building materials", "glass works, glazing, glaser, concrete, cement, bricks, tiles, building materials, baustoff, beton, ziegel, verre, vidrio, vetro, 建材", "stone, sand$"),
)  # fmt: skip


@lru_cache(maxsize=1024)
def _of(name: str) -> tuple[Industry, ...]:
    """The entries that a folded industry name belongs to; short words count as whole ones only."""
    return tuple(
        entry
        for entry in INDUSTRIES
        if cues.has(name, tuple(word if len(word) > 5 else f"{word.removesuffix('$')}$" for word in entry.names))
    )


def is_known(name: str) -> bool:
    """Whether a folded name is one that an industry of the vocabulary goes by."""
    return bool(_of(name))


def support(name: str, folded: str) -> str:
    """How a folded text bears out a folded industry name: ``"strong"``, ``"weak"`` or ``""``.

    Words that name customers or stand behind a negation do not count.

    >>> support("software", "we build planning software for bakeries")
    'strong'
    >>> support("food production", "we build planning software for bakeries")
    ''
    """
    own = cues.without_customers(folded)
    entries = _of(name)
    for strength, words in (
        ("strong", tuple(word for entry in entries for word in entry.strong)),
        ("weak", tuple(word for entry in entries for word in entry.weak)),
    ):
        if words and any(not cues.negated(own, start) for start, _ in cues.places_of(own, words)):
            return strength
    return ""
