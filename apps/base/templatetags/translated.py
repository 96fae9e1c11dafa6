"""Django's `i18n`, but for a `{% translate "…" %}` of fixed words, which is looked up once for each language.

A list says the names of its columns on every row: three hundred times a page, at 12 µs each.
"""

from __future__ import annotations

from functools import cache

from django import template
from django.template.base import Node, Parser, Token
from django.templatetags import i18n
from django.utils.translation import get_language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class FixedWords(Node):
    def __init__(self, node: i18n.TranslateNode) -> None:
        self.said = cache(lambda _language: node.render(template.Context()))

    def render(self, context: template.Context) -> str:
        return self.said(get_language())


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> Node:
    node = i18n.do_translate(parser, token)
    return FixedWords(node) if _fixed(node) else node


def _fixed(node: i18n.TranslateNode) -> bool:
    """Literals only, to be put down here."""
    given = [node.filter_expression, *([node.message_context] if node.message_context else [])]
    literal = all(isinstance(one.var, str) or one.var.literal is not None for one in given)
    return literal and not node.asvar and not any(one.filters for one in given)
