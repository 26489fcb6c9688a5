"""Checks that a zip holds, whole, the very files of a folder, all below one folder of the folder's name."""

import sys
import zipfile
from pathlib import Path

archive, folder = zipfile.ZipFile(sys.argv[1]), Path(sys.argv[2])
damaged = archive.testzip()
if damaged is not None:
    sys.exit(f"{damaged} is damaged")
names = archive.namelist()
if len(names) != len(set(names)):
    sys.exit("a name comes twice")
zipped = {name: archive.read(name) for name in names if not name.endswith("/")}
there = {path.relative_to(folder.parent).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
if zipped != there:
    different = [name for name in zipped.keys() | there.keys() if zipped.get(name) != there.get(name)]
    sys.exit(f"not the same in both: {sorted(different)}")
