"""Texts that break careless programs; each is kept as typed, outer blanks and line ends aside."""

KEPT = [
    "<script>alert(1)</script>",
    "'; DROP TABLE customers_company; --",
    "{{ 7 * 7 }}{% now 'Y' %}",
    "%s%n %(name)s",
    '=HYPERLINK("http://example.com")',
    "田中さんにあげて下さい",
    "表ポあA鷗ŒéB逍Üßªąñ丂㐀𠀀",
    "👩‍👩‍👧‍👦🇯🇵",
    "ﷺ 社會科學院語學研究所",
    "‮undetrevni‬",
    "ZA͜LGƠ̡̢",
    "NULL",
    "../../../../etc/passwd%00",
    "1;2\u3000全角",
]
REFUSED = ["前\x00後", "前\x07後", "前\x1b[31m後", "前\x85後"]
