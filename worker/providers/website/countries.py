"""Countries as pages write them: names in many languages, top-level domains, languages, currencies.

ISO 3166-1 alpha-2 codes throughout.
"""
# ruff: noqa: E501, SIM905 - patterns and word lists are easier to read and to compare unbroken

#: Names by country; matched case-insensitively on whole words.
NAMES: dict[str, str] = {
    "US": "united states|united states of america|usa|u.s.a.|u.s.|vereinigte staaten|états-unis|estados unidos|stati uniti|verenigde staten|сша|アメリカ合衆国|美国",
    "CA": "canada|kanada|canadá",
    "GB": "united kingdom|great britain|england|scotland|wales|northern ireland|uk|u.k.|großbritannien|vereinigtes königreich|royaume-uni|reino unido|regno unito|verenigd koninkrijk|великобритания|イギリス|英国",
    "IE": "ireland|republic of ireland|irland|irlande|irlanda|eire|éire",
    "DE": "germany|deutschland|allemagne|alemania|germania|duitsland|alemanha|niemcy|německo|tyskland|saksa|германия|ドイツ|德国",
    "AT": "austria|österreich|autriche|oostenrijk|áustria|rakousko",
    "CH": "switzerland|schweiz|suisse|svizzera|suiza|zwitserland|suíça",
    "LI": "liechtenstein",
    "FR": "france|frankreich|francia|frankrijk|frança|francja|франция|フランス|法国",
    "BE": "belgium|belgië|belgique|belgien|bélgica|belgio",
    "NL": "netherlands|the netherlands|nederland|holland|niederlande|pays-bas|países bajos|paesi bassi|países baixos",
    "LU": "luxembourg|luxemburg|luxemburgo|lussemburgo",
    "ES": "spain|españa|spanien|espagne|spagna|espanha|spanje|испания|スペイン|西班牙",
    "PT": "portugal|portogallo",
    "IT": "italy|italia|italien|italie|itália|włochy|италия|イタリア|意大利",
    "SM": "san marino",
    "MT": "malta",
    "GR": "greece|hellas|ελλάδα|ελλαδα|griechenland|grèce|grecia",
    "CY": "cyprus|κύπρος|zypern",
    "DK": "denmark|danmark|dänemark|danemark|dinamarca|danimarca",
    "SE": "sweden|sverige|schweden|suède|suecia|svezia",
    "NO": "norway|norge|norwegen|norvège|noruega|norvegia",
    "FI": "finland|suomi|finnland|finlande|finlandia",
    "IS": "iceland|ísland|island|islande",
    "EE": "estonia|eesti|estland",
    "LV": "latvia|latvija|lettland",
    "LT": "lithuania|lietuva|litauen",
    "PL": "poland|polska|polen|pologne|polonia|polônia|польша",
    "CZ": "czech republic|czechia|česká republika|česko|tschechien|ceska republika",
    "SK": "slovakia|slovensko|slovak republic|slowakei|slovenská republika",
    "HU": "hungary|magyarország|ungarn|hongrie|hungría",
    "RO": "romania|românia|rumänien|roumanie",
    "BG": "bulgaria|българия|bulgarien",
    "SI": "slovenia|slovenija|slowenien",
    "HR": "croatia|hrvatska|kroatien",
    "RS": "serbia|srbija|србија|serbien",
    "BA": "bosnia|bosna i hercegovina",
    "MK": "macedonia|north macedonia|македонија",
    "AL": "albania|shqipëri",
    "UA": "ukraine|україна|украина|ucrania",
    "BY": "belarus|беларусь",
    "RU": "russia|россия|russian federation|российская федерация|russland|russie|rusia",
    "KZ": "kazakhstan|казахстан",
    "GE": "georgia (country)|საქართველო",
    "TR": "turkey|türkiye|turkiye|türkei|turquie|turquía|turchia",
    "IL": "israel|ישראל",
    "AE": "united arab emirates|uae|u.a.e.|الإمارات",
    "SA": "saudi arabia|kingdom of saudi arabia|ksa|السعودية",
    "EG": "egypt|مصر|ägypten",
    "QA": "qatar|قطر",
    "KW": "kuwait|الكويت",
    "JO": "jordan|الأردن",
    "LB": "lebanon|لبنان",
    "MA": "morocco|maroc|المغرب|marruecos",
    "TN": "tunisia|tunisie|تونس",
    "DZ": "algeria|algérie|الجزائر",
    "ZA": "south africa|südafrika|afrique du sud|suid-afrika|republic of south africa|rsa",
    "NG": "nigeria", "KE": "kenya", "GH": "ghana", "TZ": "tanzania", "UG": "uganda", "MU": "mauritius",
    "IN": "india|भारत|indien|inde|bharat",
    "PK": "pakistan", "BD": "bangladesh", "LK": "sri lanka", "NP": "nepal",
    "CN": "china|中国|中國|p.r. china|p.r.china|people's republic of china|prc|chine|cina",
    "HK": "hong kong|香港|hongkong", "MO": "macau|macao|澳門", "TW": "taiwan|台灣|臺灣|台湾|taiwan, r.o.c.|r.o.c.",
    "JP": "japan|日本|japón|japon|giappone|japão",
    "KR": "south korea|korea|republic of korea|대한민국|한국|südkorea|corée du sud",
    "SG": "singapore|新加坡|singapur|singapour", "MY": "malaysia", "ID": "indonesia", "PH": "philippines|pilipinas",
    "TH": "thailand|ประเทศไทย|ไทย", "VN": "vietnam|việt nam|viet nam", "KH": "cambodia",
    "AU": "australia|australien|australie", "NZ": "new zealand|neuseeland|aotearoa|nouvelle-zélande",
    "MX": "mexico|méxico|mexiko|mexique|messico", "BR": "brazil|brasil|brasilien|brésil|brasile",
    "AR": "argentina|argentinien|argentine", "CL": "chile|chili", "CO": "colombia|kolumbien|colombie",
    "PE": "peru|perú|pérou", "VE": "venezuela", "EC": "ecuador|équateur", "UY": "uruguay", "PY": "paraguay",
    "BO": "bolivia", "CR": "costa rica", "PA": "panama|panamá", "GT": "guatemala", "DO": "dominican republic|república dominicana",
    "PR": "puerto rico", "JM": "jamaica", "TT": "trinidad and tobago|trinidad", "BS": "bahamas", "BB": "barbados", "CU": "cuba",
    "SV": "el salvador", "HN": "honduras", "NI": "nicaragua", "IR": "iran|ایران", "IQ": "iraq|العراق", "OM": "oman|عمان", "BH": "bahrain|البحرين",
}  # fmt: skip

