//! Schedules and backfills that admission takes and the controller does not: each with its reason, its path and what to
//! write.

use std::sync::Arc;

use scoring_operator::check::{Rival, check};
use scoring_operator::report::schedule_status;
use serde_json::{Value, json};

use crate::stage::{at, backfill, schedule};

#[test]
fn what_a_pod_cannot_do_is_refused() {
    struct Case {
        spec: Value,
        says: &'static str,
    }
    let output = |more: Value| {
        let mut output = json!({"uri": "s3://scores/{month}.parquet", "columns": [{"name": "prediction"}]});
        output.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        output
    };
    let cases = [
        Case {
            spec: json!({"dataset": {"uri": "rides/{month}.parquet"}}),
            says: "spec.dataset.uri: is a path of one machine, which a pod does not see: write s3://bucket/key",
        },
        Case {
            spec: json!({"model": {"uri": "file:///models/1"}}),
            says: "spec.model.uri: is a path of one machine, which a pod does not see: write s3://bucket/key",
        },
        Case {
            spec: json!({"storage": {"profile": "team"}}),
            says: "spec.storage.profile: names a profile of a credentials file, which a pod does not have: name a Secret \
                   in `credentialsSecret`, or leave it out where the service account has an identity of its own",
        },
        Case {
            spec: json!({
                "storage": {"credentialsSecret": "one"},
                "output": output(json!({"storage": {"credentialsSecret": "two"}})),
            }),
            says: "spec.output.storage.credentialsSecret: is not `one`, as spec.storage.credentialsSecret: a Job holds \
                   the keys of one Secret; give one pair of keys all the permissions, or ask with `anonymous: true` what \
                   needs none",
        },
        Case { spec: json!({"schedule": {"cron": "0 3 30 2 *"}}), says: "spec.schedule.cron" },
    ];
    for Case { spec, says } in cases {
        let resource = schedule(&spec);
        let refused = check(&resource, &[], &[]).unwrap_err();
        assert!(refused.faults.to_string().starts_with(says), "{spec}: {}", refused.faults);
        let status = schedule_status(&resource, Err(&refused), at("2021-05-10T00:00:00Z"));
        let told: Vec<(&str, &str, &str)> = status
            .conditions
            .iter()
            .map(|condition| (&*condition.type_, &*condition.status, &*condition.reason))
            .collect();
        assert_eq!(told[0], ("Ready", "False", "SpecInvalid"));
        assert_eq!(told[2], ("Stalled", "True", "SpecInvalid"));
    }
}

#[test]
fn a_secret_that_every_store_shares_is_one_secret() {
    let spec = json!({
        "storage": {"credentialsSecret": "one"},
        "dataset": {"uri": "s3://rides/{month}.parquet", "storage": {"anonymous": true}},
        "model": {"uri": "s3://mlops/m", "storage": {"credentialsSecret": "one", "region": "eu"}},
    });
    let world = check(&schedule(&spec), &[], &[]).unwrap().worlds.remove(0);
    assert_eq!(world.template.secret.as_deref(), Some("one"));
}

/// A schedule that was stored at a second of 2021-01-01, and its outputs.
fn rival(name: &str, second: u32, spec: &Value) -> Rival {
    let mut resource = schedule(spec);
    resource.metadata.name = Some(name.to_owned());
    let created = format!("2021-01-01T00:00:{second:02}Z");
    resource.metadata.creation_timestamp = Some(k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(at(&created)));
    Rival::of(&resource)
}

#[test]
fn of_two_schedules_with_the_same_outputs_the_younger_is_refused() {
    struct Case {
        name: &'static str,
        other: Value,
        clashes: bool,
    }
    let to = |uri: &str| json!({"output": {"uri": uri, "columns": [{"name": "prediction"}]}});
    let cases = [
        Case { name: "the same", other: json!({}), clashes: true },
        Case { name: "another way to write it", other: to("s3://scores/green-{year}-{mm}-r1.parquet"), clashes: true },
        Case { name: "another place", other: to("s3://scores/yellow-{month}.parquet"), clashes: false },
        Case {
            name: "another run",
            other: json!({"model": {"experimentUri": "s3://m", "runId": "r2"}}),
            clashes: false,
        },
        Case {
            name: "other months",
            other: json!({"months": {"first": "2020-01", "last": "2020-12"}}),
            clashes: false,
        },
        Case { name: "another store", other: json!({"storage": {"endpoint": "https://s3.example"}}), clashes: false },
        Case {
            name: "a key for each work",
            other: to("s3://scores/green-{month}-{fingerprint}.parquet"),
            clashes: false,
        },
    ];
    let own = schedule(&json!({}));
    for Case { name, other, clashes } in cases {
        let (mut older, mut younger) = (rival("other", 0, &other), rival("other", 1, &other));
        older.created = at("2020-12-31T00:00:00Z");
        younger.created = at("2021-01-02T00:00:00Z");
        let refused = check(&own, &[], &[older.clone()]).err().map(|refused| refused.faults.to_string());
        assert_eq!(refused.is_some(), clashes, "{name}: {refused:?}");
        if let Some(refused) = refused {
            assert!(refused.starts_with("spec.output.uri: is where `other` writes, too (2021-01"), "{refused}");
        }
        assert!(check(&own, &[], &[younger]).is_ok(), "{name}: the older one goes on");
        let elsewhere = Rival { namespace: "squatters".to_owned(), ..older };
        assert!(check(&own, &[], &[elsewhere]).is_ok(), "{name}: another namespace stops nobody");
    }
    assert!(check(&own, &[], &[Rival::of(&own)]).is_ok(), "a schedule is no rival of its own");
}

#[test]
fn a_backfill_with_faults_is_refused_alone() {
    let now = at("2021-05-10T00:00:00Z");
    let taken = json!({"from": "2021-01", "to": "2021-02", "model": {"experimentUri": "s3://mlops/1", "runId": "r1"}});
    let fine = json!({"from": "2021-01", "to": "2021-02"});
    let backfills = [backfill("taken", now, &taken), backfill("fine", now, &fine)].map(Arc::new);
    let checked = check(&schedule(&json!({})), &backfills, &[]).unwrap();
    let names: Vec<&str> = checked.refused.iter().map(|refused| refused.name.as_str()).collect();
    assert_eq!(names, ["taken"]);
    assert_eq!(checked.worlds.len(), 1);
    assert_eq!(checked.worlds[0].backfills.len(), 1);
    assert!(checked.world_of(&backfills[0]).is_none() && checked.world_of(&backfills[1]).is_some());
}
