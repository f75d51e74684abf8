"""Says where an output's predictions differ from those kept as an array. Usage: compare_predictions.py NPY PARQUET

Prints nothing where `predicted_duration` holds the same float64 values in the same order, by their bits.
"""

import sys

import numpy as np
import pandas as pd


def main(kept, output):
    expected = np.load(kept)
    actual = pd.read_parquet(output)["predicted_duration"].to_numpy()
    if len(expected) != len(actual):
        print(f"rows: {len(expected)} and {len(actual)}")
        return
    wrong = np.flatnonzero(expected.view("u8") != actual.view("u8"))
    if len(wrong):
        print(f"{len(wrong)} of {len(expected)} rows; row {wrong[0]}: {expected[wrong[0]]!r} and {actual[wrong[0]]!r}")


if __name__ == "__main__":
    main(*sys.argv[1:])
