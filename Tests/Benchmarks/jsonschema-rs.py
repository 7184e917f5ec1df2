#!/usr/bin/env python3
"""The peer of schema judging: `jsonschema-rs.py SCHEMA INSTANCE ROUNDS` prints the best time of a round in
microseconds of this thread's processor time, and whether the value holds. Reading is a part of a round."""
import json, sys, time
import jsonschema_rs

schema, text = json.load(open(sys.argv[1])), open(sys.argv[2], encoding="utf-8").read()
validator = jsonschema_rs.validator_for(schema, validate_formats=True)
best, holds = float("inf"), None
for _ in range(int(sys.argv[3])):
    start = time.thread_time_ns()
    holds = validator.is_valid(json.loads(text))
    best = min(best, time.thread_time_ns() - start)
print(best / 1000, int(holds))
