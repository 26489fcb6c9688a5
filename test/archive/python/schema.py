"""Holds a JSON file against a JSON Schema of draft 2020-12, formats too, with the package jsonschema."""

import json
import sys
from datetime import datetime

from jsonschema import Draft202012Validator, FormatChecker

formats = FormatChecker()


@formats.checks("date-time", raises=ValueError)
def is_time(value):
    return not isinstance(value, str) or bool(datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ"))


schema, instance = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
Draft202012Validator.check_schema(schema)
faults = list(Draft202012Validator(schema, format_checker=formats).iter_errors(instance))
for fault in faults:
    print(fault.json_path, fault.message)
sys.exit(1 if faults else 0)
