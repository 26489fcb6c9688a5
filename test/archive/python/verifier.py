"""Another verifier of archives, written from docs/archive-format.md and the Matrix specification alone.

Usage: verifier.py FOLDER PUBLIC_KEY    where PUBLIC_KEY is "ssh-ed25519 AAAA..."

Prints one JSON object. `wrong` names what does not hold, by its chapter of that page; its absence means all does.
"""

import base64
import hashlib
import json
import re
import sys
from pathlib import Path

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey


class Wrong(Exception):
    """Something does not hold: in which chapter, and what."""


def demand(holds, chapter, what):
    if not holds:
        raise Wrong(chapter, what)


def sha256(data):
    return hashlib.sha256(data)


def unpadded(data, urlsafe=False):
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    return encode(data).decode().rstrip("=")


def decoded(text):
    return base64.b64decode(text + "=" * (-len(text) % 4))


def no_float(text):
    raise ValueError(f"{text} is not an integer")


def parse(text):
    return json.loads(text, parse_float=no_float, parse_constant=no_float)


def canonical(value):
    """Canonical JSON; UnicodeEncodeError, a ValueError, for half a surrogate pair."""
    check_integers(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def check_integers(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            check_integers(inner)
    elif isinstance(value, int) and abs(value) >= 2**53:
        raise ValueError(f"{value} has no canonical form")


def without(value, *members):
    return {member: inner for member, inner in value.items() if member not in members}


def lines(path):
    """The objects of an .ndjson file, each of which must be written canonically."""
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], start=1):
        value = parse(line)
        demand(canonical(value) == line, "Canonical JSON", f"line {number} of {path.name} is not canonical")
        yield value


# The bag


def check_bag(folder):
    demand(folder.joinpath("bagit.txt").read_text().startswith("BagIt-Version: 1.0\n"), "The bag", "bagit.txt")
    tags = read_manifest(folder / "tagmanifest-sha256.txt")
    payload = read_manifest(folder / "manifest-sha256.txt")
    demand(all(path.startswith("data/") for path in payload), "The bag", "a payload outside data/")
    demand(not any(path.startswith("data/") for path in tags), "The bag", "a tag file inside data/")
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    listed = {**tags, **payload}
    roots = {"tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig"}
    demand(there == listed.keys() | roots, "The bag", f"not as listed: {sorted(there ^ (listed.keys() | roots))}")
    for path, digest in listed.items():
        file = folder / path
        demand(not file.is_symlink() and sha256(file.read_bytes()).hexdigest() == digest, "The bag", path)


def read_manifest(file):
    text = file.read_text(encoding="utf-8")
    entries = re.findall(r"^([0-9a-f]{64})  ([A-Za-z0-9./-]+)\n", text, re.MULTILINE)
    demand(text == "".join(f"{digest}  {path}\n" for digest, path in entries), "The bag", file.name)
    paths = [path for _, path in entries]
    demand(paths == sorted(set(paths)), "The bag", f"{file.name} is not sorted")
    demand(not any(part in ("", ".", "..") for path in paths for part in path.split("/")), "The bag", file.name)
    return {path: digest for digest, path in entries}


# The signature (PROTOCOL.sshsig)


def check_signature(folder, public_key, manifest):
    armour = (folder / "tagmanifest-sha256.txt.sig").read_text()
    blob = base64.b64decode(re.sub(r"-----.*?-----", "", armour))
    demand(blob[:6] == b"SSHSIG" and blob[6:10] == b"\0\0\0\1", "The signature", "not a signature of OpenSSH")
    key, namespace, reserved, algorithm, signature = wire(blob[10:])
    trusted = base64.b64decode(public_key.split()[1])
    demand(key == trusted, "The signature", "by another key")
    fingerprint = "SHA256:" + unpadded(sha256(key).digest())
    demand(manifest["signed_by"] == fingerprint, "The signature", "signed_by names another key")
    demand((namespace, algorithm) == (b"cordon-archive@v1", b"sha512"), "The signature", "made for something else")
    message = hashlib.sha512((folder / "tagmanifest-sha256.txt").read_bytes()).digest()
    signed = b"SSHSIG" + b"".join(len(part).to_bytes(4, "big") + part for part in (namespace, reserved, algorithm, message))
    demand(is_signed(VerifyKey(wire(key)[1]), signed, wire(signature)[1]), "The signature", "does not hold")


