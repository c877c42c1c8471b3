"""Large cities that tell the country of an address on a page that names no country beside it.

Names as the country and as English, German, French, Spanish and Italian pages write them. Countries whose postal codes
are known by their shape alone (United States, Canada, Britain, Australia's with a state) need no entry.
"""
# ruff: noqa: E501, SIM905 - word lists are easier to read and to compare unbroken

from worker.providers.website.rendering import Rendering

_CITIES = {
    "AE": "dubai|abu dhabi|sharjah|ajman|ras al khaimah",
    "AR": "buenos aires|córdoba capital|rosario|mendoza",
    "AT": "wien|vienna|vienne|graz|linz|salzburg|innsbruck|klagenfurt|villach|wels|dornbirn|bregenz",
    "AU": "sydney|melbourne|brisbane|perth|adelaide|canberra|hobart",
    "BE": "brussels|bruxelles|brussel|brüssel|antwerp|antwerpen|anvers|gent|ghent|gand|brugge|bruges|liège|leuven|louvain|namur|mechelen|kortrijk|hasselt|zaventem|diegem",
    "BG": "sofia|софия|plovdiv|varna",
    "BR": "são paulo|sao paulo|rio de janeiro|brasília|curitiba|porto alegre|belo horizonte|salvador bahia|recife|fortaleza|campinas|florianópolis",
    "CH": "zürich|zurich|zuerich|genève|geneva|geneve|genf|basel|bâle|bern|berne|lausanne|luzern|lucerne|winterthur|zug|lugano|st. gallen|neuchâtel|fribourg|baar|dübendorf",
    "CL": "santiago de chile|santiago|providencia|las condes",
    "CN": "beijing|shanghai|shenzhen|guangzhou|hangzhou|nanjing|suzhou|chengdu|tianjin|dalian|qingdao|xiamen|wuhan|dongguan|ningbo",
    "CO": "bogotá|bogota|bogotá d.c|medellín|cali",
    "CY": "nicosia|limassol|larnaca",
    "CZ": "praha|prague|prag|brno|ostrava|plzeň|olomouc|liberec",
    "DE": "berlin|hamburg|münchen|munich|muenchen|monaco di baviera|köln|cologne|koeln|frankfurt|stuttgart|düsseldorf|duesseldorf|dortmund|essen|leipzig|bremen|dresden|hannover|hanover|nürnberg|nuremberg|duisburg|bochum|wuppertal|bielefeld|bonn|mannheim|karlsruhe|wiesbaden|münster|augsburg|aachen|braunschweig|kiel|chemnitz|freiburg|mainz|lübeck|erfurt|rostock|kassel|potsdam|saarbrücken|heidelberg|darmstadt|regensburg|würzburg|ulm|ingolstadt|walldorf",
    "DK": "copenhagen|københavn|kobenhavn|kopenhagen|aarhus|århus|odense|aalborg|esbjerg|kolding|hellerup|frederiksberg|ballerup|lyngby",
    "EE": "tallinn|tartu",
    "EG": "cairo|alexandria egypt|giza",
    "ES": "madrid|barcelona|sevilla|seville|zaragoza|málaga|malaga|bilbao|alicante|murcia|palma de mallorca|valladolid|pamplona|donostia|san sebastián|a coruña|vigo|gijón|vitoria-gasteiz|l'hospitalet",
    "FI": "helsinki|helsingfors|espoo|tampere|vantaa|turku|oulu|jyväskylä|lahti|kuopio",
    "FR": "paris|marseille|lyon|toulouse|nice|nantes|strasbourg|montpellier|bordeaux|lille|rennes|reims|grenoble|dijon|angers|clermont-ferrand|aix-en-provence|rouen|courbevoie|la défense|nanterre|boulogne-billancourt|levallois-perret|neuilly-sur-seine|issy-les-moulineaux|saint-denis|sophia antipolis|paříž|parigi",
    "GH": "accra|kumasi", "HK": "hong kong|kowloon|wan chai|wanchai|tsim sha tsui|香港",
    "GR": "athens|athen|athènes|αθήνα|thessaloniki|θεσσαλονίκη|piraeus|marousi|maroussi",
    "HR": "zagreb|rijeka|osijek",
    "HU": "budapest|debrecen|szeged|győr|pécs|miskolc",
    "ID": "jakarta|surabaya|bandung|denpasar",
    "IE": "dublin|cork|galway|limerick|waterford",
    "IL": "tel aviv|tel-aviv|jerusalem|haifa|herzliya|petah tikva|ramat gan|ra'anana",
    "IN": "mumbai|bombay|delhi|new delhi|bangalore|bengaluru|chennai|madras|hyderabad|kolkata|calcutta|pune|ahmedabad|gurgaon|gurugram|noida|jaipur|kochi|cochin|chandigarh|coimbatore|secunderabad|thane|lucknow|indore|surat|vadodara|ludhiana",
    "IS": "reykjavik|reykjavík|kópavogur|hafnarfjörður",
    "IT": "roma|rome|milano|milan|mailand|napoli|naples|torino|turin|palermo|genova|bologna|firenze|florence|florenz|bari|catania|venezia|venice|verona|padova|padua|trieste|brescia|parma|modena|bergamo|bolzano|trento|perugia|rimini|ancona|vicenza|treviso|udine|monza|reggio emilia",
    "JP": "tokyo|tōkyō|osaka|kyoto|yokohama|nagoya|kobe|fukuoka|sapporo|kawasaki|chiyoda-ku|minato-ku|shibuya-ku|shinjuku-ku|chuo-ku",
    "KE": "nairobi|mombasa", "KW": "kuwait city|safat", "LB": "beirut|beyrouth", "LK": "colombo", "JO": "amman", "QA": "doha",
    "BD": "dhaka|chittagong", "BH": "manama", "NG": "lagos|abuja", "NP": "kathmandu", "OM": "muscat", "PA": "panama city|ciudad de panamá",
    "EC": "quito|guayaquil", "UY": "montevideo", "CR": "san josé costa rica", "TZ": "dar es salaam", "UG": "kampala", "IR": "tehran",
    "VN": "hanoi|hà nội|ho chi minh city|hồ chí minh|tp. hồ chí minh|đà nẵng|hcmc", "KZ": "almaty|алматы|astana|астана", "BY": "minsk|минск",
    "JM": "kingston", "TN": "tunis", "DZ": "alger|algiers",
    "KR": "seoul|busan|incheon|daegu|daejeon|gangnam-gu|seongnam|suwon",
    "LT": "vilnius|kaunas", "LU": "luxembourg|luxemburg", "LV": "riga|rīga",
    "MA": "casablanca|rabat|marrakech|tanger",
    "MT": "valletta|sliema|st. julian's|st julians|gzira|birkirkara|msida|san gwann|mosta",
    "MX": "mexico city|ciudad de méxico|ciudad de mexico|méxico d.f|mexico d.f|méxico, d.f|mexico, d.f|guadalajara|monterrey|tijuana|querétaro|cancún|zapopan",
    "MY": "kuala lumpur|petaling jaya|penang|shah alam|subang jaya|johor bahru|cyberjaya",
    "NL": "amsterdam|rotterdam|den haag|the hague|utrecht|eindhoven|groningen|tilburg|almere|breda|nijmegen|arnhem|haarlem|enschede|amersfoort|'s-hertogenbosch|hoofddorp|leiden|delft|maastricht",
    "NO": "oslo|bergen|trondheim|stavanger|drammen|kristiansand|tromsø|lysaker|sandvika",
    "NZ": "auckland|wellington|christchurch|dunedin|tauranga",
    "PE": "lima|miraflores|san isidro",
    "PH": "manila|makati|makati city|quezon city|taguig|cebu city|pasig city",
    "PK": "karachi|lahore|islamabad|rawalpindi",
    "PL": "warszawa|warsaw|warschau|varsovie|kraków|krakow|cracow|krakau|wrocław|wroclaw|poznań|poznan|gdańsk|gdansk|gdynia|łódź|lodz|katowice|szczecin|lublin|bydgoszcz",
    "PT": "lisboa|lisbon|lissabon|lisbonne|porto|oporto|coimbra|braga|oeiras|cascais|aveiro|matosinhos",
    "RO": "bucharest|bucurești|bucureşti|bucuresti|bukarest|cluj-napoca|timișoara|timisoara|iași|iasi|brașov|brasov",
    "RS": "belgrade|beograd|belgrad|novi sad",
    "RU": "moscow|москва|moskau|moscou|saint petersburg|st. petersburg|st petersburg|санкт-петербург|новосибирск|екатеринбург|казань|novosibirsk|yekaterinburg",
    "SA": "riyadh|jeddah|al khobar|dammam",
    "SE": "stockholm|göteborg|gothenburg|goteborg|malmö|malmo|uppsala|linköping|västerås|örebro|norrköping|helsingborg|lund|solna|kista|jönköping|umeå|sundbyberg",
    "SG": "singapore", "SI": "ljubljana|maribor", "SK": "bratislava|košice|kosice|žilina",
    "TH": "bangkok|phuket|chiang mai|nonthaburi|pattaya",
    "TR": "istanbul|i̇stanbul|ankara|izmir|i̇zmir|bursa|antalya",
    "TW": "taipei|taipei city|new taipei city|hsinchu|taichung|kaohsiung|taoyuan",
    "UA": "kyiv|kiev|київ|киев|lviv|львів|kharkiv|харьков|odessa|odesa",
    "ZA": "johannesburg|cape town|durban|pretoria|sandton|centurion|midrand|randburg|port elizabeth|stellenbosch|bloemfontein|kaapstad",
}  # fmt: skip
#: Name (lower case) to country.
BY_CITY = {name: code for code, names in _CITIES.items() for name in names.split("|")}
#: In scripts that put no space between a city and what follows it.
_UNSPACED = {
    **dict.fromkeys("北京市 上海市 天津市 重庆市 广州市 深圳市 杭州市 南京市 成都市 武汉市 苏州市 广东省 浙江省 江苏省".split(), "CN"),
    **dict.fromkeys("台北市 臺北市 台中市 臺中市 台南市 臺南市 高雄市 新北市 桃園市 新竹市 新竹縣 桃園縣".split(), "TW"),
    **dict.fromkeys("東京都 大阪府 大阪市 京都市 京都府 神奈川県 横浜市 愛知県 名古屋市 福岡県 札幌市 兵庫県 埼玉県 千葉県".split(), "JP"),
    **dict.fromkeys("서울 부산 인천 대구 대전 광주광역시 경기도 성남시".split(), "KR"),
}  # fmt: skip
#: Longest words of names, as a page's vocabulary has them, to the names that hold them, each with all of its words.
_NAMES: dict[str, list[tuple[str, frozenset[str]]]] = {}
for _name in BY_CITY:
    _words = [word for word in "".join(c if c.isalpha() else " " for c in _name).split() if len(word) > 1]
    _NAMES.setdefault(max(_words, key=len), []).append((_name, frozenset(_words)))
_KEYS = frozenset(_NAMES)
#: A page that names more cities is a list of destinations.
MAX_CITIES = 120


def cities_nearby(rendering: Rendering) -> dict[int, str]:
    """For each line that names a large city, and for the line below a short one, the city's country."""
    vocabulary = rendering.vocabulary
    names = [name for key in vocabulary & _KEYS for name, words in _NAMES[key] if words <= vocabulary]
    found: dict[int, str] = {}
    for name, code in _UNSPACED.items() if rendering.foreign else ():
        found.update(dict.fromkeys(rendering.lines_with((name,)), code))
    if not names or len(names) > MAX_CITIES:
        return found
    lines = rendering.lines
    for name in sorted(names, key=len):
        for index in rendering.lines_with((name,)):
            line = lines[index]
            if len(line) > 200:
                continue
            lowered = line.lower()
            at = lowered.find(name)
            if lowered[at - 1 : at].isalpha() or lowered[at + len(name) : at + len(name) + 1].isalpha():
                continue
            found[index] = BY_CITY[name]
            if len(line) <= 30:
                found.setdefault(index + 1, BY_CITY[name])
    return found
