"""What a page is when it is not a company's page: parked, for sale, a wall, an error in disguise, an empty shell."""
# ruff: noqa: E501, SIM905 - patterns and word lists are easier to read and to compare unbroken

import re

from worker.providers.website.document import Document
from worker.providers.website.rendering import Rendering

_FOR_SALE = re.compile(
    r"(?:this\s)?(?:premium\s)?domain(?:\sname)?\s(?:[\w.-]{1,60}\s)?(?:is|may\sbe|might\sbe)\s(?:available\s)?for\ssale|buy\sthis\sdomain|(?:diese|die)\sdomain\s(?:[\w.-]{1,60}\s)?(?:steht\szum\sverkauf|kaufen|ist\szu\sverkaufen)"
    r"|domain\szu\sverkaufen|ce\s(?:nom\sde\s)?domaine\sest\s(?:à|en)\s(?:vendre|vente)|este\sdominio\s(?:está|puede\sestar)\s(?:a|en)\s(?:la\s)?venta|questo\sdominio\sè\sin\svendita|deze\sdomeinnaam\s(?:is|staat)\ste\skoop"
    r"|inquire\sabout\sthis\sdomain|make\san\soffer\s(?:on|for)\sthis\sdomain|domena\s(?:jest\s)?na\ssprzeda|the\sdomain\s[\w.-]{3,60}\sis\sfor\ssale",
    re.I,
)
_PARKED = re.compile(
    r"(?:this\s)?domain\s(?:name\s)?(?:is|has\sbeen)\s(?:parked|registered\s(?:by|at|with|through))|parked\s(?:free|domain|page)|domain\sparking|this\spage\sis\sparked|related\s(?:searches|links)\s.{0,200}(?:privacy\spolicy|domain)"
    r"|future\shome\sof|website\s(?:is\s)?(?:coming\ssoon|under\sconstruction)|this\ssite\sis\sunder\sconstruction|site\sen\sconstruction|hier\sentsteht|(?:diese\s)?(?:web)?seite\s(?:ist\s|befindet\ssich\s)?im\saufbau|default\sweb\s?(?:site\s)?page"
    r"|apache2?\s(?:\w+\s)?(?:ubuntu\s|debian\s)?default\spage|welcome\sto\snginx|it\sworks!|iis\swindows\sserver|domain\sdefault\spage|congratulations.{0,60}(?:website|domain)\s(?:is|has)|this\saccount\shas\sbeen\ssuspended|account\ssuspended"
    r"|diese\sdomain\s(?:ist|wurde)\s(?:geparkt|registriert)|domaine\sréservé|dominio\s(?:reservado|registrado|parcheggiato)|index\sof\s/$",
    re.I,
)
_CHALLENGE = re.compile(
    r"checking\s(?:if\sthe\ssite\sconnection\sis\ssecure|your\sbrowser\sbefore)|just\sa\smoment\.\.\.|attention\srequired!?\s\|?\s?cloudflare|please\s(?:verify|confirm)\s(?:that\s)?you\sare\s(?:a\s)?(?:human|not\sa\srobot)|are\syou\sa\s(?:human|robot)\?"
    r"|verify(?:ing)?\syou\sare\shuman|ddos\sprotection\sby|enable\scookies\sand\sreload|pardon\sour\sinterruption|access\s(?:to\sthis\spage\shas\sbeen\s)?denied|request\sunsuccessful\.\sincapsula|unusual\s(?:traffic|activity)\sfrom\syour"
    r"|bot\s(?:verification|protection|detection)|security\scheck\sto\saccess|blocked\sby\s(?:the\s)?(?:network\s)?security|sie\ssind\skein\sroboter|complete\sthe\s(?:security\scheck|captcha)",
    re.I,
)
_CHALLENGE_MARKUP = (
    "/cdn-cgi/challenge-platform", "cf-browser-verification", "_incapsula_resource", 'id="challenge-form"', "captcha-delivery.com",
    "px-captcha", "awswaf", "geo.captcha",
)  # fmt: skip
_LOGIN = re.compile(
    r"^(?:(?:please\s)?(?:log|sign)\s?in(?:\sto\s.{1,40})?|login(?:\spage)?|anmelden|anmeldung|connexion|se\sconnecter|iniciar\ssesi[oó]n|accedi|entrar|inloggen|logga\sin|zaloguj(?:\ssię)?|ログイン|登录|로그인|вход)$",
    re.I,
)
_NOT_FOUND = re.compile(
    r"(?:page|seite|site|document|url)\s(?:you(?:'re|\sare)?\s(?:requested|looking\sfor)\s)?(?:was\s|could\s|can\s?|kann\s|konnte\s|wurde\s)?(?:not\s(?:be\s)?found|not\sexist|nicht\sgefunden)|\b404\b.{0,30}(?:not\sfound|error|page|fehler|erreur)|(?:error|fehler|erreur)\s404|^404$"
    r"|page\s(?:introuvable|non\strouvée)|p[aá]gina\sno\s(?:encontrada|existe)|pagina\snon\strovata|página\snão\s(?:encontrada|existe)|pagina\sniet\sgevonden|sidan\s(?:hittades|finns)\sinte|siden\s(?:blev\s)?(?:ikke\sfundet|ble\sikke\sfunnet|findes\sikke)|sivua\sei\slöy|strona\snie\s(?:została\sznaleziona|istnieje)"
    r"|str[aá]nka\snebyla\snalezena|a\skeresett\soldal|страница\sне\sнайдена|ページが見つかりません|找不到(?:该|您|頁|页)|페이지를\s찾을\s수\s없",
    re.I,
)
_SHELL = re.compile(
    r"(?:enable|activate|requires?|aktivieren|activer|active|habilit\w+)\s(?:\w+\s){0,4}java\s?script|java\s?script\s(?:is\s)?(?:\w+\s){0,3}(?:disabled|required|enabled|deaktiviert|désactivé|desactivado)|need\sto\senable\sjavascript",
    re.I,
)
_PASSWORD = re.compile(r"type=[\"']?password", re.I)
_ROOT = re.compile(
    r"<(?:div|main|body)[^>]{0,200}\sid=[\"']?(?:root|app|__next|__nuxt|app-root|gatsby-focus-wrapper|svelte|ember\w*|q-app)\b|<app-root|ng-app=|data-reactroot",
    re.I,
)
_OTHER_SCRIPT = re.compile("[\u0370-\u1fff\u2e80-\ud7ff]")
_WORD = re.compile(r"[^\W\d_]{2,30}")
_SIGNS = frozenset(
    "domain domaine dominio domeinnaam domena parked parking searches future construction sale venta vente vendita verkauf verkaufen kaufen koop sprzeda offer hier seite webseite entsteht aufbau apache nginx works iis suspended congratulations index checking moment attention verify verifying"
    " confirm human robot roboter ddos cookies pardon denied unsuccessful unusual bot security captcha blocked login log sign anmelden anmeldung connexion connecter iniciar accedi entrar inloggen logga zaloguj found gefunden exist existe introuvable trouvée encontrada trovata gevonden hittades finns fundet funnet findes"
    " strona nebyla nalezena oldal error fehler erreur javascript script".split()
)
#: One of these words is in every text that ``_CHALLENGE`` finds something in.
_CHALLENGE_SIGNS = frozenset({"roboter", "humans", "checking", "moment", "attention", "human", "robot", "ddos", "cookies", "pardon", "denied", "unsuccessful", "unusual", "bot", "security", "captcha"})  # fmt: skip
#: One of these is in every text that ``_FOR_SALE`` finds something in.
_DOMAIN_SIGNS = ("domain", "domein", "domena", "dominio")
#: The same for ``_PARKED``.
_PARKED_SIGNS = ("domain", "dominio", "parked", "related", "future", "soon", "construction", "entsteht", "aufbau", "default", "nginx", "works!", "iis", "congratulations", "suspended", "index")  # fmt: skip
#: The same for ``_NOT_FOUND``.
_NOT_FOUND_SIGNS = (
    "found", "exist", "404", "gefunden", "trouv", "encontrada", "trovata", "gevonden", "hittades", "finns", "fundet", "funnet", "findes", "löy", "znaleziona", "istnieje", "nalezena", "keresett",
    "найдена", "見つ", "找不到", "찾을",
)  # fmt: skip
#: Texts longer than this are about something.
SHORT, MIDDLE = 600, 2500
#: Characters of markup that are searched for signs of walls and shells.
MARKUP = 200_000


