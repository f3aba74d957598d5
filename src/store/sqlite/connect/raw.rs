//! The one place with `unsafe`: SQLite file systems (VFS) that can neither write nor create nor
//! delete a store's files, whatever SQLite decides to try. Nothing else may enter.
//!
//! `mode=ro` alone does not keep SQLite's hands off: it opens a `-wal` for writing and creates a
//! missing one, and deletes leftovers beside an empty file. Between our look at the folder and
//! SQLite's own there is always a moment in which a writer may come or go, so the guarantee must
//! sit below SQLite: a shim that hands every call to the built-in VFS, except that files of a store
//! are opened read-only and existing only, and nothing is ever deleted.
//!
//! Invariants that make the `unsafe` sound:
//! 1. A [`Shim`] is built once, registered once, and leaked: SQLite may hold on to it for ever.
//! 2. `Shim` is `repr(C)` with the `sqlite3_vfs` first, so the pointer that SQLite passes back is a
//!    pointer to the shim; only our own functions are installed with that assumption, and only in it.
//! 3. The base VFS is a static of SQLite's, valid for the whole process; the copied methods that we
//!    do not replace get our pointer, and the built-in ones read of it only fields that are copied.
//! 4. No Rust code that could panic runs inside the callbacks.

use std::ffi::{CStr, c_char, c_int};
use std::sync::OnceLock;

use rusqlite::ffi;

/// Which built-in VFS lies beneath.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vfs {
    /// The system's own, with its file locks.
    Locking,
    /// One that takes no locks; it exists on Unix only.
    Lockless,
}

/// Files that belong to a store; all others are SQLite's temporary ones, elsewhere.
const STORE_FILES: c_int = ffi::SQLITE_OPEN_MAIN_DB
    | ffi::SQLITE_OPEN_MAIN_JOURNAL
    | ffi::SQLITE_OPEN_SUPER_JOURNAL
    | ffi::SQLITE_OPEN_WAL;

const WRITING: c_int = ffi::SQLITE_OPEN_READWRITE
    | ffi::SQLITE_OPEN_CREATE
    | ffi::SQLITE_OPEN_EXCLUSIVE
    | ffi::SQLITE_OPEN_DELETEONCLOSE;

#[repr(C)]
struct Shim {
    vfs: ffi::sqlite3_vfs,
    base: *mut ffi::sqlite3_vfs,
}

/// The name under which the shim is registered; `None` where this system has no such VFS.
pub(super) fn untouching(vfs: Vfs) -> Option<&'static CStr> {
    static LOCKING: OnceLock<bool> = OnceLock::new();
    static LOCKLESS: OnceLock<bool> = OnceLock::new();
    let (registered, base, name) = match vfs {
        Vfs::Locking => (&LOCKING, None, c"asof-untouching"),
        Vfs::Lockless => (&LOCKLESS, Some(c"unix-none"), c"asof-untouching-lockless"),
    };
    registered
        .get_or_init(|| register(base, name))
        .then_some(name)
}

fn register(base: Option<&CStr>, name: &'static CStr) -> bool {
    let base_name = base.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: the name is null (the default VFS) or a C string; the answer is null or one of
    // SQLite's statics (invariant 3).
    let base = unsafe { ffi::sqlite3_vfs_find(base_name) };
    if base.is_null() {
        return false;
    }
    keep_owners(base);
    // SAFETY: not null, a valid static of SQLite's; `sqlite3_vfs` is plain data.
    let mut vfs = unsafe { *base };
    vfs.pNext = std::ptr::null_mut();
    vfs.zName = name.as_ptr();
    vfs.xOpen = Some(open_existing);
    vfs.xDelete = Some(delete_nothing);
    let shim = Box::leak(Box::new(Shim { vfs, base }));
    // SAFETY: leaked, so valid for ever (invariant 1); not made the default (0).
    let code = unsafe { ffi::sqlite3_vfs_register(std::ptr::from_mut(shim).cast(), 0) };
    code == ffi::SQLITE_OK
}

