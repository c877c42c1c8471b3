"""What a site is built with, from its generator, scripts, style sheets and headers that only one product leaves."""
# ruff: noqa: E501 - patterns and word lists are easier to read and to compare unbroken

import re

from worker.providers.website.document import Document
from worker.providers.website.text_keys import small_letters

_SIGNS: tuple[tuple[str, str], ...] = (
    ("WordPress", "wp-content/"), ("WordPress", "wp-includes/"), ("WooCommerce", "plugins/woocommerce"), ("Elementor", "plugins/elementor"), ("Shopify", "cdn.shopify.com"), ("Wix", "static.wixstatic.com"), ("Wix", "static.parastorage.com"),
    ("Squarespace", "static1.squarespace.com"), ("Squarespace", "assets.squarespace.com"), ("Webflow", "assets.website-files.com"), ("Webflow", "assets-global.website-files.com"), ("Jimdo", "assets.jimstatic.com"), ("Weebly", "cdn2.editmysite.com"),
    ("TYPO3", "typo3temp/"), ("TYPO3", "typo3conf/"), ("Drupal", "/sites/default/files"), ("Drupal", "drupal.js"), ("Joomla", "/media/jui/"), ("Joomla", "/media/system/js"), ("Magento", "/static/version"), ("Magento", "mage/cookies"), ("PrestaShop", "prestashop"),
    ("Shopware", "shopware"), ("Contao", "assets/contao"), ("Next.js", "/_next/static"), ("Nuxt", "/_nuxt/"), ("Gatsby", "gatsby-"), ("Angular", "ng-version"), ("React", "react-dom"), ("React", "react.production"), ("Vue.js", "vue.min.js"), ("Vue.js", "vue@"), ("jQuery", "jquery"),
    ("Bootstrap", "bootstrap.min"), ("Bootstrap", "bootstrap.css"), ("Tailwind CSS", "tailwind"), ("Google Analytics", "google-analytics.com"), ("Google Analytics", "gtag/js"), ("Google Tag Manager", "googletagmanager.com/gtm"), ("Matomo", "matomo.js"), ("Matomo", "piwik.js"),
    ("Hotjar", "static.hotjar.com"), ("HubSpot", "js.hs-scripts.com"), ("HubSpot", "js.hsforms.net"), ("Intercom", "widget.intercom.io"), ("Zendesk", "static.zdassets.com"), ("Salesforce Pardot", "pi.pardot.com"), ("Marketo", "munchkin.marketo.net"), ("Mailchimp", "list-manage.com"),
    ("Stripe", "js.stripe.com"), ("PayPal", "paypal.com/sdk"), ("Klaviyo", "static.klaviyo.com"), ("Cloudflare", "cdn-cgi/"), ("Cookiebot", "consent.cookiebot.com"), ("OneTrust", "cdn.cookielaw.org"), ("Usercentrics", "usercentrics"), ("Google Maps", "maps.googleapis.com"),
    ("Google reCAPTCHA", "recaptcha/api.js"), ("hCaptcha", "hcaptcha.com"), ("Font Awesome", "font-awesome"), ("Google Fonts", "fonts.googleapis.com"), ("Typekit", "use.typekit.net"), ("Segment", "cdn.segment.com"), ("Facebook Pixel", "connect.facebook.net"), ("LinkedIn Insight", "snap.licdn.com"),
    ("Drift", "js.driftt.com"), ("Crisp", "client.crisp.chat"), ("tawk.to", "embed.tawk.to"), ("Calendly", "assets.calendly.com"), ("Typeform", "embed.typeform.com"), ("Optimizely", "cdn.optimizely.com"), ("Sentry", "browser.sentry-cdn.com"), ("New Relic", "js-agent.newrelic.com"),
)  # fmt: skip
_WORD = re.compile(r"[a-z]+")
#: Each sign under a word that stands inside of it, between other characters: addresses without the word lack the sign.
_BY_WORD: dict[str, list[tuple[str, str]]] = {}
#: Signs without such a word.
_OTHERS: list[tuple[str, str]] = []
for _name, _sign in _SIGNS:
    _inner = [word.group() for word in _WORD.finditer(_sign) if word.start() > 0 and word.end() < len(_sign)]
    (_BY_WORD.setdefault(max(_inner, key=len), []) if _inner else _OTHERS).append((_name, _sign))
_INNER_WORDS = frozenset(_BY_WORD)
_GENERATOR = re.compile(r"^(?P<name>[A-Za-z][\w .!+&-]{1,40}?)(?:\s+(?:CMS\s)?v?\d.*|\s*[;,(/-].*)?$")
_KNOWN_GENERATORS = re.compile(
    r"wordpress|joomla|drupal|typo3|wix|squarespace|shopify|webflow|weebly|jimdo|contao|prestashop|magento|hugo|jekyll|gatsby|ghost|hubspot|elementor|woocommerce|nicepage|silverstripe|concrete|mediawiki|dotnetnuke|sitecore|adobe|blogger|odoo|next|nuxt|astro|docusaurus|framer|duda|strikingly|godaddy|mobirise|craft|umbraco|kentico|plone|shopware",
    re.I,
)


def find_technologies(document: Document) -> tuple[str, ...]:
    """Names of products, sorted."""
    found: set[str] = set()
    generator = document.meta.get("generator", "")
    match = _GENERATOR.match(generator)
    if match and _KNOWN_GENERATORS.search(generator):
        name = match.group("name").strip(" !.-").removesuffix(" - Open Source Content Management").strip()
        found.add({"joomla": "Joomla", "drupal": "Drupal"}.get(name.lower(), name))
    haystack = "\n".join([*document.scripts[:150], *document.stylesheets[:60]]).lower()
    if haystack:
        signs = [*_OTHERS]
        for word in _INNER_WORDS.intersection(small_letters(haystack).split()):
            signs += _BY_WORD[word]
        found.update([name for name, sign in signs if sign in haystack])
    return tuple(sorted(found, key=str.lower))
