"""How a typed word finds a name, wherever a `search_key` column holds it."""

from __future__ import annotations

from django.db.models import Q

from apps.base import text


def words_in(words: str) -> list[str]:
    """Those that a name can be found by: a word without a letter asks nothing."""
    return [word for word in words.split() if text.search_key(word)]


def every_word(words: str, *columns: str) -> Q:
    """Each of the words stands in one of the columns, however it is written."""
    asked = Q()
    for word in words_in(words):
        asked &= _stands_in(word, columns)
    return asked


def _stands_in(word: str, columns: tuple[str, ...]) -> Q:
    key, pattern = text.search_key(word), text.romaji_pattern(word)
    found = Q()
    for column in columns:
        found |= Q(**{f"{column}__contains": key})
        if pattern:
            found |= Q(**{f"{column}__regex": pattern})
    return found
