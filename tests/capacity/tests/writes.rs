//! A small load, whose writes are counted. Times are for `tests/load`.

use std::time::Duration;

use scoring_capacity::requests::Requests;
use scoring_capacity::{Load, OPERATOR, Stage};
use scoring_perturb::thread::Thread;
use scoring_stand::fault::Faults;
use tokio::time::sleep;

const LOAD: Load = Load { schedules: 5, months: 12, parallelism: 4 };
/// A limit; nothing waits for it but a test that fails.
const DEADLINE: Duration = Duration::from_mins(5);
/// How often it is asked how far it is.
const EVERY: Duration = Duration::from_millis(250);
/// After how long without a write the work is taken to be done.
const QUIET: Duration = Duration::from_secs(2);
/// How long nothing may be written then.
const REST: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn a_month_takes_four_writes_at_most_and_rest_takes_none() {
    let stage = Stage::set().await.unwrap();
    let namespace = stage.plane.namespace("writes").await.unwrap();
    LOAD.create(&namespace).await.unwrap();
    let mut log = stage.plane.audit().unwrap();
    let kubeconfig = stage.plane.kubeconfig(OPERATOR).unwrap();
    let operator = Thread::start(kubeconfig, namespace.name().to_owned(), Faults::new(None));
    LOAD.done(&namespace, (DEADLINE, EVERY), |_| {}).await.unwrap();
    let work = Requests::settled(&mut log, QUIET).await.unwrap();
    sleep(REST).await;
    let rest = Requests::read(&mut log).unwrap();
    assert_eq!(operator.stop().await.ends, Vec::<String>::new());

    assert!(work.counts["create jobs"] >= LOAD.all(), "not all of it was seen: {:?}", work.counts);
    assert!(work.writes <= 4 * LOAD.all(), "{} writes for {} months: {:?}", work.writes, LOAD.all(), work.counts);
    assert_eq!(rest.writes, 0, "{:?}", rest.counts);
}
