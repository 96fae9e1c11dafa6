"""Tags that remember what Django's own would look up again: they say the same."""

from uuid import uuid4

import pytest
from django.template import engines
from django.template.exceptions import TemplateSyntaxError
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from apps.base.templatetags.addresses import Address
from apps.base.templatetags.translated import FixedWords


def template(source):
    return engines["django"].from_string("{% load i18n %}" + source)


def nodes(source, kind):
    return template(source).template.nodelist.get_nodes_by_type(kind)


def test_fixed_words_are_said_in_the_language_of_each_moment():
    said = template('{% translate "顧客" %} {% trans "顧客" context "one" %}')

    for language, words in (("ja", "顧客 顧客"), ("en", "Companies Company"), ("ja", "顧客 顧客")):
        with translation.override(language):
            assert said.render() == words


def test_a_sign_of_percent_stands_alone():
    assert template('{% translate "100%" %}').render() == "100%"


@pytest.mark.parametrize(
    "source", ['{% translate "顧客" as x %}{{ x }}', "{% translate word %}", '{% translate "顧客"|upper %}']
)
def test_words_that_can_change_are_looked_up_each_time(source):
    assert nodes(source, FixedWords) == []
    with translation.override("en"):
        assert template(source).render({"word": "顧客"}).upper() == "COMPANIES"


def test_a_page_is_addressed_as_by_the_resolver():
    pk = uuid4()
    source = '{% url "customers:companies" %} {% url "customers:company" pk %} {% url "customers:change-company" pk %}'

    said = [reverse("customers:companies")]
    said += [reverse(f"customers:{name}", args=[pk]) for name in ("company", "change-company")]

    assert len(nodes(source, Address)) == 3
    assert template(source).render({"pk": pk}).split() == said
    assert template(source).render({"pk": str(pk)}).split() == said


def test_what_names_no_page_is_refused():
    with pytest.raises(NoReverseMatch):
        template('{% url "customers:company" pk %}').render({"pk": "nobody"})
    with pytest.raises(NoReverseMatch):
        template('{% url "customers:nowhere" pk %}').render({"pk": uuid4()})
    with pytest.raises(TemplateSyntaxError):
        template("{% url %}")


def test_an_address_can_be_kept_for_later_and_go_on_after_the_id():
    pk = uuid4()
    kept = template('{% url "customers:company-cell" pk field as cell %}[{{ cell }}]')

    said = {field: kept.render({"pk": pk, "field": field}) for field in ("phone", "area")}

    assert said == {
        field: f"[{reverse('customers:company-cell', args=[pk, field])}]" for field in ("phone", "area")
    }


def test_more_than_an_id_and_words_is_left_to_django():
    assert nodes('{% url name pk %}{% url "goals:month" rep=pk %}{% url "x" as y %}', Address) == []
    assert template('{% url "customers:nowhere" as y %}{{ y }}').render() == ""