#: Name (lower case) to country.
BY_NAME: dict[str, str] = {name: code for code, names in NAMES.items() for name in names.split("|")}

#: Country-code domains that are sold as words and say nothing about a place.
GENERIC_CC = frozenset(
    "io co me tv ai ly fm cc to ws eu gg sh nu la st vc im am ag sc bz mn is gl pw su tk ml ga cf gq".split()
)

#: Languages to the countries where most of their sites are: (code, weight).
BY_LANGUAGE: dict[str, tuple[tuple[str, float], ...]] = {
    "de": (("DE", 1.5), ("AT", 0.4), ("CH", 0.4)), "fr": (("FR", 1.5), ("BE", 0.4), ("CH", 0.3), ("CA", 0.4)),
    "es": (("ES", 1.2), ("MX", 0.6), ("AR", 0.4), ("CO", 0.3), ("CL", 0.3), ("PE", 0.2)),
    "pt": (("BR", 1.0), ("PT", 0.9)), "it": (("IT", 1.6), ("CH", 0.2)), "nl": (("NL", 1.5), ("BE", 0.6)),
    "pl": (("PL", 2.0),), "cs": (("CZ", 2.0),), "sk": (("SK", 2.0),), "hu": (("HU", 2.0),), "ro": (("RO", 2.0),),
    "bg": (("BG", 2.0),), "sl": (("SI", 2.0),), "hr": (("HR", 2.0),), "sr": (("RS", 2.0),), "ru": (("RU", 1.6), ("UA", 0.3), ("BY", 0.3), ("KZ", 0.3)),
    "uk": (("UA", 2.0),), "el": (("GR", 2.0),), "tr": (("TR", 2.0),), "sv": (("SE", 2.0), ("FI", 0.3)), "da": (("DK", 2.0),),
    "nb": (("NO", 2.0),), "nn": (("NO", 2.0),), "no": (("NO", 2.0),), "fi": (("FI", 2.0),), "is": (("IS", 2.0),),
    "et": (("EE", 2.0),), "lv": (("LV", 2.0),), "lt": (("LT", 2.0),), "ja": (("JP", 2.5),), "ko": (("KR", 2.5),),
    "zh": (("CN", 1.5), ("TW", 0.6), ("HK", 0.5)), "th": (("TH", 2.0),), "vi": (("VN", 2.0),), "id": (("ID", 2.0),),
    "he": (("IL", 2.0),), "ar": (("SA", 0.8), ("AE", 0.6), ("EG", 0.6)), "fa": (("IR", 2.0),), "ca": (("ES", 1.5),), "eu": (("ES", 1.5),), "gl": (("ES", 1.5),),
}  # fmt: skip

