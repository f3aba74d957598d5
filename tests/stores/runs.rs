//! Tables of workflow engines and job queues that no layout knows: runs with their steps, and histories.

use serde_json::json;

use crate::foreign::{Held, category, kinds, streams};
use crate::made::made;
use crate::opened::Opened;

/// The types of all events in the order of the log.
fn all_kinds(store: &Opened) -> Vec<&str> {
    store.log.events().map(|event| store.kind(event)).collect()
}

fn opened(sql: &str) -> Held {
    let made = made(sql);
    let store = Opened::open(&made.path);
    Held { store, _made: made }
}

#[test]
fn how_a_run_ended_is_not_known_at_its_start() {
    let store = opened(
        "CREATE TABLE WorkflowInstances (Id TEXT PRIMARY KEY, DefinitionId TEXT, Status TEXT, SubStatus TEXT, Name TEXT, IncidentCount INTEGER, CreatedAt TEXT, UpdatedAt TEXT, FinishedAt TEXT, Data TEXT);
         CREATE TABLE ActivityExecutionRecords (Id TEXT PRIMARY KEY, WorkflowInstanceId TEXT, ActivityName TEXT, StartedAt TEXT, Status TEXT, CompletedAt TEXT, SerializedException TEXT);
         INSERT INTO WorkflowInstances VALUES ('r1', 'order-wf', 'Finished', 'Faulted', NULL, 1, '2024-03-01 09:10:00', '2024-03-01 09:45:00', '2024-03-01 09:45:00', '{\"a\":1}');
         INSERT INTO ActivityExecutionRecords VALUES ('a3', 'r1', 'Reserve', '2024-03-01 09:10:01', 'Completed', '2024-03-01 09:17:00', NULL), ('a4', 'r1', 'Pay', '2024-03-01 09:24:00', 'Faulted', '2024-03-01 09:31:00', '{\"message\":\"boom\"}');",
    );
    let expected = [
        "order-wf started",
        "Reserve started",
        "Reserve completed",
        "Pay started",
        "Pay failed",
        "order-wf failed",
    ];
    assert_eq!(all_kinds(&store), expected);
    let events = store.events("r1");
    let first = store.data(events[0]);
    for later in ["SubStatus", "IncidentCount", "Data", "Status"] {
        assert_eq!(first.get(later), None, "{first}");
    }
    assert_eq!(store.data(events[4])["error"], json!({"message": "boom"}));
    assert_eq!(store.data(events[5])["SubStatus"], json!("Faulted"));
    assert_eq!(category(&store, "r1"), "order-wf");
}

#[test]
fn a_history_of_states_is_no_list_of_steps() {
    let store = opened(
        "CREATE TABLE Job (Id INTEGER PRIMARY KEY, StateId integer, StateName TEXT, InvocationData TEXT, CreatedAt datetime);
         CREATE TABLE State (Id INTEGER PRIMARY KEY, JobId integer, Name TEXT, Reason TEXT, CreatedAt datetime, Data TEXT);
         INSERT INTO Job VALUES (1, 5, 'Succeeded', '{}', '2024-03-01T08:00:00'), (2, 6, 'Failed', '{}', '2024-03-01T08:01:00');
         INSERT INTO State VALUES (1, 1, 'Enqueued', NULL, '2024-03-01 08:00:00', '{\"n\":0}'), (2, 2, 'Enqueued', NULL, '2024-03-01 08:07:00', '{\"n\":1}'), (3, 1, 'Processing', NULL, '2024-03-01 08:14:00', '{\"n\":2}'),
           (4, 2, 'Processing', NULL, '2024-03-01 08:21:00', '{\"n\":3}'), (5, 1, 'Succeeded', NULL, '2024-03-01 08:28:00', '{\"n\":4}'), (6, 2, 'Failed', NULL, '2024-03-01 08:35:00', '{\"n\":5}');",
    );
    assert_eq!(streams(&store), ["1", "2"]);
    assert_eq!(kinds(&store, "2"), ["Enqueued", "Processing", "Failed"]);
    assert_eq!(store.data(store.events("1")[2]), json!({"n": 4}));
}

#[test]
fn names_that_end_in_an_underscore() {
    let store = opened(
        "CREATE TABLE ACT_HI_PROCINST (ID_ TEXT PRIMARY KEY, PROC_INST_ID_ TEXT, PROC_DEF_KEY_ TEXT, PROC_DEF_ID_ TEXT, START_TIME_ timestamp, END_TIME_ timestamp, END_ACT_ID_ TEXT, STATE_ TEXT);
         CREATE TABLE ACT_HI_ACTINST (ID_ TEXT PRIMARY KEY, PROC_DEF_KEY_ TEXT, PROC_INST_ID_ TEXT, EXECUTION_ID_ TEXT, ACT_ID_ TEXT, TASK_ID_ TEXT, ACT_NAME_ TEXT, START_TIME_ timestamp, END_TIME_ timestamp, ACT_INST_STATE_ integer, SEQUENCE_COUNTER_ bigint);
         INSERT INTO ACT_HI_PROCINST VALUES ('p1', 'p1', 'order', 'order:1:x', '2024-03-01 08:00:00', '2024-03-01 08:42:00', 'end', 'COMPLETED');
         INSERT INTO ACT_HI_ACTINST VALUES ('a1', 'order', 'p1', 'p1', 'approve', NULL, 'Approve', '2024-03-01 08:14:00', '2024-03-01 08:21:00', 4, 2), ('a2', 'order', 'p1', 'p1', 'ship', NULL, NULL, '2024-03-01 08:28:00', '2024-03-01 08:35:00', 4, 3);",
    );
    let expected = [
        "order started",
        "Approve started",
        "Approve completed",
        "ship started",
        "ship completed",
        "order completed",
    ];
    assert_eq!(all_kinds(&store), expected);
    let first = store.data(store.events("p1")[0]);
    assert_eq!(first.get("END_ACT_ID_"), None, "{first}");
}

