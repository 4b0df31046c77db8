"""Every sentence that Arcada says is translated, whole and with the same values, in each language it offers."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import override
from django.utils.translation.template import templatize

import arcada
from arcada.core.errors import Refused
from arcada.core.finding_texts import REASONS, TEXTS, VALUE_PATTERNS, VALUE_WORDS, finding
from arcada.core.slots import SLOT_TITLES
from arcada.core.upload_standard import SHIPPED
from arcada.web.compile_words import compile_words
from arcada.web.finding_words import say
from arcada.web.refusal_words import say_refusal
from arcada.web.viewer_words import VIEWER_WORDS

PACKAGE = Path(arcada.__file__).parent
LOCALES = ("pt_BR", "es")
PLURAL_FORMS = {"pt_BR": "nplurals=2; plural=(n > 1);", "es": "nplurals=2; plural=(n != 1);"}
MARKERS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    # What an error says is shown to a person, wherever it was raised.
    "Refused": (1,),
    "Conflict": (1,),
    "NotFound": (1,),
    "Barred": (1,),
}
RAISED = {"Refused", "Conflict", "NotFound", "Barred"}
PLACEHOLDERS = re.compile(r"\{\w*\}|%\(\w+\)[sd]|</?\w+>")

in_each_language = pytest.mark.parametrize("locale", LOCALES)


def po_of(locale: str) -> Path:
    return PACKAGE / "web" / "locale" / locale / "LC_MESSAGES" / "django.po"


@cache
def entries_of(locale: str) -> tuple[Message, ...]:
    """All entries but the header."""
    with po_of(locale).open("rb") as po:
        return tuple(entry for entry in read_po(po, abort_invalid=True) if entry.id)


def said_in(entry: Message) -> tuple[str, ...]:
    """The translations of an entry: one, or one per plural form."""
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())


def asked_by(entry: Message) -> tuple[str, ...]:
    return (entry.id,) if isinstance(entry.id, str) else tuple(entry.id)


def translated_in(locale: str) -> set[tuple[str | None, str]]:
    """(context, singular) of every entry that is translated."""
    return {(entry.context, asked_by(entry)[0]) for entry in entries_of(locale) if all(said_in(entry))}


def sentences_of_the_sources() -> Iterator[tuple[str | None, str, str]]:
    """(context, singular, file) of every marked sentence in code and templates."""
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or "static" in path.parts:
            continue
        source = path.read_text()
        if path.suffix != ".py":
            source = "\n".join(line.strip() for line in templatize(source, origin=str(path)).splitlines())
        for _line, sentence, _comments, context in extract("python", BytesIO(source.encode()), MARKERS):
            yield context, sentence if isinstance(sentence, str) else sentence[0], str(path)


def test_every_language_that_can_be_chosen_has_a_catalogue() -> None:
    offered = {code for code, _name in settings.LANGUAGES} - {"en"}
    assert offered == {locale.lower().replace("_", "-") for locale in LOCALES}
    assert all(po_of(locale).is_file() for locale in LOCALES)


@in_each_language
def test_the_header_names_the_product_and_the_language_and_nobody(locale: str) -> None:
    header = po_of(locale).read_text().split("\n\n")[0]
    assert '"Project-Id-Version: Arcada\\n"' in header
    assert f'"Language: {locale}\\n"' in header
    assert f'"Plural-Forms: {PLURAL_FORMS[locale]}\\n"' in header
    assert not re.search(r"fuzzy|@|PACKAGE|YEAR|FULL NAME", header)


@in_each_language
def test_every_sentence_is_translated_and_none_is_a_guess(locale: str) -> None:
    assert [entry.id for entry in entries_of(locale) if not all(said_in(entry)) or entry.fuzzy] == []


@in_each_language
def test_every_plural_has_both_of_its_forms(locale: str) -> None:
    assert [
        entry.id
        for entry in entries_of(locale)
        if len(said_in(entry)) != len(asked_by(entry)) or not all(said_in(entry))
    ] == []


@in_each_language
def test_every_translation_carries_the_values_and_tags_of_its_sentence(locale: str) -> None:
    wrong = []
    for entry in entries_of(locale):
        allowed = [sorted(PLACEHOLDERS.findall(english)) for english in asked_by(entry)]
        wrong += [said for said in said_in(entry) if sorted(PLACEHOLDERS.findall(said)) not in allowed]
    assert wrong == []


@in_each_language
def test_no_translation_exclaims_or_is_padded(locale: str) -> None:
    said = [text for entry in entries_of(locale) for text in said_in(entry)]
    assert [text for text in said if "!" in text or "¡" in text or text != text.strip()] == []


@in_each_language
def test_code_and_templates_say_nothing_that_is_not_translated(locale: str) -> None:
    known = translated_in(locale)
    sentences = list(sentences_of_the_sources())
    assert len(sentences) > 900
    assert [
        (path, sentence) for context, sentence, path in sentences if (context, sentence) not in known
    ] == []


@in_each_language
def test_no_translation_outlives_its_sentence(locale: str) -> None:
    in_use = {(context, sentence) for context, sentence, _path in sentences_of_the_sources()}
    assert translated_in(locale) - in_use == set()


@in_each_language
def test_everything_the_core_says_is_translated(locale: str) -> None:
    """The core knows no Django, so nothing but this holds its sentences and the catalogues together."""
    findings = {part for text in TEXTS.values() for part in (text.what, text.measured, text.todo)}
    findings |= {text.instead for text in TEXTS.values()}
    values = set(VALUE_WORDS.values()) | {template for _pattern, template in VALUE_PATTERNS}
    standards = {words for standard in SHIPPED.values() for words in (standard.title, standard.description)}
    standards |= {slot.reason for standard in SHIPPED.values() for slot in standard.slots}
    standards |= {group.title for standard in SHIPPED.values() for group in standard.one_of}
    standards |= {slot.title for standard in SHIPPED.values() for slot in standard.slots}
    wanted = (findings | values | set(SLOT_TITLES.values()) | set(REASONS) | standards) - {"", None}
    assert wanted - {sentence for _context, sentence in translated_in(locale)} == set()


def put_together(node: ast.expr) -> bool:
    """Whether a sentence is assembled in the code, so that no catalogue can hold it."""
    if isinstance(node, ast.JoinedStr | ast.BinOp):
        return True
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr in {"format", "join", "format_map"}


def test_no_refusal_is_put_together_where_it_is_raised() -> None:
    """Values stand beside the sentence (`Refused("… {limit} …", limit=…)`), or it could not be translated."""
    wrong, seen = [], 0
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            called = node.func if isinstance(node, ast.Call) else None
            if not isinstance(called, ast.Name) or called.id not in RAISED or not node.args:
                continue
            seen += 1
            if put_together(node.args[0]):
                wrong.append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    assert seen > 60
    assert wrong == []


def test_every_value_that_a_refusal_names_comes_with_it() -> None:
    """A `{limit}` without `limit=` would reach the reader as braces."""
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            called = node.func if isinstance(node, ast.Call) else None
            if not isinstance(called, ast.Name) or called.id not in RAISED or not node.args:
                continue
            sentence = node.args[0]
            if isinstance(sentence, ast.Constant):
                named = set(re.findall(r"\{(\w+)\}", str(sentence.value)))
                given = {keyword.arg for keyword in node.keywords}
                if named - given:
                    wrong.append((str(path.relative_to(PACKAGE)), node.lineno, named - given))
    assert wrong == []


@in_each_language
def test_everything_the_viewer_says_is_translated(locale: str) -> None:
    assert set(VIEWER_WORDS.values()) - {sentence for _context, sentence in translated_in(locale)} == set()


def test_the_viewer_and_the_server_hold_the_same_words() -> None:
    source = PACKAGE.parent / "frontend" / "src"
    said = {}
    for script in ("words.ts", "viewer/tools/tool-words.ts", "image-viewer/image-words.ts"):
        script = source / script
        english = re.search(r"const (?:[A-Z]+_)?ENGLISH = \{(.*?)\} as const;", script.read_text(), re.DOTALL)
        assert english is not None
        said |= dict(re.findall(r'^\s*"([^"]+)":\s*"([^"]*)",$', english[1], re.MULTILINE))
    assert said == VIEWER_WORDS


@in_each_language
def test_a_compiled_catalogue_answers_in_its_language(locale: str, tmp_path: Path) -> None:
    copy = tmp_path / "django.po"
    copy.write_bytes(po_of(locale).read_bytes())
    compile_words(copy)
    with copy.with_suffix(".mo").open("rb") as compiled:
        words = GNUTranslations(compiled)
    for entry in entries_of(locale):
        if entry.context is None and isinstance(entry.id, str):
            assert words.gettext(entry.id) == entry.string
    none, one, two = (words.ngettext("%(n)s record", "%(n)s records", n) for n in (0, 1, 2))
    assert (one, two) == ("%(n)s registro", "%(n)s registros")
    assert none == {"pt_BR": one, "es": two}[locale]


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("pt-br", "O escaneamento parece ser da arcada superior; esta posição é da arcada inferior."),
        ("es", "El escaneado parece de la arcada superior; esta posición es de la arcada inferior."),
    ],
)
def test_a_finding_names_the_jaws_in_the_readers_language(language: str, wanted: str) -> None:
    if not all(po_of(locale).with_suffix(".mo").is_file() for locale in LOCALES):
        pytest.skip("the catalogues are not compiled here; `make setup` does it")
    with override(language):
        assert say(finding("wrong_jaw", "maxilla", "mandible")).measured == wanted


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", "The comment is longer than 10,000 characters."),
        ("pt-br", "O comentário tem mais de 10.000 caracteres."),
        ("es", "El comentario tiene más de 10\xa0000 caracteres."),
    ],
)
def test_a_refusal_is_said_in_the_readers_language_with_its_values(language: str, wanted: str) -> None:
    if not all(po_of(locale).with_suffix(".mo").is_file() for locale in LOCALES):
        pytest.skip("the catalogues are not compiled here; `make setup` does it")
    refusal = Refused("The comment is longer than {limit} characters.", limit=10_000)
    with override(language):
        assert say_refusal(refusal) == wanted
    assert refusal.text == "The comment is longer than 10,000 characters.", "the API says it in English"
    odd = Refused("A file named {odd} is 50 % too large.", value=1)
    assert say_refusal(odd) == odd.text == "A file named {odd} is 50 % too large."
