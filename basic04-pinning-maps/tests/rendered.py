#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What a renderer has made of a page: rendered.py PAGE.org HTML. Prints what is not as it is written, a line each.

The HTML is org-ruby's, as GitHub shows a page, or pandoc's, as the book has it.
"""
import html.parser
import re
import sys

BLOCK = re.compile(r"^ *#\+begin_(?:src|example)\b.*?\n(.*?)^ *#\+end_(?:src|example)", re.M | re.S | re.I)
HEADING = re.compile(r"^\*+ +(.*)", re.M)
LINK = re.compile(r"\[\[[^]]*\]\[([^]]*)\]\]")
PICTURE = re.compile(r"\[\[file:[^]]*\]\]")
ROW = re.compile(r"^ *\|(?!-)(.*)\| *$", re.M)
NAME = re.compile(r"\w*_\w*|\.\./(?:[\w.-]*\w/?)*")
QUOTES = str.maketrans("‘’“”\u00a0", "''\"\" ")


class Rendered(html.parser.HTMLParser):
    """The texts of the headings, blocks and rows, and of all that is not in a block."""

    def __init__(self, text):
        super().__init__()
        self.headings, self.blocks, self.rows, self.tags = [], [], [], set()
        self.prose = ""
        self.within = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag in ("br", "img", "col", "hr", "meta", "link"):
            return
        self.within.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append("")
        elif tag == "pre":
            self.blocks.append("")
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        while tag in self.within and self.within.pop() != tag:
            pass
        self.prose += "" if tag in ("a", "b", "code", "em", "i", "span", "strong") else "\n"

    def handle_data(self, data):
        if "pre" in self.within:
            self.blocks[-1] += data
            return
        if "head" in self.within:
            return
        if "code" not in self.within:
            data = data.translate(QUOTES)
        self.prose += data
        if any(re.fullmatch("h[1-6]", tag) for tag in self.within):
            self.headings[-1] += data
        if "tr" in self.within and self.rows[-1]:
            self.rows[-1][-1] += data


def words(text):
    """A text of the page as a reader should see it."""
    return " ".join(re.sub(r"(?<![\w=])[=*/](?=\S)|(?<=\S)[=*/](?![\w=])", "", LINK.sub(r"\1", text)).split())


def lines(text):
    """A block's lines. pandoc makes blanks of tabs, org-ruby 0.10 puts an empty line behind each."""
    return tuple(" ".join(line.split()) for line in text.split("\n") if line.strip())


def missing(what, expected, found):
    """Says which of the expected ones are not there, or not as often."""
    for text in dict.fromkeys(expected):
        if expected.count(text) != found.count(text):
            yield f"{what} {text!r}: written {expected.count(text)} times, shown {found.count(text)} times"


def faults(page, text):
    shown = Rendered(text)
    blocks = [lines(block) for block in BLOCK.findall(page)]
    prose = re.sub(r"^#.*|^:[A-Z_]+:.*", "", BLOCK.sub("", page), flags=re.M)
    title = re.findall(r"^#\+TITLE: (.*)", page, re.M)
    headings = [words(heading) for heading in title + HEADING.findall(prose)]
    yield from missing("heading", headings, [words(heading) for heading in shown.headings])
    yield from missing("block", blocks, [lines(block) for block in shown.blocks])
    yield from missing("name", NAME.findall(PICTURE.sub("", LINK.sub(r"\1", prose + " ".join(title)))),
                       NAME.findall(shown.prose))
    cells = [len(row.split("|")) for row in ROW.findall(PICTURE.sub("", prose))]
    if cells != [len(row) for row in shown.rows]:
        yield f"tables: {len(cells)} rows are written, {len(shown.rows)} are shown, or with other cells"
    for tag in shown.tags & {"sub", "sup", "u", "del", "s"}:
        yield f"<{tag}> is nowhere meant"
    for left in re.findall(r"[–—].*|.*\[\[.*|.*#\+.*|^ *\|-.*|:[A-Z_]{5,}:.*|(?:^|(?<=[\s(]))=[^\s=].*", shown.prose, re.M):
        yield f"shown as it is written, or not at all: {left.strip()[:80]!r}"


def main():
    with open(sys.argv[1]) as page, open(sys.argv[2]) as text:
        found = list(faults(page.read(), text.read()))
    for fault in found:
        print(f"{sys.argv[1]}: {fault}")
    return 1 if found else 0


sys.exit(main())
