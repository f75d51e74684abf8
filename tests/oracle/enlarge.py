"""Makes a large month out of a synthetic one. Usage: enlarge.py MONTH_PARQUET OUTPUT_PARQUET ROWS

The rides are drawn again and again with a fixed seed, each with a little time and distance of its own, so that the file
and what is made of it do not compress away.
"""

import sys

import numpy as np
import pandas as pd

SEED = 20210203


def main(month, output, rows):
    draw = np.random.default_rng(SEED)
    rides = pd.read_parquet(month)
    rides = rides.iloc[draw.integers(len(rides), size=int(rows))].reset_index(drop=True)
    rides["lpep_dropoff_datetime"] += pd.to_timedelta(draw.integers(1_000_000, size=len(rides)), unit="us")
    rides["trip_distance"] += draw.random(len(rides)).round(6)
    rides.to_parquet(output, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
