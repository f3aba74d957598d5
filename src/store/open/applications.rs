//! One file that holds the logs of several applications, or of a table for each kind of aggregate: each
//! is opened by itself, and they make one store as several files do.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::NamedTempFile;

use super::{OpenOptions, Recognition, Source, Store};
use crate::model::Task;
use crate::store::error::OpenError;
use crate::store::layout::{Alike, Contents, SqliteFacts};
use crate::store::merge::{Join, file_names};
use crate::store::sqlite::connect::Database;
use crate::store::sqlite::{Choice, Fitted, SqliteSource, Unfit};
use crate::store::stem::stem;

/// One of those whose logs are in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Application {
    /// What it is called.
    pub name: String,
    /// Which of the file's, from 0.
    pub number: usize,
}

/// A SQLite file that was recognised.
pub(super) struct File<'f> {
    /// As it was named.
    pub path: &'f Path,
    /// What is read of it: itself, or what it was unpacked to.
    pub read: &'f Path,
    pub options: &'f OpenOptions,
    pub unpacked: Option<Arc<NamedTempFile>>,
    pub facts: &'f SqliteFacts,
    pub recognition: Recognition,
}

impl File<'_> {
    /// The store that reads `database` by a layout that fits, under the name `called`.
    pub fn store(
        &self,
        database: Database,
        fitted: Fitted,
        called: &str,
        application: Option<Application>,
    ) -> Store {
        let unpacked = self.unpacked.clone();
        let source = SqliteSource::new(self.read, database, fitted, called, unpacked);
        Store {
            path: self.path.to_owned(),
            named: Vec::new(),
            options: self.options.clone(),
            source: Source::Sqlite(Box::new(source)),
            recognition: self.recognition.clone(),
            contents: Contents::of_sqlite(self.facts),
            application,
            damage: None,
        }
    }

    /// The store of all tables that are laid out alike; of the one that was recognised `first` where no
    /// other can be read.
    pub fn together(
        &self,
        first: (Database, Fitted),
        alike: Vec<Alike>,
        task: &Task,
    ) -> Result<Store, OpenError> {
        let names = names(&alike, self.path);
        let (mut stores, mut aside) = (Vec::new(), Vec::new());
        for (own, name) in alike.into_iter().zip(names) {
            let database = SqliteSource::connect(self.read, task)?;
            match SqliteSource::fit(&database, self.facts, own.layout, Choice::Recognised) {
                Ok(fitted) => {
                    let number = stores.len();
                    let application = Application {
                        name: name.clone(),
                        number,
                    };
                    stores.push(self.store(database, fitted, &name, Some(application)));
                }
                Err(Unfit::Unknown(error)) => return Err(error.into()),
                Err(unfit) => aside.push((format!("`{name}` was left out: {unfit}"), 0)),
            }
        }
        let mut store = match stores.len() {
            0 | 1 => self.store(first.0, first.1, &stem(self.path), None),
            _ => {
                let named = vec![self.path.to_owned()];
                Store::of_several(stores, named, self.options, Join::TimeIfAny)
            }
        };
        store.recognition.reasons.extend(aside);
        Ok(store)
    }
}

/// What tables that are laid out alike are called; the one without a name of its own is called as the
/// file at `path`.
fn names(alike: &[Alike], path: &Path) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(alike.len());
    for own in alike {
        let own = match own.name.is_empty() {
            true => stem(path),
            false => own.name.clone(),
        };
        let taken = |name: &String| {
            let mut names = names.iter();
            names.any(|other| other.eq_ignore_ascii_case(name))
        };
        let mut numbered = (2..).map(|number| format!("{own}-{number}"));
        let name = match taken(&own) {
            true => numbered.find(|name| !taken(name)),
            false => None,
        };
        names.push(name.unwrap_or(own));
    }
    names
}

/// What stores are called that make one: no two the same.
pub(super) fn called(stores: &[Store]) -> Vec<String> {
    let paths = stores.iter().map(|store| match &store.application {
        // No ending is cut off from it.
        Some(own) => PathBuf::from(format!("{}.db", own.name)),
        None => store.path.clone(),
    });
    let paths: Vec<PathBuf> = paths.collect();
    file_names(&paths.iter().map(PathBuf::as_path).collect::<Vec<_>>())
}

impl Store {
    /// Whether it is one of a file's that has another before it.
    pub(super) fn is_further(&self) -> bool {
        let own = self.application.as_ref();
        own.is_some_and(|own| own.number > 0)
    }

    /// The stores that it is made of; itself where it is made of none.
    pub(super) fn apart(self) -> Vec<Self> {
        match self.source {
            Source::Merged(merged) => merged.into_stores().collect(),
            Source::Sqlite(_) | Source::Json(_) => vec![self],
        }
    }
}
