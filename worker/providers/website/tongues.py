"""The language a page is written in and the countries whose offices it names, by the words on it.

Many pages declare no language, or the one of the template they were made with.
"""
# ruff: noqa: E501 - word lists are easier to read and to compare unbroken

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from worker.providers.website.countries import BY_LANGUAGE

#: Common words of a page by language; none of them is common in another language or in English.
_WORDS = {
    "de": "und der für mit wir sie ihre ihr nicht auf eine einen oder uns unsere bei zum zur öffnungszeiten impressum kontakt anfahrt startseite telefon straße uhr datenschutz geschäftsführer leistungen aktuelles über gmbh strasse anschrift telefax haftung herzlich",
    "fr": "les des nous vous pour avec dans sur votre notre vos une aux mentions légales accueil téléphone télécopie horaires adresse accès société rue contactez cliquez ici tél entreprise cedex actualités produits",
    "es": "los las por una nuestra nuestro nuestros más dirección teléfono inicio correo calle servicios productos contacto aviso usted sus horario quiénes somos empresa noticias avenida código también estamos y",
    "pt": "não você são nossa nosso uma telefone endereço serviços produtos empresa fale conosco contato contactos rua início mais também nossos clientes quem somos morada às ao bairro localização",
    "it": "della delle dei gli nel per una sono nostra nostro contatti telefono indirizzo orari azienda servizi prodotti dove siamo informazioni sede anche più tutti alla il dal di iva",
    "nl": "het een voor onze ons uw wij bij naar niet ook openingstijden contactgegevens adres telefoon telefoonnummer bezoekadres postbus vestiging postcode wordt zijn klanten diensten kvk btw straat",
    "pl": "nie się oraz dla jest nasza nasze firma kontakt telefon adres godziny otwarcia strona główna usługi oferta więcej ulica przez jak polityka prywatności mapa dojazdu nip regon krs",
    "cs": "jsme naše pro není které kontakt kontakty telefon adresa otevírací úvodní služby nabídka více společnost provozovna dále nebo také ičo dič mobil ulice sídlo ič pobočka naší",
    "sk": "sme naše pre nie ktoré kontakt kontakty telefón adresa otváracie hodiny úvod služby ponuka viac spoločnosť prevádzka alebo tiež ičo dič mobil ulica sídlo",
    "hu": "és nem egy vagy hogy kapcsolat telefon cím elérhetőség nyitvatartás főoldal szolgáltatások termékek rólunk utca utcai kft adószám mobil cégünk bővebben székhely honlap magyarország",
    "ro": "și şi este pentru noastre noastră sunt acasă despre noi telefon adresa servicii produse strada str județ firma vă nostru cui lucru",
    "sv": "och för att inte med oss våra vår är hos kontakta öppettider telefon besöksadress postadress tjänster produkter välkommen läs mer karta orgnr sverige växel gatan",
    "da": "og vores hos ikke åbningstider telefon tlf adresse ydelser produkter velkommen læs mere forside cvr vej gade danmark kontakt kunde",
    "no": "og våre vår til ikke åpningstider telefon tlf besøksadresse postadresse tjenester produkter velkommen les mer hjem orgnr norge postboks telefaks gate faks",
    "fi": "meidän tai yhteystiedot puhelin osoite käyntiosoite postiosoite aukioloajat palvelut tuotteet etusivu tervetuloa yritys lisää sähköposti puh faksi katu suomi myynti",
    "tr": "bir için ile hakkımızda iletişim telefon faks adres ürünler hizmetler anasayfa kurumsal daha fazla sokak cadde mah mahallesi haberler misyon vizyon",
    "hr": "kontakt telefon adresa radno vrijeme usluge proizvodi početna naslovna više nas ulica tvrtka oib mobitel hrvatska društvo ponuda",
    "sl": "kontakt telefon naslov delovni čas storitve izdelki domov več nas ulica podjetje davčna gsm slovenija ponudba cesta",
    "et": "meie kontakt telefon aadress lahtiolekuajad teenused tooted avaleht ettevõte rohkem eesti tänav registrikood",
    "lv": "mūsu kontakti tālrunis adrese darba laiks pakalpojumi produkti sākums mums vairāk iela latvija",
    "lt": "mūsų yra kontaktai telefonas adresas darbo laikas paslaugos produktai pradžia apie mus daugiau gatvė lietuva kodas",
    "vi": "và của chúng tôi cho liên hệ điện thoại địa chỉ chủ giới thiệu sản phẩm dịch vụ đường phường quận",
    "id": "yang untuk kami dengan hubungi telepon alamat beranda tentang layanan produk jalan telp kota jl",
    "ca": "els amb nosaltres contacte telèfon adreça inici serveis productes carrer més també horari",
}
#: Registers, taxes and legal forms of one country, whatever language tells of them.
_SURE = {
    "cnpj": "BR", "cep": "BR", "cuit": "AR", "siret": "FR", "siren": "FR", "nipc": "PT", "adószám": "HU", "kft": "HU", "bvba": "BE", "sprl": "BE", "kvk": "NL", "cvr": "DK", "aps": "DK",
    "bankgiro": "SE", "regon": "PL", "gstin": "IN", "pvt": "IN", "sdn": "MY", "bhd": "MY", "abn": "AU", "acn": "AU", "eircode": "IE", "şti": "TR", "hrb": "DE", "atu": "AT",
    "uen": "SG", "oib": "HR", "ičo": "CZ", "αφμ": "GR", "огрн": "RU", "инн": "RU", "едрпоу": "UA",
}  # fmt: skip
#: The same where the language fits, too: elsewhere the words mean something else.
_FITTING = {
    "DE": "ust amtsgericht steuernummer", "AT": "wien firmenbuch firmenbuchnummer", "CH": "natel mwst chf", "FR": "cedex rcs naf", "BE": "tva bruxelles btw rpr gsm", "CA": "québec qc poste",
    "ES": "nif cif polígono tlf móvil", "MX": "rfc col lada fracc", "AR": "caba", "CL": "rut fono", "CO": "nit bogotá", "PE": "ruc lima", "BR": "ltda pabx contato você", "PT": "lda telemóvel apartado morada",
    "NL": "btw postbus", "IT": "srl iva rea snc",
}  # fmt: skip
#: Endings of streets' names in languages that write them as one word.
_STREETS = {
    "straße": "DE", "strasse": "DE", "platz": "DE", "gasse": "AT", "gatan": "SE", "vägen": "SE", "torget": "SE", "straat": "NL", "laan": "NL", "gracht": "NL",
    "vej": "DK", "sgade": "DK", "rgade": "DK", "veien": "NO", "vegen": "NO", "sgate": "NO", "sgata": "NO", "katu": "FI", "utca": "HU",
}  # fmt: skip
_BY_WORD: dict[str, list[str]] = {}
for _language, _text in _WORDS.items():
    for _word in _text.split():
        if len(_word) > 1:
            _BY_WORD.setdefault(_word, []).append(_language)