#: Currency signs and words.
BY_CURRENCY = (
    ("£", "GB", 0.6), ("zł", "PL", 0.8), ("Kč", "CZ", 0.8), ("CHF", "CH", 0.6), ("R$", "BR", 0.8), ("₹", "IN", 0.8), ("Rs.", "IN", 0.5),
    ("₽", "RU", 0.8), ("руб", "RU", 0.8), ("грн", "UA", 0.8), ("円", "JP", 0.8), ("원", "KR", 0.5), ("A$", "AU", 0.6), ("AUD", "AU", 0.5), ("NZ$", "NZ", 0.6),
    ("S$", "SG", 0.6), ("HK$", "HK", 0.6), ("NT$", "TW", 0.6), ("₺", "TR", 0.8), ("₪", "IL", 0.8), ("ft.", "HU", 0.1),
)  # fmt: skip

#: International calling codes to a region, for ``+CC`` as printed.
BY_CALLING_CODE = {
    "1": "US", "7": "RU", "20": "EG", "27": "ZA", "30": "GR", "31": "NL", "32": "BE", "33": "FR", "34": "ES", "36": "HU", "39": "IT", "40": "RO",
    "41": "CH", "43": "AT", "44": "GB", "45": "DK", "46": "SE", "47": "NO", "48": "PL", "49": "DE", "51": "PE", "52": "MX", "53": "CU", "54": "AR",
    "55": "BR", "56": "CL", "57": "CO", "58": "VE", "60": "MY", "61": "AU", "62": "ID", "63": "PH", "64": "NZ", "65": "SG", "66": "TH", "81": "JP",
    "82": "KR", "84": "VN", "86": "CN", "90": "TR", "91": "IN", "92": "PK", "94": "LK", "98": "IR", "212": "MA", "216": "TN", "213": "DZ", "234": "NG",
    "254": "KE", "351": "PT", "352": "LU", "353": "IE", "354": "IS", "356": "MT", "357": "CY", "358": "FI", "359": "BG", "370": "LT", "371": "LV",
    "372": "EE", "375": "BY", "380": "UA", "381": "RS", "385": "HR", "386": "SI", "420": "CZ", "421": "SK", "423": "LI", "852": "HK", "853": "MO",
    "886": "TW", "961": "LB", "962": "JO", "965": "KW", "966": "SA", "971": "AE", "972": "IL", "974": "QA", "973": "BH", "968": "OM", "880": "BD",
    "506": "CR", "507": "PA", "593": "EC", "595": "PY", "598": "UY", "591": "BO", "502": "GT",
}  # fmt: skip

#: Regions whose domain is not their code.
BY_DOMAIN = {"uk": "GB", "ac": "GB"}
