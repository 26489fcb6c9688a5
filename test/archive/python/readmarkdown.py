"""Reads Markdown as GitHub and most editors do, addresses made links included, and prints what stands in it as JSON.

Each list item that is a link and words behind it goes to `lines`, the words of headings to `headings`, and all else,
which a post-mortem is not to have, by the name of its kind to `other`.
"""

import json
import sys

from markdown_it import MarkdownIt

OUTLINE = {"bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"}
headings, lines, other = [], [], []
with open(sys.argv[1], encoding="utf-8") as file:
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": True}).parse(file.read())
blocks = [token for token in tokens if token.type not in OUTLINE]
# What is left comes in threes: a heading or paragraph is opened, holds something and is closed.
for opened, held, closed in zip(blocks[::3], blocks[1::3], blocks[2::3]):
    kinds = [token.type for token in held.children or []]
    if opened.type == "heading_open" and kinds == ["text"]:
        headings.append(held.children[0].content)
    elif opened.type == "paragraph_open" and opened.level == 2 and kinds == ["link_open", "text", "link_close", "text"]:
        link, label, _, words = held.children
        lines.append({"href": link.attrs["href"], "label": label.content, "words": words.content.strip()})
    else:
        other.append([opened.type, *kinds])
if len(blocks) % 3 != 0:
    other.append([token.type for token in blocks])
print(json.dumps({"headings": headings, "lines": lines, "other": other}))
