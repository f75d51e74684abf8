"""The batch recipe that this product replaces, as its users write it: pandas, MLflow and scikit-learn.

Usage: recipe.py INPUT_PARQUET MODEL OUTPUT_PARQUET [--run-id ID] [--n-jobs N]

It is the reference for every column of an output and the peer of the benchmark. MODEL is any URI or folder that
mlflow.pyfunc loads. Run it by the Python of oracle/requirements/current.txt, or of mlflow-1.txt for old models.
"""

import argparse
import os
import uuid
import warnings

# Since 3.9 MLflow asks before it unpickles; MLflow 1 does not know the variable.
os.environ.setdefault("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "true")
warnings.filterwarnings("ignore")

import mlflow
import pandas as pd


def generate_uuids(n):
    return [str(uuid.uuid4()) for _ in range(n)]


def read_dataframe(filename):
    df = pd.read_parquet(filename)

    df["duration"] = df.lpep_dropoff_datetime - df.lpep_pickup_datetime
    df.duration = df.duration.dt.total_seconds() / 60
    df = df[(df.duration >= 1) & (df.duration <= 60)].copy()

    df["ride_id"] = generate_uuids(len(df))
    return df


def prepare_dictionaries(df):
    categorical = ["PULocationID", "DOLocationID"]
    df[categorical] = df[categorical].astype(str)
    df["PU_DO"] = df["PULocationID"] + "_" + df["DOLocationID"]

    dicts = df[["PU_DO", "trip_distance"]].to_dict(orient="records")
    return dicts


def load_model(uri, n_jobs):
    """The model with its forest, if it has one, on n_jobs threads: with more than one the sum's order is not fixed."""
    model = mlflow.pyfunc.load_model(uri)
    sklearn_model = getattr(model._model_impl, "sklearn_model", model._model_impl)
    regressor = sklearn_model.steps[-1][1]
    if hasattr(regressor, "n_jobs"):
        regressor.n_jobs = n_jobs
    return model, model.metadata.run_id


def save_results(df, y_pred, run_id, output_file):
    df_result = pd.DataFrame()
    df_result["ride_id"] = df["ride_id"]
    df_result["lpep_pickup_datetime"] = df["lpep_pickup_datetime"]
    df_result["PULocationID"] = df["PULocationID"]
    df_result["DOLocationID"] = df["DOLocationID"]
    df_result["actual_duration"] = df["duration"]
    df_result["predicted_duration"] = y_pred
    df_result["diff"] = df_result["actual_duration"] - df_result["predicted_duration"]
    df_result["model_version"] = run_id

    df_result.to_parquet(output_file, index=False)


def apply_model(input_file, model_uri, output_file, run_id, n_jobs):
    df = read_dataframe(input_file)
    dicts = prepare_dictionaries(df)

    model, logged_run_id = load_model(model_uri, n_jobs)
    y_pred = model.predict(dicts)

    save_results(df, y_pred, run_id or logged_run_id, output_file)
    return len(df)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("input")
    parser.add_argument("model")
    parser.add_argument("output")
    parser.add_argument("--run-id", help="what model_version says; without it, the run that logged the model")
    parser.add_argument("--n-jobs", type=int, default=1)
    args = parser.parse_args()

    rows = apply_model(args.input, args.model, args.output, args.run_id, args.n_jobs)
    print(f"scored {rows} rides")


if __name__ == "__main__":
    main()