def _any_of(signs: tuple[str, ...], text: str) -> bool:
    return any(sign in text for sign in signs)


def _says_not_found(text: str) -> bool:
    return _any_of(_NOT_FOUND_SIGNS, text.lower()) and _NOT_FOUND.search(text) is not None


def kind_of_page(document: Document, rendering: Rendering, html: str, status: int = 200) -> str:
    """``parked``, ``for_sale``, ``challenge``, ``login``, ``soft_404``, ``empty_shell``, or nothing for a real page.

    The longer a page's own text, the more it takes: companies that sell domains or write about robots are companies.
    """
    text = rendering.text
    size = len(text)
    if size > 6000:
        return ""
    html = html[:MARKUP]
    title = document.title
    if (
        size >= 200
        and status < 400
        and not (rendering.foreign and _OTHER_SCRIPT.search(text, 0, 3000))
        and not _OTHER_SCRIPT.search(title)
        and _SIGNS.isdisjoint(rendering.vocabulary)
        and _SIGNS.isdisjoint(_WORD.findall(title.lower()))
        and "404" not in title
        and "404" not in text[:3000]
    ):
        # Most pages have none of the words that any of this is said with.
        return ""
    head = f"{title}\n{text[:3000]}"
    if size < MIDDLE:
        lowered = head.lower()
        if size < SHORT and _any_of(_CHALLENGE_MARKUP, html.lower()):
            return "challenge"
        if (
            (size < 1500 or status in {403, 429, 503})
            and not _CHALLENGE_SIGNS.isdisjoint(rendering.vocabulary.union(_WORD.findall(title.lower())))
            and _CHALLENGE.search(head)
        ):
            return "challenge"
        if _any_of(_DOMAIN_SIGNS, lowered) and _FOR_SALE.search(head):
            return "for_sale"
        if size < 1500 and _any_of(_PARKED_SIGNS, lowered) and _PARKED.search(head):
            return "parked"
    if status in {404, 410}:
        return "soft_404"
    first = "\n".join(rendering.lines[:12])
    if _says_not_found(title) or (size < 1500 and _says_not_found(first)):
        return "soft_404"
    if (
        size < 400
        and (_LOGIN.match(title.strip()) or any(_LOGIN.match(line.strip()) for line in rendering.lines[:8]))
        and _PASSWORD.search(html)
    ):
        return "login"
    if size < 200 and not document.json_ld:
        if _SHELL.search(html) or _ROOT.search(html) or (size < 40 and (document.scripts or "<script" in html.lower())):
            return "empty_shell"
        if size == 0 and not document.meta.get("description") and not document.title:
            return "empty_shell"
    return ""
