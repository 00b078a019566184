"""Every word a customer or an agent reads, in English, Kazakh, Welsh, Hindi and Arabic.

Pages, mails, the chat window and the desk all read the same catalogues, so that a promise reads the same everywhere.
"""

from waada.words.catalogues import LANGUAGES, catalogue, digits, direction, missing, say, spoken_language
from waada.words.figures import number_words, percent_words
from waada.words.phrase import CataloguePhrase
from waada.words.promises import PromiseWords, moment_words, promise_words

__all__ = [
    "LANGUAGES",
    "CataloguePhrase",
    "PromiseWords",
    "catalogue",
    "digits",
    "direction",
    "missing",
    "moment_words",
    "number_words",
    "percent_words",
    "promise_words",
    "say",
    "spoken_language",
]
