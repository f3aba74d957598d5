"""How long pm4py takes for directly-follows counts and variants: python3 pm4py.py STORE.db START.

Prints the seconds and the number of both. What it takes to read the events does not count.
"""

import sqlite3
import sys
import time

# This file has the package's name, and Python looks beside it first.
sys.path = sys.path[1:]
import pandas
import pm4py

store, start = sys.argv[1:]
db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
query = "SELECT correlation_id, type, recorded_at FROM events ORDER BY position"
log = pandas.read_sql_query(query, db)
cases = set(log[log["type"] == start]["correlation_id"])
log = log[log["correlation_id"].isin(cases)]
log["time"] = pandas.to_datetime(log["recorded_at"], unit="us", utc=True)
log = pm4py.format_dataframe(
    log, case_id="correlation_id", activity_key="type", timestamp_key="time"
)
began = time.perf_counter()
follows, _, _ = pm4py.discover_dfg(log)
variants = pm4py.get_variants(log)
took = time.perf_counter() - began
print(took, len(follows) + len(variants))
