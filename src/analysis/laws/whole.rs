//! Reports of what all payloads of a store and the rows beside them say together.

use serde_json::Value;

use super::Scene;
use crate::analysis::advisor::StoreFigures;
use crate::analysis::audit::{self, AuditOptions, Audited};
use crate::analysis::bodies::Bodies;
use crate::analysis::causality::{self, Subject};
use crate::analysis::replay::FoldRules;
use crate::analysis::testing::MadeUp;
use crate::analysis::testing::rows::Given;
use crate::analysis::whole::Whole;
use crate::analysis::{deeper, schema};
use crate::log::{NoTables, SideKind};
use crate::model::Task;

/// What stands beside the events, but for checkpoints and their history: how long a consumer has waited by now
/// is told up to the moment, and the head of a store cut short is an earlier one.
fn undated(scene: &Scene<'_>) -> Given {
    let rows = scene.rows.0.iter();
    let dated = [SideKind::Checkpoints, SideKind::CheckpointHistory];
    let rows = rows.filter(|(kind, _)| !dated.contains(kind));
    Given(rows.cloned().collect())
}

pub(super) fn audited(scene: &Scene<'_>) -> Value {
    let Scene { log, cut, .. } = scene;
    let audited = Audited {
        whole: Whole {
            log,
            cut: *cut,
            payloads: &MadeUp,
            shown: &MadeUp,
            rows: &undated(scene),
            fold: &FoldRules::default(),
        },
        tables: &NoTables,
    };
    let options = AuditOptions {
        evidence: usize::MAX,
        ..AuditOptions::default()
    };
    serde_json::to_value(audit::audit(&audited, &options, &Task::new()).unwrap()).unwrap()
}

/// With the figures that decisions are taken by.
pub(super) fn looked_deeper(scene: &Scene<'_>) -> Value {
    let Scene { log, cut, .. } = scene;
    let (fold, task) = (FoldRules::default(), Task::new());
    let audited = Audited {
        whole: Whole {
            log,
            cut: *cut,
            payloads: &MadeUp,
            shown: &MadeUp,
            rows: &undated(scene),
            fold: &fold,
        },
        tables: &NoTables,
    };
    let facts = audit::Facts::gather(&audited, &task).unwrap();
    let report = audit::judge(&facts, &AuditOptions::default(), &task).unwrap();
    let deeper = deeper::deeper(&facts, &task).unwrap();
    let figures = StoreFigures::of(&facts, &deeper, &report);
    let mut value = serde_json::to_value(deeper).unwrap();
    value["figures"] = serde_json::to_value(figures).unwrap();
    value
}

pub(super) fn schemas(scene: &Scene<'_>) -> Value {
    let Scene { log, cut, .. } = scene;
    let (fold, task) = (FoldRules::default(), Task::new());
    let bodies = Bodies::gather(log, cut, &MadeUp, &fold, &task).unwrap();
    let registered = schema::Registered::known(log, cut, scene.rows, &task).unwrap();
    let report = schema::schemas((log, cut), (&bodies, &MadeUp), &registered, None, &task);
    serde_json::to_value(report.unwrap()).unwrap()
}

pub(super) fn traced(scene: &Scene<'_>) -> Value {
    let Scene { log, cut, .. } = scene;
    let group = Subject::Correlation("correlation-1".to_owned());
    let report = causality::trace(log, cut, &group, &MadeUp, &Task::new()).unwrap();
    serde_json::to_value(report).unwrap()
}
