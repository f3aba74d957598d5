//! Histories of Temporal workflows, as the SDKs' repositories have them.

use std::path::Path;

use serde_json::Value;

use crate::asked::{Asked, public, texts};

/// What the facts beside the histories say of each.
fn facts(folder: &Path) -> Value {
    let text = std::fs::read_to_string(folder.join("truth.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    all[0]["a"].clone()
}

#[test]
fn each_history_is_a_stream_in_the_order_of_its_ids() {
    let Some(folder) = public("temporal_histories") else {
        return;
    };
    let mut all = 0;
    for (name, fact) in facts(&folder).as_object().unwrap() {
        let store = Asked::of(&folder.join(name));
        let info = store.info();
        assert_eq!(
            info["layout"]["name"], "Temporal workflow history",
            "{name}"
        );
        assert_eq!(info["events"], fact["events"], "{name}");
        assert_eq!(info["streams"], 1);
        assert_eq!(
            info["event_types"].as_array().unwrap().len() as u64,
            fact["types"]
        );
        assert_eq!(info["problems"], serde_json::json!([]));
        let events = store.events(&[]);
        let (first, last) = (&events[0], events.last().unwrap());
        assert_eq!(
            (&first["recorded_at"], &last["recorded_at"]),
            (&fact["first"], &fact["last"])
        );
        assert_eq!(last["type"], fact["lastType"]);
        assert_eq!(first["data"]["workflowType"]["name"], fact["workflowType"]);
        let positions: Vec<i64> = events
            .iter()
            .map(|event| event["position"].as_i64().unwrap())
            .collect();
        assert_eq!(positions, (1..=events.len() as i64).collect::<Vec<_>>());
        // Every event but the first few refers back.
        assert!(events.iter().any(|event| event["causation_id"].is_string()));
        all += events.len();
    }
    assert_eq!(all, 111);
}

#[test]
fn a_cancelled_order_goes_step_by_step() {
    let Some(folder) = public("temporal_histories") else {
        return;
    };
    let store = Asked::of(&folder.join("replay-tests-cancel-order.json"));
    let steps = [
        "WorkflowExecutionStarted",
        "WorkflowTaskScheduled",
        "WorkflowTaskStarted",
        "WorkflowTaskCompleted",
        "TimerStarted",
        "WorkflowExecutionCancelRequested",
        "WorkflowTaskScheduled",
        "WorkflowTaskStarted",
        "WorkflowTaskCompleted",
        "TimerCanceled",
        "ActivityTaskScheduled",
        "ActivityTaskStarted",
        "ActivityTaskCompleted",
        "WorkflowTaskScheduled",
        "WorkflowTaskStarted",
        "WorkflowTaskCompleted",
        "WorkflowExecutionCompleted",
    ];
    assert_eq!(texts(&store.events(&[]), "type"), steps);
}
