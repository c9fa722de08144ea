"""Asks docs/verify/verify.py about many files: compare.py FOLDER-OF-IT ASKED ANSWERED.

ASKED has KEYS and the files, each behind four bytes of length; ANSWERED becomes a JSON list of
texts, empty for what is not proven.
"""
import json
import sys

folder, asked, answered = sys.argv[1:]
sys.path.insert(0, folder)
import verify

files = []
with open(asked, "rb") as file:
    while length := file.read(4):
        files.append(file.read(int.from_bytes(length, "big")))
keys = verify.Keys(files[0])


def answer(content):
    try:
        return "".join(f"{about}: {text}\n" for about, text in verify.verify(content, keys))
    except (ValueError, verify.InvalidSignature):
        return ""


with open(answered, "w", encoding="utf-8") as file:
    json.dump([answer(content) for content in files[1:]], file)
