"""Reads a CSV file as programs do, and complains about rows of another length and cells that a spreadsheet runs."""

import csv
import sys
import unicodedata

with open(sys.argv[1], encoding="utf-8", newline="") as file:
    head, *rows = csv.reader(file, strict=True)
if not rows:
    sys.exit("there are no rows")
for number, row in enumerate(rows, start=2):
    if len(row) != len(head):
        sys.exit(f"row {number} has {len(row)} cells, not {len(head)}")
    for cell in row:
        # Programs trim white space and what cannot be seen, and take full-width signs for plain ones.
        seen = unicodedata.normalize("NFKC", "".join(c for c in cell if unicodedata.category(c)[0] not in "CZ"))
        if seen.startswith(("=", "+", "-", "@", "|", "%")):
            sys.exit(f"row {number} has a formula: {cell!r}")
