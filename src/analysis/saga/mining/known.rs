//! Processes that need no mining: what the histories of a workflow engine mean is the same in every store.

use super::super::definition::{Correlate, Definition, End, Parking, Step, Style};

/// A step of a Temporal workflow: its name, what begins it, how it succeeds, how it fails.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const START: &str = "WorkflowExecutionStarted";
const STEPS: [Row; 6] = [
    (
        "activity",
        "activities",
        "ActivityTaskScheduled",
        &["ActivityTaskCompleted"],
        &[
            "ActivityTaskFailed",
            "ActivityTaskTimedOut",
            "ActivityTaskCanceled",
        ],
    ),
    (
        "timer",
        "workflow",
        "TimerStarted",
        &["TimerFired", "TimerCanceled"],
        &[],
    ),
    (
        "child workflow",
        "child workflows",
        "StartChildWorkflowExecutionInitiated",
        &["ChildWorkflowExecutionCompleted"],
        &[
            "StartChildWorkflowExecutionFailed",
            "ChildWorkflowExecutionFailed",
            "ChildWorkflowExecutionTimedOut",
            "ChildWorkflowExecutionCanceled",
            "ChildWorkflowExecutionTerminated",
        ],
    ),
    (
        "signal to another workflow",
        "other workflows",
        "SignalExternalWorkflowExecutionInitiated",
        &["ExternalWorkflowExecutionSignaled"],
        &["SignalExternalWorkflowExecutionFailed"],
    ),
    (
        "cancelling another workflow",
        "other workflows",
        "RequestCancelExternalWorkflowExecutionInitiated",
        &["ExternalWorkflowExecutionCancelRequested"],
        &["RequestCancelExternalWorkflowExecutionFailed"],
    ),
    (
        "update",
        "workflow",
        "WorkflowExecutionUpdateAccepted",
        &["WorkflowExecutionUpdateCompleted"],
        &["WorkflowExecutionUpdateRejected"],
    ),
];
const COMPLETED: [&str; 2] = [
    "WorkflowExecutionCompleted",
    "WorkflowExecutionContinuedAsNew",
];
const CANCELLED: [&str; 4] = [
    "WorkflowExecutionFailed",
    "WorkflowExecutionTimedOut",
    "WorkflowExecutionCanceled",
    "WorkflowExecutionTerminated",
];

/// The process that begins with a type of that name, and the engine that makes it one.
pub(super) fn beginning_with(
    start: &str,
    correlate: &Correlate,
) -> Option<(Definition, &'static str)> {
    (start == START || start == shouted(START)).then(|| (workflow(start, correlate), "Temporal"))
}

/// Newer histories spell types as their protocol does: `EVENT_TYPE_TIMER_FIRED`.
fn shouted(name: &str) -> String {
    let mut text = String::from("EVENT_TYPE");
    for c in name.chars() {
        if c.is_uppercase() {
            text.push('_');
        }
        text.extend(c.to_uppercase());
    }
    text
}

fn workflow(start: &str, correlate: &Correlate) -> Definition {
    let spell = |name: &&str| match start == START {
        true => (*name).to_owned(),
        false => shouted(name),
    };
    let all = |names: &[&str]| names.iter().map(spell).collect::<Vec<String>>();
    let steps = STEPS
        .iter()
        .map(|(name, participant, begins, success, failure)| Step {
            name: (*name).to_owned(),
            participant: (*participant).to_owned(),
            begins: all(&[begins]),
            success: all(success),
            failure: all(failure),
            ..Step::default()
        });
    Definition {
        id: "workflow".to_owned(),
        style: Style::Orchestration,
        correlate: correlate.clone(),
        start: vec![start.to_owned()],
        turned_back: Vec::new(),
        timeout: None,
        steps: steps.collect(),
        end: End {
            completed: all(&COMPLETED),
            cancelled: all(&CANCELLED),
            together: Vec::new(),
        },
        parking: Parking::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_known() {
        let by = Correlate::Stream(None);
        let (plain, _) = beginning_with(START, &by).unwrap();
        let (loud, _) = beginning_with("EVENT_TYPE_WORKFLOW_EXECUTION_STARTED", &by).unwrap();
        assert_eq!(plain.steps[1].begins, ["TimerStarted"]);
        assert_eq!(loud.steps[1].begins, ["EVENT_TYPE_TIMER_STARTED"]);
        assert!(beginning_with("OrderPlaced", &by).is_none());
    }
}
