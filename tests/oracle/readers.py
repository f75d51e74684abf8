"""Says which reader does not see an output as plain columns. Usage: readers.py PARQUET

Prints nothing where pandas, pyarrow, DuckDB and Polars all see eight columns of text, time and float64, without an
index, a dictionary type, an extension type or a time zone, and the same number of rows.
"""

import sys

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

TEXT, TIME, NUMBER = "text", "time", "number"
COLUMNS = {
    "ride_id": TEXT, "lpep_pickup_datetime": TIME, "PULocationID": TEXT, "DOLocationID": TEXT,
    "actual_duration": NUMBER, "predicted_duration": NUMBER, "diff": NUMBER, "model_version": TEXT,
}
DUCKDB = {"VARCHAR": TEXT, "TIMESTAMP": TIME, "TIMESTAMP_NS": TIME, "TIMESTAMP_MS": TIME, "DOUBLE": NUMBER}


def arrow_kind(kind):
    if pa.types.is_timestamp(kind):
        return TIME if kind.tz is None else str(kind)
    return {"string": TEXT, "large_string": TEXT, "double": NUMBER}.get(str(kind), str(kind))


def by_pyarrow(path):
    table = pq.read_table(path)
    return len(table), {field.name: arrow_kind(field.type) for field in table.schema}


def by_pandas(path):
    frame = pd.read_parquet(path)
    assert isinstance(frame.index, pd.RangeIndex), "pandas sees an index"
    kinds = {}
    for name, kind in frame.dtypes.items():
        if pd.api.types.is_string_dtype(kind):
            kinds[name] = TEXT
        elif pd.api.types.is_datetime64_dtype(kind):
            kinds[name] = TIME
        else:
            kinds[name] = NUMBER if kind == "float64" else str(kind)
    return len(frame), kinds


def by_duckdb(path):
    relation = duckdb.read_parquet(path)
    return len(relation), {name: DUCKDB.get(str(kind), str(kind)) for name, kind in zip(relation.columns, relation.types)}


def by_polars(path):
    frame = pl.read_parquet(path)
    kinds = {}
    for name, kind in frame.schema.items():
        if kind == pl.Datetime:
            kinds[name] = TIME if kind.time_zone is None else str(kind)
        else:
            kinds[name] = {pl.String: TEXT, pl.Float64: NUMBER}.get(kind, str(kind))
    return len(frame), kinds


def main(path):
    rows = pq.ParquetFile(path).metadata.num_rows
    for reader in (by_pyarrow, by_pandas, by_duckdb, by_polars):
        seen = reader(path)
        if seen != (rows, COLUMNS) or list(seen[1]) != list(COLUMNS):
            print(f"{reader.__name__}: {seen}")


if __name__ == "__main__":
    main(sys.argv[1])
