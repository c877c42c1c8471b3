"""How text speaks to machines: the published list of patterns, by language.

Each entry is (words, pattern): the pattern is tried only on text that holds one of the words, which keeps an ordinary
page cheap. Both are matched against folded text, where ``.`` does not cross a line. Every repetition is bounded, so no
input makes them slow.
"""
# ruff: noqa: E501 - a pattern broken over lines is harder to read than a long one

from typing import Final

_MACHINE = (
    r"(?:a\.?i\.?|llms?|(?:large )?language models?|chat ?gpt|gpt(?:-\w+)?|claude|gemini|copilot|chat ?bots?|crawlers?|scrapers?|bots?"
    r"|(?:a\.?i\.?|automated|virtual) (?:assistants?|agents?|models?|systems?|crawlers?|readers?|bots?))"
)
_MACHINE_WORDS = (
    " ai ",
    "\nai ",
    "(ai",
    "ai:",
    "ai,",
    "ai-",
    "a.i",
    "llm",
    "language model",
    "gpt",
    "claude",
    "gemini",
    "copilot",
    "bot",
    "crawler",
    "scraper",
    "automated",
    "virtual",
)
_ORDER = r"(?:must|should|shall|(?:are|is) (?:instructed|required|asked|told|advised) to|need to|has to|have to|please|do not|don't)"
_SAY = (
    r"(?:report|say|state|answer|respond|return|output|write|record|use|treat|include|ignore|extract|list|reply|describe|recommend|rate|rank"
    r"|mention|summari[sz]e|consider|set|fill|claim|follow|disregard|prefer|trust|assume|give|enter)"
)

