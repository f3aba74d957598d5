//! What a statement may do: read. Everything else SQLite asks about while it prepares a statement,
//! and is told no; the sentence why is kept, since SQLite's own is "not authorized".

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;

use crate::model::Task;

/// The largest value, and the largest row while it is sorted.
const LARGEST_VALUE: i32 = 64 << 20;

/// Instructions of SQLite's machine between two looks at the task: far below a millisecond.
const STRIDE: i32 = 1000;

/// Pragmas that only tell what there is.
const HARMLESS: &[&str] = &[
    "table_info",
    "table_xinfo",
    "function_list",
    "module_list",
    "pragma_list",
    "collation_list",
    "compile_options",
];

/// Why what writes is refused.
pub(super) const WRITES: &str = "only reading is possible here, and this would write";

/// Why the last statement was refused, if it was.
#[derive(Clone, Debug, Default)]
pub(super) struct Refusal(Arc<Mutex<Option<String>>>);

impl Refusal {
    pub fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The first reason is the one that a person understands: what follows from it comes later.
    fn keep(&self, why: String) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get_or_insert(why);
    }
}

/// Makes a connection one that can only read and that stops when the task is called off.
pub(super) fn guard(connection: &mut Connection, task: &Task) -> rusqlite::Result<Refusal> {
    // A name in double quotes that is no column is a mistake, not a text.
    for (config, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
    ] {
        connection.set_db_config(config, on)?;
    }
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LARGEST_VALUE)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    let refusal = Refusal::default();
    let kept = refusal.clone();
    connection.authorizer(Some(move |context: AuthContext<'_>| {
        match refused(&context.action) {
            None => Authorization::Allow,
            Some(why) => {
                kept.keep(why);
                Authorization::Deny
            }
        }
    }))?;
    let task = task.clone();
    connection.progress_handler(STRIDE, Some(move || task.is_cancelled()))?;
    Ok(refusal)
}

/// Why an action is not allowed; none where it only reads.
fn refused(action: &AuthAction<'_>) -> Option<String> {
    let only = |what: &str| Some(format!("only reading is possible here, and this {what}"));
    match action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => None,
        AuthAction::Function { function_name }
            if !function_name.eq_ignore_ascii_case("load_extension") =>
        {
            None
        }
        AuthAction::Pragma { pragma_name, .. }
            if HARMLESS
                .iter()
                .any(|name| pragma_name.eq_ignore_ascii_case(name)) =>
        {
            None
        }
        AuthAction::Function { .. } => only("would load an extension"),
        AuthAction::Pragma { pragma_name, .. } => only(&format!("would use PRAGMA {pragma_name}")),
        AuthAction::Attach { .. } => only("would attach another file"),
        AuthAction::Detach { .. } => only("would detach a file"),
        AuthAction::Transaction { .. } | AuthAction::Savepoint { .. } => {
            only("would begin or end a transaction")
        }
        _ => Some(WRITES.to_owned()),
    }
}
