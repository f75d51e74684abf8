//! However the pods of a month end, the month comes to stand as it should, by as many Jobs as it should take, and the other
//! months do not suffer by it.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use futures::{StreamExt, stream};
use scoring_contract::ExitClass;
use scoring_perturb::stage::OPERATOR;
use scoring_perturb::year::Year;
use scoring_perturb::{Stage, failure};
use scoring_stand::Behaviour;
use scoring_stand::invariant::{Evidence, coverage};

/// The month that it befalls.
const MONTH: &str = "2021-03";
const DEADLINE: Duration = Duration::from_mins(2);
const AT_ONCE: Duration = Duration::ZERO;

/// What befalls the pods of one month, one after the other, and what comes of it.
struct Case {
    name: &'static str,
    pods: Vec<Behaviour>,
    stands: &'static str,
    jobs: usize,
}

fn cases() -> Vec<Case> {
    let case = |name, pods, stands, jobs| Case { name, pods, stands, jobs };
    let often = |class| vec![failure(class, "Played"); 9];
    let once = |class| vec![failure(class, "Played")];
    let oom = || Behaviour::OomKilled { after: AT_ONCE };
    let disrupted = || Behaviour::Disrupted { after: AT_ONCE };
    vec![
        case("bad data is not tried again", often(ExitClass::BadData), "failed", 1),
        case("a bad setting is not tried again", often(ExitClass::BadSetting), "failed", 1),
        case("a denial is not tried again", often(ExitClass::Denied), "failed", 1),
        case("a fault of the scorer passes", once(ExitClass::Internal), "current", 2),
        case("a fault of the scorer stays", often(ExitClass::Internal), "failed", 3),
        case("a store that cannot be written passes", once(ExitClass::CannotWrite), "current", 2),
        case("a store that cannot be written stays so", often(ExitClass::CannotWrite), "failed", 3),
        case("a store that does not answer does so again", once(ExitClass::TryAgain), "current", 2),
        case("a store never answers", often(ExitClass::TryAgain), "failed", 3),
        case("a month that was not there is there", once(ExitClass::NotPublished), "current", 2),
        case("memory is enough at the second try", vec![oom()], "current", 2),
        case("memory is never enough", vec![oom(); 9], "failed", 3),
        case("a code that is none of the scorer's", vec![Behaviour::exit(3, "")], "current", 2),
        case("a disruption does not count", vec![disrupted()], "current", 1),
        // The Job controller waits longer before each next pod: 10, 20 and 40 seconds.
        case("disruptions in a row do not count", vec![disrupted(); 3], "current", 1),
        case("a success whose words cannot be read", vec![Behaviour::exit(0, "no outcome")], "current", 1),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_end_of_a_pod_is_met_as_it_should_be() {
    let stage = Stage::set(Path::new(env!("CARGO_BIN_EXE_operator_under_fault"))).await.unwrap();
    let perform = |case: Case| {
        let stage = &stage;
        async move {
            let broken = perform(stage, &case).await;
            broken
                .unwrap_or_else(|error| vec![error.to_string()])
                .into_iter()
                .map(move |what| format!("{}: {what}", case.name))
        }
    };
    let broken = stream::iter(cases()).map(perform).buffer_unordered(4).flat_map(stream::iter);
    let broken: Vec<String> = broken.collect().await;
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

async fn perform(stage: &Stage, case: &Case) -> Result<Vec<String>, Box<dyn Error + Send + Sync>> {
    let year = Year::begin(stage).await?;
    year.bucket().trouble(MONTH, case.pods.clone());
    let operator = year.operator()?;
    let others = 12 - usize::from(case.stands != "current");
    let stands = year.stands(DEADLINE, |standing| {
        let lists = coverage(&standing.schedule);
        let has = |list: &str| lists.get(list).is_some_and(|months| months.contains(MONTH));
        has(case.stands) && lists.get("current").is_some_and(|months| months.len() == others)
    });
    let stands = stands.await;
    // Whatever would still be started would be by then: the longest wait between tries is four seconds.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let mut broken: Vec<String> = operator.stop().await.ends;
    broken.extend(stands.err().map(|otherwise| otherwise.to_string()));
    let standing = year.objects().standing().await?;
    let events = year.written().await?;
    let evidence = Evidence { events: &events, operators: &[OPERATOR] };
    let jobs = evidence.jobs().into_iter().filter(|job| job.month.as_deref() == Some(MONTH)).count();
    if jobs != case.jobs {
        broken.push(format!("{jobs} Jobs in place of {}", case.jobs));
    }
    // A success that says nothing commits nothing here, where the store is played.
    let played = |violation: &&scoring_stand::invariant::Violation| violation.rule != "I7";
    broken.extend(year.broken(&events, &standing).iter().filter(played).map(ToString::to_string));
    Ok(broken)
}