#: Language → (words of which one must occur, pattern).
PATTERNS: Final[dict[str, tuple[tuple[tuple[str, ...], str], ...]]] = {
    "en": (
        (
            ("ignore", "disregard", "forget", "override", "bypass", "discard"),
            r"\b(?:ignore|disregard|forget|override|bypass|discard)\b.{0,40}?\b(?:previous|prior|above|preceding|earlier|all|any|your|system|other)\b.{0,30}?\b(?:instructions?|prompts?|directions?|directives?|guidelines?|context|messages?|documents?)\b",
        ),
        (
            ("ignore", "disregard", "forget", "override", "discard"),
            r"\b(?:ignore|disregard|forget|override|discard)\b.{0,20}?\b(?:texts?|contents?|pages?|sentences?|words|information|everything|facts|data)\b.{0,20}?\b(?:above|before|below|earlier|preceding|previous)\b",
        ),
        (
            _MACHINE_WORDS,
            rf"\b{_MACHINE}(?: (?:models?|assistants?|agents?|readers?|systems?))? ?[:,!-] ?(?:please )?{_SAY}\b",
        ),
        (_MACHINE_WORDS, rf"\b{_MACHINE}\b.{{0,30}}?\b{_ORDER}\b.{{0,40}}?\b{_SAY}\b"),
        (
            _MACHINE_WORDS,
            rf"\b(?:note|message|instructions?|attention|hint|directive|notice|memo|warning)\b.{{0,3}}(?:to|for)\b.{{0,12}}?\b{_MACHINE}\b",
        ),
        (_MACHINE_WORDS, rf"\b(?:attention|dear|hey|hello|hi) {_MACHINE}\b"),
        (
            ("you are", "you're", "act as", "pretend to be", "as a", "as now a"),
            r"\b(?:you are|you're|act as|pretend to be|as) (?:now )?an? (?:helpful )?(?:a\.?i\.?|language model|llm|chatbot|virtual) ?(?:assistant|model|agent|bot)?,? (?:you|must|and|that|who|whose|your)\b",
        ),
        (
            ("if you are a", "if you're a"),
            r"\bif you(?: a|')re an? (?:a\.?i\.?|llm|language model|bot|assistant|crawler|automated|chatbot|machine)\b",
        ),
        (
            ("when ", "while "),
            r"\b(?:when|while) (?:you are )?(?:summari[sz]ing|processing|extracting|parsing|enriching|scraping|crawling|indexing|analy[sz]ing) (?:data from )?(?:this|the|our) (?:page|web ?site|site|company|document|content|data|text)\b",
        ),
        (
            (
                "be reported",
                "be set",
                "be recorded",
                "be given",
                "be returned",
                "be filled",
                "be answered",
                "be written",
            ),
            r"\b(?:value|answer|field|output|response|result)\b.{0,40}?\b(?:must|should|shall) be (?:reported|set|recorded|given|returned|filled|answered|written)\b",
        ),
        (
            ("instruction", "task:", "task :", "objective", "system prompt"),
            r"\b(?:new|updated|real|actual|following|hidden|secret) (?:instructions?|task|objective|system prompt)\s?:",
        ),
        (
            ("respond ", "answer ", "reply ", "output "),
            r"\b(?:respond|answer|reply|output) (?:only |strictly )?with (?:the following|exactly|only|json|this)\b",
        ),
        (("<|", "<system>", "<assistant>"), r"<\|?(?:im_start|im_end|system|assistant|endoftext|user)\|?>"),
        (("inst]", "###", "<<sys"), r"\[/?inst\]|###\s?(?:instructions?|system)\b|<<sys>>"),
        (
            ("system:", "system :", "assistant:", "assistant :", "developer:", "prompt:", "message:"),
            r"^(?:system|assistant|developer)(?: message| prompt)?\s?:",
        ),
    ),
    "de": (
        (
            ("ignorier", "vergiss", "vergesst", "missacht", "übergeh", "verwirf"),
            r"\b(?:ignorier|vergiss|vergesst|missacht|übergeh|verwirf)\w*.{0,40}?\b(?:vorherig|bisherig|obig|vorangegangen|vorangehend|früher|alle|sämtlich)\w*.{0,30}?(?:anweisung|instruktion|befehl|vorgabe|prompt)",
        ),
        (
            ("ki-", "ki ", "sprachmodell", "chatbot", "crawler"),
            r"\b(?:ki|sprachmodell|chatbot|ki-\w+|crawler|bot)\w*\b.{0,30}?\b(?:muss|müssen|soll|sollen|sollten|bitte|darf|dürfen|haben zu)\b.{0,80}?\b(?:angeben|anzugeben|melden|antworten|ausgeben|auszugeben|nennen|schreiben|verwenden|berichten|ignorieren|eintragen|einzutragen|befolgen)",
        ),
        (
            ("ki", "sprachmodell", "bot", "crawler"),
            r"\b(?:hinweis|anweisung|nachricht|mitteilung)\w* (?:an|für) .{0,20}?\b(?:ki|sprachmodell|bots?|chatbots?|crawler)",
        ),
    ),
    "fr": (
        (
            ("instruction", "consigne", "directive"),
            r"\b(?:ignor|oubli)(?:e|ez|er|ons)\b.{0,40}?\b(?:instruction|consigne|directive)s?\b",
        ),
        (
            (" ia", "d'ia", "intelligence artificielle", "langage"),
            r"\b(?:assistants?|modèles?|agents?|robots?) (?:d'?|de )?(?:ia|intelligence artificielle|langage)\b.{0,30}?\b(?:doivent|doit|devez|veuillez|sont priés)\b",
        ),
        (
            (" ia", "langage", "robot", "assistant"),
            r"\b(?:note|message|instructions?) (?:aux|à l'attention des|pour les) .{0,20}?\b(?:ia|modèles? de langage|robots?|assistants? ia)\b",
        ),
    ),
    "es": (
        (
            ("instruccion", "indicacion", "órden", "orden"),
            r"\b(?:ignor|olvid)(?:a|e|en|ar|ad)\b.{0,40}?\b(?:instruccion|indicacion|órden|orden)\w*",
        ),
        (
            (" ia", "artificial", "lenguaje"),
            r"\b(?:asistentes?|modelos?|agentes?|bots?)(?: de)? (?:ia|inteligencia artificial|lenguaje)\b.{0,30}?\b(?:deben|debe|deberán|tienen que)\b",
        ),
    ),
    "pt": (
        (
            ("instruç", "instruc", "comando"),
            r"\b(?:ignor|esqueç|desconsider)(?:e|em|a|am|ar)\b.{0,40}?\b(?:instruç|instruc|comando)\w*",
        ),
        (
            (" ia", "artificial", "linguagem"),
            r"\b(?:assistentes?|modelos?|agentes?|bots?)(?: de)? (?:ia|inteligência artificial|linguagem)\b.{0,30}?\b(?:devem|deve|deverão|têm que)\b",
        ),
    ),
    "it": (
        (
            ("istruzion", "comand"),
            r"\b(?:ignora|ignorare|ignorate|dimentica|dimenticate)\b.{0,40}?\b(?:istruzion|comand)\w*",
        ),
        (
            (" ia", " ai", "artificiale", "linguaggio"),
            r"\b(?:assistenti|assistente|modelli|modello|agenti)(?: di)? (?:ia|ai|intelligenza artificiale|linguaggio)\b.{0,30}?\b(?:devono|deve|dovete)\b",
        ),
    ),
    "nl": (
        (("negeer", "vergeet"), r"\b(?:negeer|vergeet)\b.{0,40}?(?:instructie|opdracht|aanwijzing)"),
        (
            (" ai", "ai-", "taalmodel", "chatbot"),
            r"\b(?:ai|taalmodel|chatbot)\w*\b.{0,30}?\b(?:moet|moeten|dienen|dient)\b.{0,60}?\b(?:melden|antwoorden|vermelden|schrijven|gebruiken|rapporteren|negeren)",
        ),
    ),
    "pl": (
        (("ignoruj", "pomiń", "zapomnij"), r"\b(?:zignoruj|ignoruj|pomiń|zapomnij)\w*\b.{0,40}?(?:instrukcj|polece)"),
    ),
    "sv": ((("ignorera", "bortse", "glöm"), r"\b(?:ignorera|bortse från|glöm)\b.{0,40}?(?:instruktion|anvisning)"),),
    "tr": (
        (
            ("talimat", "yönerge", "komut"),
            r"(?:önceki|yukarıdaki|tüm|bütün).{0,20}?(?:talimat|yönerge|komut)\w{0,20}.{0,20}?(?:yok say|görmezden|unut)",
        ),
    ),
    "ru": (
        (
            ("игнорир", "забудь"),
            r"(?:игнорируй|проигнорируй|забудь|игнорировать)\w{0,10}.{0,40}?(?:инструкц|указани|команд|правил)",
        ),
        (
            ("ии", "нейросет", "языков", "бот"),
            r"\b(?:ии|нейросет\w{0,6}|языков\w{2,4} модел\w{0,6}|ии-\w{1,20}|чат-?бот\w{0,6})\b.{0,30}?(?:долж[енн]|обязан)",
        ),
    ),
    "zh": (
        (
            ("忽略", "无视", "無視", "忘记", "忘記"),
            r"(?:忽略|无视|無視|忘记|忘記).{0,15}?(?:指令|指示|提示|说明|說明|规则|規則)",
        ),
        (
            ("必须", "必須", "应当", "应该", "應該", "请务必", "請務必"),
            r"(?:ai|人工智能|人工智慧|语言模型|語言模型|助手|大模型|机器人|爬虫).{0,12}?(?:必须|必須|应当|应该|應該|请务必|請務必)",
        ),
    ),
    "ja": (
        (
            ("無視", "忘れ"),
            r"(?:以前|これまで|上記|前|すべて|全て)の?.{0,10}?(?:指示|命令|プロンプト|ルール).{0,10}?(?:無視|忘れ)",
        ),
        (
            ("必ず", "しなければ", "報告して", "答えて", "回答して", "記載して"),
            r"(?:ai|人工知能|言語モデル|クローラー?|チャットボット).{0,20}?(?:必ず|しなければ|報告して|答えて|回答して|記載して)",
        ),
    ),
    "ko": ((("지시", "명령", "프롬프트"), r"(?:이전|위의|모든).{0,10}?(?:지시|명령|프롬프트).{0,10}?(?:무시|잊)"),),
    "ar": ((("تجاهل", "انس"), r"(?:تجاهل|انس).{0,20}?(?:التعليمات|الأوامر|تعليمات)"),),
}
