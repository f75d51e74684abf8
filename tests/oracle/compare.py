"""Says where two outputs differ. Usage: compare.py EXPECTED_PARQUET ACTUAL_PARQUET

Prints nothing where both have the same columns in the same order, the same types as pandas sees them, and the same
values: numbers by their bits, everything else by equality. `ride_id` is passed over where EXPECTED has none or random
ones; ACTUAL's must be unique.
"""

import sys

import numpy as np
import pandas as pd


def same(left, right):
    """Row by row; numbers are the same only if their bits are, so that -0.0, 0.0 and NaNs are told apart."""
    if left.dtype == np.float64 and right.dtype == np.float64:
        return left.to_numpy().view("u8") == right.to_numpy().view("u8")
    return ((left == right) | (left.isna() & right.isna())).to_numpy(dtype=bool)


def differences(expected, actual):
    if actual["ride_id"].duplicated().any():
        yield "ride_id: not unique"
    expected = expected.drop(columns="ride_id", errors="ignore")
    actual = actual.drop(columns="ride_id")
    if list(expected.columns) != list(actual.columns):
        yield f"columns: {list(expected.columns)} and {list(actual.columns)}"
        return
    if len(expected) != len(actual):
        yield f"rows: {len(expected)} and {len(actual)}"
        return
    for name in expected.columns:
        left, right = expected[name], actual[name]
        if pd.api.types.is_datetime64_dtype(left) and pd.api.types.is_datetime64_dtype(right):
            # The unit in which a time is stored is not part of its value.
            left, right = left.astype("datetime64[ns]"), right.astype("datetime64[ns]")
        if left.dtype != right.dtype:
            yield f"{name}: {left.dtype} and {right.dtype}"
            continue
        wrong = np.flatnonzero(~same(left, right))
        if len(wrong):
            row = wrong[0]
            yield f"{name}: {len(wrong)} of {len(left)} rows; row {row}: {left[row]!r} and {right[row]!r}"


def main(expected, actual):
    for line in differences(pd.read_parquet(expected), pd.read_parquet(actual)):
        print(line)


if __name__ == "__main__":
    main(*sys.argv[1:])
