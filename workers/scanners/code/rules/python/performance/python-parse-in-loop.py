import json

import yaml


def totals(rows, text):
    for row in rows:
        # ruleid: python-parse-in-loop
        settings = json.loads(text)
        # ruleid: python-parse-in-loop
        extra = yaml.safe_load(text)
        print(row, settings, extra)


def safe(rows, text):
    # ok: python-parse-in-loop
    settings = json.loads(text)
    for row in rows:
        # ok: python-parse-in-loop
        print(json.loads(row.body), settings)
    for row in rows:
        body = row.body
        # ok: python-parse-in-loop
        print(json.loads(body))
    for line in rows:
        # ok: python-parse-in-loop
        print(json.loads(line))
    for name, value in rows:
        # ok: python-parse-in-loop
        print(name, json.loads(value))
