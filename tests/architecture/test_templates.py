"""Templates hold to the strict content policy, and every word in them can be translated."""

import re
from html.parser import HTMLParser

import pytest

from tests.architecture.source import JAPANESE, ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
_COMMENT = re.compile(r"{#.*?#}|{% comment .*?%}.*?{% endcomment %}|<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
_TRANSLATED = re.compile(
    r"{% (?:translate|trans) .*?%}|{% blocktranslate\b.*?{% endblocktranslate %}|\b_\((\"[^\"]*\"|'[^']*')\)",
    re.DOTALL,
)
_ELSEWHERE = re.compile(r"(https?:)?//")


def named(template) -> str:
    return template.relative_to(ROOT / "templates").as_posix()


class Faults(HTMLParser):
    """What a strict content policy would refuse to run or load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(_TAG.sub("", _COMMENT.sub("", text)))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        inline = [name for name in given if name == "style" or name.startswith(("on", "hx-on"))]
        elsewhere = [
            name
            for name, value in attributes
            if not name.startswith("xmlns") and _ELSEWHERE.match(value or "")
        ]
        if inline or elsewhere or tag == "style" or (tag == "script" and "src" not in given):
            self.found.append(self.get_starttag_text() or tag)


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_nothing_inline_and_nothing_from_elsewhere(template):
    assert Faults(template.read_text()).found == []


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_every_japanese_word_can_be_translated(template):
    left = _TRANSLATED.sub("", _COMMENT.sub("", template.read_text()))

    assert [line.strip() for line in left.splitlines() if JAPANESE.search(line)] == []


def test_the_parser_sees_what_it_looks_for():
    text = """<p style="x"><a onclick="y" href="{% url 'z' %}"><script>1</script><img src="//cdn/x.png">"""

    assert len(Faults(text).found) == 4
