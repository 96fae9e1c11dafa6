"""Django's `{% url %}`, but for a page named by nothing or by one id, whose address is asked of the resolver once."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from django import template
from django.template.base import FilterExpression, Node, Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import reverse

register = template.Library()

NOBODY = UUID(int=0)


def address(name: str, pk: UUID) -> str:
    """The address of the page of this name about the record with this id."""
    before, after = _around(name)
    return f"{before}{pk}{after}"


@cache
def _around(name: str) -> tuple[str, str]:
    before, _nobody, after = reverse(name, args=[NOBODY]).partition(str(NOBODY))
    return before, after


_alone = cache(reverse)


class Address(Node):
    def __init__(self, node: URLNode, name: str, pk: FilterExpression | None) -> None:
        self.node, self.name, self.pk = node, name, pk

    def render(self, context: template.Context) -> str:
        if self.pk is None:
            return _alone(self.name)
        pk = self.pk.resolve(context)
        return address(self.name, pk) if isinstance(pk, UUID) else self.node.render(context)


@register.tag
def url(parser: Parser, token: Token) -> Node:
    node = django_url(parser, token)
    name = node.view_name.var
    if (
        isinstance(name, str)
        and len(node.args) < 2
        and not (node.kwargs or node.asvar or node.view_name.filters)
    ):
        return Address(node, str(name), node.args[0] if node.args else None)
    return node
