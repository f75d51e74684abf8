"""Runs the scorer and the recipe in turn over one month and prints what each took.

Usage: bench.py SCORER RECIPE_PYTHON ROUNDS. Both run as fresh processes and write a fresh output each round; one round
before the first is thrown away, so that files and byte code are warm for both. Memory is the peak resident size that
the kernel counts (getrusage, ru_maxrss), wall time is from fork to exit. The outputs are compared before anything is
printed: a figure for different results means nothing.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

TESTS = pathlib.Path(__file__).resolve().parent.parent
SHARED = TESTS.parent.parent / "shared"
COLUMNS = [
    {"name": "ride_id", "expr": "row_id"},
    {"name": "lpep_pickup_datetime"},
    {"name": "PULocationID", "expr": "CAST(PULocationID AS VARCHAR)"},
    {"name": "DOLocationID", "expr": "CAST(DOLocationID AS VARCHAR)"},
    {"name": "actual_duration", "expr": "duration"},
    {"name": "predicted_duration", "expr": "prediction"},
    {"name": "diff", "expr": "duration - prediction"},
    {"name": "model_version", "expr": "run_id"},
]


def scene():
    """The month and the model folders to score it with, by name."""
    if (SHARED / "data").is_dir():
        root = SHARED / "models" / "mlflow-3.17-sklearn-1.9.1" / "1" / "models"
        return SHARED / "data" / "green_tripdata_2021-02.parquet", {
            "forest, 100 trees, pickle": root / "m-7b5a35d8dd8d4ebdb1cbf590339971d6" / "artifacts",
            "forest, 40 trees, skops": root / "m-49c093537434494cae5802e65b683439" / "artifacts",
            "linear, skops": root / "m-af9ed342e2dd4d0ba7149829f1938890" / "artifacts",
        }
    listed = json.loads((TESTS / "fixtures/mlflow/models.json").read_text())
    folders = {model["name"]: TESTS / "fixtures/mlflow" / model["folder"] for model in listed}
    return TESTS / "fixtures/rides/green_tripdata_2021-02.parquet", {
        name: folder for name, folder in folders.items() if name.endswith("mlflow-3")
    }


def task(month, model, output):
    return {
        "month": "2021-02",
        "dataset": {"uri": month.as_uri()},
        "model": {"uri": model.as_uri()},
        "features": {
            "compute": [
                {"name": "duration", "expr": "date_part('epoch', lpep_dropoff_datetime - lpep_pickup_datetime) / 60"},
                {"name": "PU_DO", "expr": "concat(PULocationID, '_', DOLocationID)"},
            ],
            "where": "duration BETWEEN 1 AND 60",
        },
        "output": {"uri": output.as_uri(), "columns": COLUMNS, "actual": "duration"},
    }


def measured(command):
    """Wall seconds and peak MiB of one process and its children."""
    with tempfile.TemporaryFile() as log:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            log.seek(0)
            sys.exit(f"bench: {command[0]} ended with {process.returncode}: {log.read().decode()[-2000:]}")
    return seconds, usage.ru_maxrss / 1024


def one_round(folder, scorer, python, month, model):
    """Both peers once, each to an output of its own."""
    ours, theirs, document = folder / "scored.parquet", folder / "recipe.parquet", folder / "task.json"
    document.write_text(json.dumps(task(month, model, ours)))
    by_scorer = measured([scorer, "score", str(document)])
    by_recipe = measured([python, str(TESTS / "peers/recipe.py"), str(month), str(model), str(theirs)])
    return by_scorer, by_recipe, (theirs, ours)


def check(python, expected, actual):
    compared = subprocess.run([python, str(TESTS / "oracle/compare.py"), expected, actual], capture_output=True, text=True)
    if compared.returncode or compared.stdout:
        sys.exit(f"bench: the outputs differ: {compared.stdout}{compared.stderr}")


def compare(scorer, python, rounds, month, name, model):
    runs = []
    for number in range(rounds + 1):
        with tempfile.TemporaryDirectory() as folder:
            ours, theirs, outputs = one_round(pathlib.Path(folder), scorer, python, month, model)
            if number == 0:
                check(python, *outputs)
            else:
                runs.append((ours, theirs))
    wall = [statistics.median(run[peer][0] for run in runs) for peer in (0, 1)]
    peak = [max(run[peer][1] for run in runs) for peer in (0, 1)]
    print(
        f"{name}: scorer {wall[0] * 1000:.0f} ms, {peak[0]:.0f} MiB; recipe {wall[1] * 1000:.0f} ms, {peak[1]:.0f} MiB; "
        f"{wall[1] / wall[0]:.1f} times as fast, 1/{peak[1] / peak[0]:.1f} of the memory"
    )


def main(scorer, python, rounds):
    month, models = scene()
    print(f"{month.name}, median of {rounds} rounds in turn, peak memory the largest of them")
    for name, model in models.items():
        compare(os.path.abspath(scorer), python, int(rounds), month, name, model)


if __name__ == "__main__":
    main(*sys.argv[1:])