/// Run by root, SQLite gives a log and its index to the owner of the database, which they mostly have
/// already, and changes their times by it. There is one such call for all file systems of the process.
fn keep_owners(base: *mut ffi::sqlite3_vfs) {
    // SAFETY: `fchown` has this signature where a VFS knows the call (on Unix), and elsewhere it is
    // not known and nothing happens; the function that takes its place lives for ever.
    unsafe {
        let keep: unsafe extern "C" fn(c_int, u32, u32) -> c_int = keep_owner;
        let keep: unsafe extern "C" fn() = std::mem::transmute(keep);
        if let Some(set) = (*base).xSetSystemCall {
            set(base, c"fchown".as_ptr(), Some(keep));
        }
    }
}

/// In the place of `fchown`.
unsafe extern "C" fn keep_owner(_file: c_int, _owner: u32, _group: u32) -> c_int {
    0
}

/// `xOpen`: the built-in one, with every right but that of reading taken from a store's files.
unsafe extern "C" fn open_existing(
    vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite calls this with the pointer that we registered (invariant 2).
    let base = unsafe { (*vfs.cast::<Shim>()).base };
    let flags = if flags & STORE_FILES == 0 {
        flags
    } else {
        (flags & !WRITING) | ffi::SQLITE_OPEN_READONLY
    };
    // SAFETY: invariant 3; all arguments are SQLite's own, passed on as they came.
    unsafe {
        match (*base).xOpen {
            Some(open) => open(base, name, file, flags, out_flags),
            None => ffi::SQLITE_CANTOPEN,
        }
    }
}

/// `xDelete`: refuses. Temporary files do not come here, they vanish on being closed.
unsafe extern "C" fn delete_nothing(
    _vfs: *mut ffi::sqlite3_vfs,
    _name: *const c_char,
    _sync: c_int,
) -> c_int {
    ffi::SQLITE_READONLY
}

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, OpenFlags};

    use super::*;

    #[test]
    fn the_shims_neither_create_nor_write_even_when_asked_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        for vfs in [Vfs::Locking, Vfs::Lockless] {
            let Some(name) = untouching(vfs) else {
                continue;
            };
            assert!(Connection::open_with_flags_and_vfs(&path, flags, name).is_err());
            assert!(!path.exists());
        }
        Connection::open(&path)
            .unwrap()
            .execute_batch("create table t(a)")
            .unwrap();
        let name = untouching(Vfs::Locking).unwrap();
        let shimmed = Connection::open_with_flags_and_vfs(&path, flags, name).unwrap();
        assert!(shimmed.execute_batch("insert into t values (1)").is_err());
    }

    #[test]
    fn sorting_may_still_spill_to_temporary_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        Connection::open(&path)
            .unwrap()
            .execute_batch("create table t(a)")
            .unwrap();
        let name = untouching(Vfs::Locking).unwrap();
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let shimmed = Connection::open_with_flags_and_vfs(&path, flags, name).unwrap();
        shimmed
            .execute_batch(
                "pragma temp_store = file; pragma cache_size = 5; create temp table x(a);",
            )
            .unwrap();
        let rows = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000) \
                    insert into temp.x select randomblob(200) from n";
        shimmed.execute_batch(rows).unwrap();
        let first: Vec<u8> = shimmed
            .query_row("select a from temp.x order by a limit 1", [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(first.len(), 200);
    }

    /// Run by root: an index that belongs to somebody else than the database stays theirs.
    #[cfg(unix)]
    #[test]
    fn owners_stay_as_they_are() {
        use std::os::unix::fs::{MetadataExt as _, chown};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let writer = Connection::open(&path).unwrap();
        writer
            .execute_batch("pragma journal_mode = wal; create table t(a); insert into t values (1)")
            .unwrap();
        let index = folder.path().join("store.db-shm");
        let other = 12_345;
        if chown(&index, Some(other), None).is_err() {
            println!("skipped: only root may give files away");
            return;
        }
        let name = untouching(Vfs::Locking).unwrap();
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let uri = format!("file:{}?mode=ro&readonly_shm=1", path.display());
        let shimmed = Connection::open_with_flags_and_vfs(uri, flags, name).unwrap();
        let count: i64 = shimmed
            .query_row("select count(*) from t", [], |row| row.get(0))
            .unwrap();
        assert_eq!(count, 1);
        assert_eq!(std::fs::metadata(&index).unwrap().uid(), other);
    }
}