#[test]
fn runs_whose_key_is_not_what_looks_most_like_a_run_s_id() {
    let store = opened(
        "CREATE TABLE action_run (id INTEGER PRIMARY KEY, title TEXT, owner_id INTEGER, workflow_id TEXT, event TEXT, status INTEGER, started INTEGER, stopped INTEGER, created INTEGER);
         CREATE TABLE action_run_job (id INTEGER PRIMARY KEY, run_id INTEGER, name TEXT, job_id TEXT, status INTEGER, started INTEGER, stopped INTEGER, created INTEGER);
         INSERT INTO action_run VALUES (1, 'fix 0', 1, 'ci.yml', 'push', 1, 1709280000, 1709281680, 1709280000), (2, 'fix 1', 1, 'ci.yml', 'push', 2, 1709284200, 1709285880, 1709284200);
         INSERT INTO action_run_job VALUES (1, 1, 'build', 'build', 1, 1709280000, 1709280420, 1709280000), (2, 2, 'build', 'build', 1, 1709284200, 1709284620, 1709284200);",
    );
    assert_eq!(store.layout(), "workflow-tables");
    let expected = [
        "ci.yml started",
        "build started",
        "build completed",
        "ci.yml ended",
    ];
    assert_eq!(streams(&store), ["1", "2"]);
    assert_eq!(kinds(&store, "1"), expected);
}

#[test]
fn a_run_s_workflow_is_named_in_a_third_table() {
    let batch = opened(
        "CREATE TABLE BATCH_JOB_INSTANCE (JOB_INSTANCE_ID BIGINT PRIMARY KEY, JOB_NAME TEXT NOT NULL);
         CREATE TABLE BATCH_JOB_EXECUTION (JOB_EXECUTION_ID BIGINT PRIMARY KEY, JOB_INSTANCE_ID BIGINT NOT NULL, CREATE_TIME TIMESTAMP, START_TIME TIMESTAMP, END_TIME TIMESTAMP, STATUS TEXT);
         CREATE TABLE BATCH_STEP_EXECUTION (STEP_EXECUTION_ID BIGINT PRIMARY KEY, STEP_NAME TEXT NOT NULL, JOB_EXECUTION_ID BIGINT NOT NULL, START_TIME TIMESTAMP, END_TIME TIMESTAMP, STATUS TEXT);
         INSERT INTO BATCH_JOB_INSTANCE VALUES (5, 'importJob');
         INSERT INTO BATCH_JOB_EXECUTION VALUES (1, 5, '2024-03-01 08:00:00', '2024-03-01 08:00:00', '2024-03-01 08:28:00', 'FAILED');
         INSERT INTO BATCH_STEP_EXECUTION VALUES (1, 'read', 1, '2024-03-01 08:00:01', '2024-03-01 08:07:00', 'FAILED');",
    );
    let expected = [
        "importJob started",
        "read started",
        "read failed",
        "importJob failed",
    ];
    assert_eq!(all_kinds(&batch), expected);
    let builds = opened(
        "CREATE TABLE builders (id INTEGER PRIMARY KEY, name TEXT);
         CREATE TABLE builds (id INTEGER PRIMARY KEY, number INTEGER, builderid INTEGER, started_at INTEGER, complete_at INTEGER, state_string TEXT, results INTEGER);
         CREATE TABLE steps (id INTEGER PRIMARY KEY, number INTEGER, name TEXT, buildid INTEGER, started_at INTEGER, complete_at INTEGER, state_string TEXT, results INTEGER);
         INSERT INTO builders VALUES (3, 'linux');
         INSERT INTO builds VALUES (1, 9, 3, 1709280000, 1709281680, 'build successful', 0);
         INSERT INTO steps VALUES (1, 0, 'git', 1, 1709280001, 1709280420, 'git finished', 0);",
    );
    let expected = [
        "linux started",
        "git started",
        "git completed",
        "linux ended",
    ];
    assert_eq!(all_kinds(&builds), expected);
}

/// As n8n and Dagster keep them: each run in a row, and its steps elsewhere or nowhere.
#[test]
fn runs_without_steps_begin_and_end() {
    let store = opened(
        "CREATE TABLE workflow_entity (id TEXT PRIMARY KEY, name TEXT, active INTEGER);
         CREATE TABLE execution_entity (id INTEGER PRIMARY KEY, workflowId TEXT, finished INTEGER, mode TEXT, startedAt TEXT, stoppedAt TEXT, status TEXT, createdAt TEXT);
         INSERT INTO workflow_entity VALUES ('wf1', 'Import', 1);
         INSERT INTO execution_entity VALUES (1, 'wf1', 1, 'trigger', '2024-03-01 08:00:00.123', '2024-03-01 08:05:00.000', 'success', '2024-03-01 08:00:00.000'),
           (2, 'wf1', 0, 'trigger', '2024-03-01 08:02:00.000', '2024-03-01 08:03:00.000', 'error', '2024-03-01 08:02:00.000'), (3, 'wf1', 0, 'trigger', '2024-03-01 08:10:00.000', NULL, 'running', '2024-03-01 08:10:00.000');",
    );
    let expected = [
        "Import started",
        "Import started",
        "Import failed",
        "Import completed",
        "Import started",
    ];
    assert_eq!(all_kinds(&store), expected);
    assert_eq!(streams(&store), ["1", "2", "3"]);
    assert_eq!(category(&store, "3"), "Import");
    let first = store.data(store.events("2")[0]);
    assert_eq!(
        (first.get("status"), &first["mode"]),
        (None, &json!("trigger"))
    );
}
