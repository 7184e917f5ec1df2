#!/usr/bin/env python3
"""Holds what `assay mock` says against a second validator, jsonschema-rs from PyPI.

    second-opinion.py ASSAY DOCUMENT…
    second-opinion.py ASSAY --corpus FOLDER

Each document is served; each operation is asked for each of its documented JSON responses; each body is
judged by the schema that the document has for it. Documents of several files are left out, since the
second validator would need them joined. The last line counts; a body that does not hold ends it with 1.
"""
import csv
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request

try:
    import jsonschema_rs
    import yaml
except ImportError as missing:
    print(f"SKIPPED: {missing.name} is not there (pip install jsonschema-rs pyyaml)")
    sys.exit(0)

# Responses for which the document allows nothing at all; and one whose own example leaves out what is
# required and writeOnly, which we read as OpenAPI 3.0 does, and the other validator as JSON Schema does.
CONTRADICTORY = [
    ("api-docs.json", "GET /messages/{messageId}"), ("0.0.1.json", "GET /v1/edge-config/"),
    ("0.0.1.json", "GET /v1/integrations/search-repo"), ("openapi.v2.json", "POST /webhooks"),
    ("cafe.yaml", "GET /order-items"),
]

METHODS = ["get", "put", "post", "delete", "options", "patch"]
URI = "urn:assay:document"


class Plain(yaml.CSafeLoader):
    """YAML's core schema: no dates, and keys as they are written."""


Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def load(path):
    text = open(path, encoding="utf-8-sig").read()
    if path.endswith(".json"):
        return json.loads(text)
    return json.loads(json.dumps(yaml.load(text, Plain)))


def is_closed(node):
    """Whether every reference stays in the document."""
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str) and not reference.startswith("#"):
            return False
        return all(is_closed(value) for value in node.values())
    return all(is_closed(value) for value in node) if isinstance(node, list) else True


def as_draft4(node, is_schema_map=False):
    """What OpenAPI 2.0 and 3.0 add to draft 4, said in its words."""
    if isinstance(node, list):
        return [as_draft4(value) for value in node]
    if not isinstance(node, dict):
        return node
    result = {name: as_draft4(value, name == "properties") for name, value in node.items()}
    if is_schema_map:
        return result
    # A response's `required` does not count what is sent and never comes back.
    properties = result.get("properties")
    if isinstance(result.get("required"), list) and isinstance(properties, dict):
        hidden = {
            name for name, value in properties.items()
            if isinstance(value, dict) and value.get("writeOnly") is True}
        result["required"] = [name for name in result["required"] if name not in hidden]
        if not result["required"]:
            del result["required"]
    if result.get("nullable") is True or result.get("x-nullable") is True:
        return {"anyOf": [{"enum": [None]}, {k: v for k, v in result.items()
                                             if k not in ("nullable", "x-nullable")}]}
    return result


def follow(document, node):
    for _ in range(20):
        if not (isinstance(node, dict) and isinstance(node.get("$ref"), str)):
            return node, None
        pointer = node["$ref"][1:]
        node = document
        for token in pointer.split("/")[1:]:
            token = urllib.request.unquote(token).replace("~1", "/").replace("~0", "~")
            node = node[int(token)] if isinstance(node, list) else node[token]
    return node, None


def responses(document):
    """Every documented JSON response: method, path, status, media type, schema."""
    for path, item in (document.get("paths") or {}).items():
        item, _ = follow(document, item)
        if not isinstance(item, dict) or re.search(r"[?#]", path):
            continue
        for method in METHODS:
            operation = item.get(method)
            if not isinstance(operation, dict):
                continue
            for status, response in (operation.get("responses") or {}).items():
                if str(status).startswith("x-"):
                    continue
                response, _ = follow(document, response)
                if "swagger" in document:
                    types = operation.get("produces", document.get("produces", ["application/json"]))
                    content = {t: {"schema": response.get("schema")} for t in types}
                else:
                    content = response.get("content") or {}
                for media, rule in content.items():
                    schema = (rule or {}).get("schema")
                    if schema is not None and re.match(r"^[^;]*[/+]json\b", media):
                        yield method.upper(), path, str(status), media, schema


def ask(base, method, path, status, media):
    code = status if status.isdigit() else status[0] + "00" if status[0].isdigit() else "500"
    url = base + re.sub(r"\{[^}]*\}", "1", path)
    request = urllib.request.Request(
        urllib.request.quote(url, safe=":/%~!$&'()*+,;=@"), method=method,
        headers={"Prefer": f"code={code}", "Accept": media})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read()


def judge(assay, path):
    document = load(path)
    if not isinstance(document, dict) or not is_closed(document):
        return None
    modern = str(document.get("openapi", "")).startswith(("3.1", "3.2"))
    judged = document if modern else as_draft4(document)
    dialect = "https://json-schema.org/draft/2020-12/schema" if modern \
        else "http://json-schema.org/draft-04/schema#"
    # Schemas refer to places in the document, so they are judged inside a copy of it.
    server = subprocess.Popen(
        [assay, "mock", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    counts, seen, wrong = [0, 0], set(), []
    try:
        base = server.stdout.readline().strip().rsplit(" ", 1)[-1]
        for method, template, status, media, schema in responses(document):
            shape = (method, re.sub(r"\{[^}]*\}", "{}", template), status, media)
            if shape in seen:
                continue
            seen.add(shape)
            schema = schema if modern else as_draft4(schema)
            whole = {key: value for key, value in judged.items()
                     if key in ("components", "definitions", "paths")}
            whole["$schema"] = dialect
            whole["allOf"] = [schema]
            try:
                validator = jsonschema_rs.validator_for(whole)
            except Exception:
                continue  # a schema that the other one does not take
            code, body = ask(base, method, template, status, media)
            if not body:
                continue
            counts[1] += 1
            try:
                validator.validate(json.loads(body))
                counts[0] += 1
            except (ValueError, jsonschema_rs.ValidationError) as error:
                wrong.append(f"  {method} {template} {status} {media}: {str(error).splitlines()[0][:160]}")
    finally:
        server.terminate()
        server.wait()
    return counts, wrong


def documents():
    """Those that are named, or the valid ones of the corpus that are not too large to be asked in full."""
    if sys.argv[2] != "--corpus":
        return sys.argv[2:]
    folder = os.path.join(sys.argv[3], "corpus", "specs")
    if not os.path.isdir(folder):
        print(f"SKIPPED: there are no documents in {folder}")
        return []
    with open(os.path.join(folder, "index.tsv"), encoding="utf-8") as index:
        rows = list(csv.DictReader(index, delimiter="\t"))
    return [os.path.join(folder, row["file"]) for row in rows
            if row["validator"] == "valid" and int(row["operations"]) <= 200]


def main():
    total = [0, 0]
    bad = 0
    for path in documents():
        try:
            outcome = judge(sys.argv[1], path)
        except Exception as error:
            print(f"{path}: not judged, {error.__class__.__name__}: {str(error)[:120]}")
            continue
        if outcome is None:
            print(f"{path}: left out, it has several files")
            continue
        (right, count), wrong = outcome
        known = [place for name, place in CONTRADICTORY if path.endswith(name)]
        wrong = [line for line in wrong if not any(line.strip().startswith(place) for place in known)]
        total = [total[0] + right, total[1] + count]
        bad += len(wrong)
        if wrong:
            print(f"{path}: {right} of {count}")
            print("\n".join(wrong[:10]))
    print(f"{total[0]} of {total[1]} bodies of the mock hold by jsonschema-rs")
    sys.exit(1 if bad else 0)


main()
