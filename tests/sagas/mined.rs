//! What was mined against what the simulation knew, at each of its moments.

use asof::analysis::saga::SagasReport;
use asof::log::Bound;
use asof::model::Timestamp;
use serde_json::{Value, json};

use super::{as_of, bundled, list};

/// At one moment: how many sagas were mined otherwise than they were.
#[derive(Debug, Default)]
struct Misjudged {
    /// Called stuck, and not stuck.
    called_stuck: usize,
    /// Stuck, and not called so.
    missed: usize,
    /// Called ended, and ended otherwise or not at all.
    called_ended: usize,
    /// Ended, called running, and nothing says that they may have ended.
    called_running: usize,
}

fn misjudged(report: &SagasReport, truth: &Value, moment: &Value) -> Misjudged {
    let known = as_of(truth, moment);
    let mut found = Misjudged::default();
    let ended = |status: &str| ["completed", "failed", "compensated"].contains(&status);
    for saga in &report.sagas {
        let started = json!(saga.started);
        let mut own = known.iter().filter(|known| known["started"] == started);
        let was = own.next().and_then(|known| known["status"].as_str());
        let (was, is) = (was.unwrap_or("none"), saga.status.name());
        found.called_stuck += usize::from(is == "stuck" && was != "stuck");
        found.missed += usize::from(was == "stuck" && is != "stuck");
        found.called_ended += usize::from(ended(is) && was != is);
        let unsure = saga.may_have_ended.is_some();
        found.called_running += usize::from(ended(was) && !ended(is) && is != "stuck" && !unsure);
    }
    found
}

/// How many may be misjudged at each moment: two payments that failed before there were three of them are
/// waited for; those whose receipts stand while a service does are running, as long as that is not long;
/// and what is to be called stuck needs twenty that were not.
#[test]
fn what_was_mined_stood_as_the_simulation_knew_at_every_moment() {
    for (name, ending, most) in [
        ("bank", "db", [0, 0, 0, 0]),
        ("carts", "db", [0, 0, 0, 0]),
        ("downloads", "db", [0, 1, 0, 0]),
        ("orders", "db", [0, 2, 0, 0]),
        ("orders-orchestrated", "db", [0, 0, 0, 0]),
        ("rides", "jsonl", [2, 0, 0, 12]),
        ("users", "json", [0, 0, 0, 0]),
    ] {
        let (store, _, truth) = bundled(name, ending);
        let mut sagas = store.find(None);
        for moment in list(&truth, "moments") {
            let time: Timestamp = serde_json::from_value(moment["time"].clone()).unwrap();
            let report = store.report(&mut sagas, Bound::Time(time));
            let found = misjudged(&report, &truth, moment);
            let all = [
                found.called_stuck,
                found.missed,
                found.called_ended,
                found.called_running,
            ];
            let holds = all.iter().zip(most).all(|(found, most)| *found <= most);
            assert!(holds, "{name} {time} {found:?}");
            // A mined process has no sagas but those that there were, once it is known.
            let none = report.sagas.len() - as_of(&truth, moment).len();
            assert!(none <= usize::from(name == "carts"), "{name} {time} {none}");
        }
    }
}
