"""Django's `{% url %}`, but for a page named by nothing, by an id or by an id and words: asked of the resolver once."""

from __future__ import annotations

from functools import cache, lru_cache
from uuid import UUID

from django import template
from django.template.base import FilterExpression, Node, Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import reverse

register = template.Library()

NOBODY = UUID(int=0)


def address(name: str, pk: UUID, *words: str) -> str:
    """The address of the page of this name about the record with this id, and what about it."""
    before, after = _around(name, *words)
    return f"{before}{pk}{after}"


@lru_cache(maxsize=1_024)
def _around(name: str, *words: str) -> tuple[str, str]:
    before, _nobody, after = reverse(name, args=[NOBODY, *words]).partition(str(NOBODY))
    return before, after


_alone = cache(reverse)


class Address(Node):
    def __init__(self, node: URLNode, name: str, given: list[FilterExpression]) -> None:
        self.node, self.name, self.given = node, name, given

    def render(self, context: template.Context) -> str:
        if not self.given:
            return _alone(self.name)
        pk, *words = (one.resolve(context) for one in self.given)
        if not (isinstance(pk, UUID) and all(isinstance(word, str) for word in words)):
            return self.node.render(context)
        found = address(self.name, pk, *words)
        if self.node.asvar:
            context[self.node.asvar] = found
            return ""
        return found


@register.tag
def url(parser: Parser, token: Token) -> Node:
    node = django_url(parser, token)
    name = node.view_name.var
    if isinstance(name, str) and not (
        node.kwargs or node.view_name.filters or (node.asvar and not node.args)
    ):
        return Address(node, str(name), node.args)
    return node
