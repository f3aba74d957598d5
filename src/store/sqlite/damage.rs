//! Which errors are about one row, to be told of and stepped over, and which about everything.

use rusqlite::{ErrorCode, ffi};

use super::connect::code;

/// Whether the error is about what was read rather than about reading it: a damaged page, JSON that
/// is none, a value that is too long. A busy writer, an interruption, another schema are not.
pub(super) fn is_of_a_row(error: &rusqlite::Error) -> bool {
    !matches!(
        code(error),
        Some(
            ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::OperationInterrupted
                | ErrorCode::SchemaChanged
                | ErrorCode::OutOfMemory
                | ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::ReadOnly
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::NotADatabase
                | ErrorCode::ApiMisuse
        )
    )
}

/// What SQLite would say of a page whose rows are not in their order, if it looked.
pub(super) fn corruption() -> rusqlite::Error {
    let words = "database disk image is malformed".to_owned();
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_CORRUPT), Some(words))
}

/// Whether pages are damaged, as a rule with many rows in them.
pub(super) fn is_corruption(error: &rusqlite::Error) -> bool {
    matches!(
        code(error),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::SystemIoFailure)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_no_fault_of_a_row_wherever_it_is_met() {
        let busy = ffi::Error::new(ffi::SQLITE_BUSY);
        let stepping = rusqlite::Error::SqliteFailure(busy, None);
        let preparing = rusqlite::Error::SqlInputError {
            error: busy,
            msg: "database is locked".to_owned(),
            sql: String::new(),
            offset: 0,
        };
        for error in [stepping, preparing] {
            assert!(!is_of_a_row(&error), "{error:?}");
        }
    }
}