def wire(data):
    """The strings of SSH's binary format (RFC 4251, section 5)."""
    parts = []
    while data:
        length = int.from_bytes(data[:4], "big")
        parts.append(data[4 : 4 + length])
        data = data[4 + length :]
    return parts


def is_signed(key, message, signature):
    try:
        key.verify(message, signature)
        return True
    except (BadSignatureError, ValueError):
        return False


# The events

MEMBERS = set(
    "event_id type room_id sender state_key content hashes signatures depth prev_events auth_events origin_server_ts".split()
)
LEVELS = "ban events events_default kick redact state_default users users_default".split()
CONTENT = {
    "m.room.member": ["membership", "join_authorised_via_users_server"],
    "m.room.join_rules": ["join_rule", "allow"],
    "m.room.history_visibility": ["history_visibility"],
}


def redact(event, version):
    """The redaction algorithm of room versions 10, and 11 and 12."""
    old = version == "10"
    members = MEMBERS | {"prev_state", "origin", "membership"} if old else MEMBERS
    content, kind = event["content"], event["type"]
    kept = {
        **CONTENT,
        "m.room.create": ["creator"] if old else list(content),
        "m.room.power_levels": LEVELS if old else [*LEVELS, "invite"],
        "m.room.redaction": [] if old else ["redacts"],
    }.get(kind, [])
    left = {member: content[member] for member in kept if member in content}
    invite = content.get("third_party_invite")
    if kind == "m.room.member" and not old and isinstance(invite, dict):
        left["third_party_invite"] = {member: invite[member] for member in ("signed",) if member in invite}
    return {**{member: value for member, value in event.items() if member in members}, "content": left}


def check_event(event_id, pdu, room, keys):
    """Gives whether the content is whole, and whether the signatures could be checked."""
    version = room["version"]
    signed = canonical(without(redact(pdu, version), "signatures", "unsigned"))
    demand("$" + unpadded(sha256(signed).digest(), urlsafe=True) == event_id, "Events", f"{event_id} is not its hash")
    hashed = without(pdu, "unsigned", "signatures", "hashes", "age_ts", "outlier", "destinations")
    whole = unpadded(sha256(canonical(hashed)).digest()) == pdu["hashes"]["sha256"]
    demand(whole or redact(pdu, version) == pdu, "Events", f"{event_id} has another content")
    names_room = version in ("10", "11") or pdu["type"] != "m.room.create"
    is_ours = pdu.get("room_id") == room["id"] if names_room else "room_id" not in pdu and "!" + event_id[1:] == room["id"]
    demand(is_ours, "Events", f"{event_id} is of another room")
    signers = {pdu["sender"].split(":", 1)[1]}
    voucher = pdu["content"].get("join_authorised_via_users_server")
    if pdu["type"] == "m.room.member" and pdu["content"].get("membership") == "join" and isinstance(voucher, str):
        signers.add(voucher.split(":", 1)[1])
    return whole, all([check_server(server, pdu, signed, event_id, keys) for server in signers])


def check_server(server, pdu, signed, event_id, keys):
    given = pdu["signatures"].get(server)
    demand(given, "Events", f"{server} did not sign {event_id}")
    known = [(*keys[server][name], decoded(text)) for name, text in given.items() if name in keys.get(server, {})]
    valid = [(key, text) for key, until, text in known if pdu["origin_server_ts"] <= until]
    holds = any(is_signed(key, signed, text) for key, text in valid)
    demand(holds or not valid, "Events", f"{server} did not sign {event_id}")
    return holds