_OFFICE_OF: dict[str, list[str]] = {}
for _country, _text in _FITTING.items():
    for _word in _text.split():
        _OFFICE_OF.setdefault(_word, []).append(_country)
_KNOWN = frozenset(_BY_WORD)
_KNOWN_OFFICES = frozenset(_OFFICE_OF)
_KNOWN_SURE = frozenset(_SURE)
#: Fewer words of a language than this are a menu of languages or a name.
LEAST_WORDS = 2


def tongue_votes(vocabulary: AbstractSet[str], declared: str = "") -> Iterator[tuple[str, float]]:
    """(country, weight) for the language that most words of a text are of, then for offices that it names.

    ``vocabulary`` are the words of the text in lower case; ``declared`` is the page's own language, which is known already.
    """
    counts: dict[str, float] = {}
    for word in vocabulary & _KNOWN:
        languages = _BY_WORD[word]
        for language in languages:
            counts[language] = counts.get(language, 0.0) + 1 / len(languages)
    ranked = sorted(counts.items(), key=lambda item: -item[1])[:2]
    if ranked and ranked[0][1] >= LEAST_WORDS:
        language, count = ranked[0]
        sure = min(1.0, count / 7) * (0.6 if len(ranked) > 1 and ranked[1][1] > 0.75 * count else 1.0)
        for country, weight in BY_LANGUAGE.get(language, ()) if language != declared else ():
            yield country, sure * weight
        spoken = {country for country, _ in BY_LANGUAGE.get(language, ())}
        for word in vocabulary & _KNOWN_OFFICES:
            yield from ((country, 0.5) for country in _OFFICE_OF[word] if country in spoken)
    said = f"{' '.join(vocabulary)} "
    for country in {country for street, country in _STREETS.items() if f"{street} " in said}:
        yield country, 0.8
    for word in vocabulary & _KNOWN_SURE:
        yield _SURE[word], 1.0
