//! Small stores written by hand, and layouts to read them by.

// Each test binary makes some of them.
#![allow(dead_code)]

use std::path::PathBuf;

use asof::store::layout::{Layout, from_toml};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::opened::Opened;

pub struct Made {
    pub path: PathBuf,
    _folder: TempDir,
}

pub fn made(sql: &str) -> Made {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    Made {
        path,
        _folder: folder,
    }
}

pub fn layout(rest: &str) -> Layout {
    let head = "id = 'test'\nname = 'Test'\nmedium = 'sqlite'\n";
    from_toml("test", &format!("{head}{rest}")).unwrap()
}

pub fn read(sql: &str, rest: &str) -> (Opened, Made) {
    let made = made(sql);
    (Opened::by(&made.path, layout(rest)), made)
}