def read_keys(answer):
    if not answer.get("verify_keys"):
        return {}
    server, until = answer["server_name"], answer["valid_until_ts"]
    current = {name: (VerifyKey(decoded(key["key"])), until) for name, key in answer["verify_keys"].items()}
    text = canonical(without(answer, "signatures", "unsigned"))
    for name, (key, _) in current.items():
        signature = answer["signatures"][server][name]
        demand(is_signed(key, text, decoded(signature)), "Events", f"{server} did not sign its keys")
    old = answer.get("old_verify_keys", {})
    before = {name: (VerifyKey(decoded(key["key"])), key["expired_ts"]) for name, key in old.items()}
    return {server: {**before, **current}}


def check_events(folder, manifest, gaps):
    room, keys = manifest["room"], read_keys(parse((folder / "data/server-keys.json").read_text()))
    events, gone, unchecked = {}, set(), 0
    for file in sorted((folder / "data/events").glob("pdu-*.ndjson"), key=lambda file: (len(file.name), file.name)):
        for line in lines(file):
            event_id, pdu = line["event_id"], line["pdu"]
            demand(event_id not in events, "Events", f"{event_id} is there twice")
            whole, checked = check_event(event_id, pdu, room, keys)
            events[event_id] = pdu
            unchecked += not checked
            if not whole:
                gone.add(event_id)
    demand(len(events) == manifest["counts"]["events"], "Events", "not as many as counted")
    demand(unchecked == 0 or "unchecked-signature" in gaps.values(), "Events", "signatures that nobody could check")
    explained = explained_removals(folder, events, gone, room, keys) | gaps.keys()
    demand(gone <= explained, "Events", f"removed by nobody: {sorted(gone - explained)}")
    return events, gone


def target_of(pdu, version):
    holder = pdu if version == "10" else pdu["content"]
    return holder.get("redacts") if pdu["type"] == "m.room.redaction" else None


def explained_removals(folder, events, gone, room, keys):
    """The events that a redaction in the record, one after the seal, or that of the message they edit took away."""
    found = {target_of(pdu, room["version"]) for pdu in events.values()}
    for line in lines(folder / "data/redactions.ndjson"):
        if line["because"] == "edit-of-redacted" and line["of"] in gone:
            found.add(line["target"])
        elif "pdu" in line and target_of(line["pdu"], room["version"]) == line["target"]:
            check_event(line["redaction"], line["pdu"], room, keys)
            found.add(line["target"])
    return found


# The graph


def check_graph(events, manifest, gaps):
    creation = [event_id for event_id, pdu in events.items() if not pdu["prev_events"]]
    demand(len(creation) == 1, "The graph", f"{len(creation)} beginnings")
    missing = {parent for pdu in events.values() for parent in pdu["prev_events"] + pdu["auth_events"]} - events.keys()
    demand(missing <= gaps.keys(), "The graph", f"missing: {sorted(missing - gaps.keys())}")
    seal = manifest["seal"]
    if seal is None:
        demand("no-seal" in gaps.values(), "The graph", "no seal, and nobody says why")
        return
    demand(seal in events, "The graph", "the seal is not there")
    reached, ahead = {seal}, [seal]
    while ahead:
        for parent in events[ahead.pop()]["prev_events"]:
            if parent in events and parent not in reached:
                reached.add(parent)
                ahead.append(parent)
    unsealed = events.keys() - reached
    demand(unsealed <= gaps.keys() or missing, "The graph", f"not sealed: {sorted(unsealed)}")


# The journal


def check_journal(folder, events, manifest):
    before, hashes, seal, put_back = "0" * 64, {}, None, []
    for number, entry in enumerate(lines(folder / "data/journal.ndjson"), start=1):
        demand((entry["seq"], entry["prevHash"]) == (number, before), "The journal", f"entry {number} does not follow")
        demand(entry["incident"] == manifest["incident"]["id"], "The journal", f"entry {number} is of another incident")
        hashed = without(entry, "hash")
        if "words" in entry:
            digests = entry["words"]["digests"]
            check_words(entry, digests, number)
            hashed |= {"data": without(entry["data"], *digests), "words": without(entry["words"], "salt")}
        before = hashes[number] = sha256(canonical(hashed)).hexdigest()
        demand(entry["hash"] == before, "The journal", f"entry {number} is not its hash")
        seal = entry["data"]["event"] if entry["type"] == "sealed" else seal
        if entry["type"] == "restored" and "lost" in entry["data"]:
            put_back.append((number - 1, entry["data"]["lost"]))
    head = manifest["journal"]["head"]
    demand(hashes.get(head["seq"]) == head["hash"] and len(hashes) == head["seq"], "The journal", "it has another end")
    demand(seal == manifest["seal"], "The journal", "it was sealed by another event")
    witnesses = dict(witnesses_in(events))
    order = {event_id: place for place, event_id in enumerate(witnesses)}
    for event_id, witness in witnesses.items():
        holds = hashes.get(witness.get("seq")) == witness["hash"] or any(
            kept < witness.get("seq") <= lost["seq"] and order[event_id] <= order.get(lost["event"], len(order))
            for kept, lost in put_back
        )
        demand(holds, "The journal", f"{event_id} witnesses another one")


def witnesses_in(events):
    creator = next(iter(events.values()))["sender"]
    for event_id, pdu in events.items():
        witness = pdu["content"].get("org.cordon.journal")
        if pdu["sender"] == creator and isinstance(witness, dict) and is_digest(witness.get("hash")):
            yield event_id, witness


def is_digest(value):
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def check_words(entry, digests, number):
    salt = entry["words"].get("salt")
    for member, digest in digests.items():
        words = entry["data"][member]
        if salt is None:
            demand(not any(words), "The journal", f"entry {number} has words that were removed")
        else:
            text = "\n".join([salt, member, words])
            demand(sha256(text.encode()).hexdigest() == digest, "The journal", f"entry {number} has other words")


# The rest


def check_media(folder, gaps):
    for line in lines(folder / "data/media.ndjson"):
        if "missing" in line:
            demand(gaps.get(line["uri"]) == "missing-media" or line["use"] != "attachment", "The verdict", line["uri"])
            continue
        content = (folder / "data" / line["path"]).read_bytes()
        holds = sha256(content).hexdigest() == line["sha256"] and len(content) == line["bytes"]
        demand(holds and line["sha256"] in line["path"], "The bag", f"{line['path']} is another file")


def check_verdict(completeness, manifest):
    gaps = completeness["gaps"]
    explained = all(gap["explained"] for gap in gaps)
    verdict = "proven" if not gaps else "explained-gaps" if explained else "unproven"
    demand(completeness["verdict"] == manifest["verdict"] == verdict, "The verdict", f"it should be {verdict}")


def check_renderer(manifest):
    """Archives of version 0.1.0 name none. Pages are made again by the renderer itself, so only its name is checked."""
    demand(manifest["tool"]["name"] and manifest["tool"]["version"], "The pages", "made by nobody")
    if "renderer" in manifest:
        renderer = manifest["renderer"]
        demand(is_digest(renderer["code"]), "The pages", "the renderer has no name")
        tables = [renderer["unicode"], renderer["time_zones"]]
        demand(all(isinstance(table, str) and table for table in tables), "The pages", "the renderer has no tables")
    else:
        demand(manifest["tool"]["version"] == "0.1.0", "The pages", "no renderer is named")


def verify(folder, public_key):
    check_bag(folder)
    manifest = parse((folder / "manifest.json").read_text())
    demand(manifest["format"] == "cordon-archive/1", "The bag", "another format")
    check_signature(folder, public_key, manifest)
    check_renderer(manifest)
    completeness = parse((folder / "data/completeness.json").read_text())
    gaps = {gap.get("about", gap["what"]): gap["what"] for gap in completeness["gaps"]}
    events, gone = check_events(folder, manifest, gaps)
    check_graph(events, manifest, gaps)
    check_journal(folder, events, manifest)
    check_media(folder, gaps)
    check_verdict(completeness, manifest)
    return {"events": len(events), "redacted": len(gone), "verdict": manifest["verdict"]}


try:
    print(json.dumps(verify(Path(sys.argv[1]), sys.argv[2])))
except (Wrong, ValueError, KeyError, TypeError, OSError) as problem:
    wrong = list(problem.args) if isinstance(problem, Wrong) else ["unreadable", repr(problem)]
    print(json.dumps({"wrong": wrong}))
    sys.exit(1)
