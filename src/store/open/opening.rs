//! From paths to a store: what a file is, which layout it has, and why.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::NamedTempFile;

use super::applications::{File, called};
use super::folder::{Found, is_timed, stores_in};
use super::{OpenOptions, Source, Store};
use crate::model::Task;
use crate::store::error::OpenError;
use crate::store::json::{JsonSource, Look, Records, SAMPLED};
use crate::store::layout::{self, Contents, JsonFacts, Layout, Medium};
use crate::store::merge::{Join, Merged, Newcomers};
use crate::store::recognise::{self, check, chosen, first_that_fits, no_events_in, recognised};
use crate::store::sniff::{self, Kind, Packing};
use crate::store::sqlite::{Choice, SqliteSource};
use crate::store::stem::stem;
use crate::store::unpack::{Limits, unpack_to_file};

impl Store {
    /// Opens `path`, a file or a folder. Reads what it takes to recognise the layout, no more,
    /// except that a packed file is unpacked first (`task` counts its bytes).
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(path: &Path, options: &OpenOptions, task: &Task) -> Result<Self, OpenError> {
        Self::open_by(path, options, Look::Beginning, task)
    }

    pub(super) fn open_by(
        path: &Path,
        options: &OpenOptions,
        look: Look,
        task: &Task,
    ) -> Result<Self, OpenError> {
        match kind(path)? {
            Kind::Sqlite(Packing::Plain) => Self::open_sqlite(path, options, None, task),
            Kind::Sqlite(packing) => {
                let (unpacked, damage) = unpack_to_file(path, packing, Limits::default(), task)
                    .map_err(|error| OpenError::of_unpacking(error, path))?;
                let mut store = Self::open_sqlite(path, options, Some(Arc::new(unpacked)), task)
                    .map_err(|error| error.about(path))?;
                store.damage = damage;
                Ok(store)
            }
            Kind::Folder => {
                let found = stores_in(path, options, look, task)?;
                Ok(Self::of_folder(path, options, found))
            }
            _ => Self::open_json(path, &[], options, look, task),
        }
    }

    /// What is in a folder as one store.
    fn of_folder(path: &Path, options: &OpenOptions, found: Found) -> Self {
        let Found {
            mut stores,
            passed,
            files,
        } = found;
        let mut store = match stores.len() {
            1 => stores.remove(0),
            _ => {
                let join = match stores.iter().any(is_timed) {
                    true => Join::Time,
                    false => Join::Listed,
                };
                Self::of_several(stores, vec![path.to_owned()], options, join)
            }
        };
        if let Source::Merged(merged) = &mut store.source {
            merged.look_for(Newcomers::new(path, options, files));
        }
        let passed = passed.into_iter().map(|sentence| (sentence, 0));
        store.recognition.reasons.extend(passed);
        store
    }

    pub(super) fn of_several(
        stores: Vec<Self>,
        named: Vec<PathBuf>,
        options: &OpenOptions,
        join: Join,
    ) -> Self {
        let names = called(&stores);
        let contents = stores[0].contents.clone();
        let merged = Merged::new(stores, names, join);
        Self {
            path: named[0].clone(),
            named,
            options: options.clone(),
            recognition: merged.recognition(),
            source: Source::Merged(Box::new(merged)),
            contents,
            application: None,
            damage: None,
        }
    }

    /// Opens `files` as one store, in this order; a single one as [`Store::open`] does. A layout is
    /// for files of its medium: another one recognises itself, as long as some file is of it.
    ///
    /// # Errors
    /// See [`OpenError`]; that files have no times may be found only by [`Store::index`].
    ///
    /// # Panics
    /// Where there is no file.
    pub fn open_all(
        files: &[(PathBuf, OpenOptions)],
        join: Join,
        task: &Task,
    ) -> Result<Self, OpenError> {
        if let [(path, options)] = files {
            return Self::open(path, options, task);
        }
        let kinds = files.iter().map(|(path, _)| kind(path));
        let kinds: Vec<Kind> = kinds.collect::<Result<_, OpenError>>()?;
        let is_of = |kind: &Kind, layout: &Layout| match medium(kind) {
            Some(medium) => medium == layout.medium,
            // A folder sorts that out by itself.
            None => true,
        };
        let mut stores: Vec<Self> = Vec::with_capacity(files.len());
        let mut passed: Vec<(String, u32)> = Vec::new();
        for ((path, options), own) in files.iter().zip(&kinds) {
            let meant = |layout: &&Layout| {
                is_of(own, layout) || !kinds.iter().any(|kind| is_of(kind, layout))
            };
            let options = OpenOptions {
                layout: options.layout.as_ref().filter(meant).cloned(),
            };
            // How far the one before was says nothing of this one.
            task.set_done(0);
            task.set_total(0);
            // What each is must be known before they can be put together.
            let found = match own {
                Kind::Folder => stores_in(path, &options, Look::Whole, task)?,
                _ => Found::one(Self::open_by(path, &options, Look::Whole, task)?),
            };
            passed.extend(found.passed.into_iter().map(|sentence| (sentence, 0)));
            stores.extend(found.stores.into_iter().flat_map(Self::apart));
        }
        refuse_twice(files.iter().map(|(path, _)| &**path))?;
        // Of a folder there may be several parts.
        let single = (stores.iter()).filter(|store| !store.path.is_dir() && !store.is_further());
        refuse_twice(single.map(|store| &*store.path))?;
        let named = files.iter().map(|(path, _)| path.clone()).collect();
        let mut store = Self::of_several(stores, named, &files[0].1, join);
        store.recognition.reasons.extend(passed);
        Ok(store)
    }

    fn open_sqlite(
        path: &Path,
        options: &OpenOptions,
        unpacked: Option<Arc<NamedTempFile>>,
        task: &Task,
    ) -> Result<Self, OpenError> {
        let read = (unpacked.as_deref().map_or(path, NamedTempFile::path)).to_owned();
        let (database, facts) = SqliteSource::open(&read, task)?;
        let found = match &options.layout {
            Some(layout) => {
                check(layout, Medium::Sqlite)?;
                let (layout, recognition) = chosen(layout);
                let fitted = SqliteSource::fit(&database, &facts, layout, Choice::Made);
                recognise::Found {
                    fitted: fitted.map_err(|unfit| unfit.explain(&database))?,
                    recognition,
                    alike: Vec::new(),
                }
            }
            None => first_that_fits(&database, &facts)?.map_err(|aside| OpenError::NoEvents {
                found: no_events_in(&facts, aside),
                contents: Box::new(Contents::of_sqlite(&facts)),
                path: path.to_owned(),
            })?,
        };
        let recognise::Found {
            fitted,
            recognition,
            alike,
        } = found;
        let file = File {
            path,
            read: &read,
            options,
            unpacked,
            facts: &facts,
            recognition,
        };
        match alike.len() {
            0 | 1 => Ok(file.store(database, fitted, &stem(path), None)),
            _ => file.together((database, fitted), alike, task),
        }
    }

    /// Opens a JSON file, or a folder but `without` some of its files.
    pub(super) fn open_json(
        path: &Path,
        without: &[PathBuf],
        options: &OpenOptions,
        look: Look,
        task: &Task,
    ) -> Result<Self, OpenError> {
        let layouts = match &options.layout {
            Some(_) => Vec::new(),
            None => layout::built_in(),
        };
        let (records, facts) = JsonSource::open(path, without, look, &layouts, task)?;
        let found = match &options.layout {
            Some(layout) => {
                check(layout, Medium::Json)?;
                Some(chosen(layout))
            }
            None => layout::recognise_json(&facts, &layouts).map(recognised),
        };
        let (layout, recognition) = match found {
            // What a path leads to may begin anywhere.
            Some((layout, _)) if layout.events.records.is_some() && records.is_provisional() => {
                return Self::open_json(path, without, options, Look::Whole, task);
            }
            Some(found) => found,
            // The rest of the file may tell.
            None if records.is_provisional() => {
                return Self::open_json(path, without, options, Look::Whole, task);
            }
            None => {
                return Err(OpenError::NoEvents {
                    found: objects(&records, &facts),
                    contents: Box::new(Contents::of_json(&facts)),
                    path: path.to_owned(),
                });
            }
        };
        let source = JsonSource::new(records, layout, &stem(path), task)?;
        Ok(Self {
            path: path.to_owned(),
            named: Vec::new(),
            options: options.clone(),
            source: Source::Json(Box::new(source)),
            recognition,
            contents: Contents::of_json(&facts),
            application: None,
            damage: None,
        })
    }
}

/// What a path holds, where that can be a store.
fn kind(path: &Path) -> Result<Kind, OpenError> {
    let kind = sniff::sniff(path)?;
    match kind.refusal() {
        Some(sentence) => Err(OpenError::NotAStore {
            sentence,
            path: path.to_owned(),
        }),
        None => Ok(kind),
    }
}

/// What layouts of it are for; none where that can be either.
const fn medium(kind: &Kind) -> Option<Medium> {
    match kind {
        Kind::Sqlite(_) => Some(Medium::Sqlite),
        Kind::Folder => None,
        Kind::Json(_) | Kind::Empty | Kind::Other(_) => Some(Medium::Json),
    }
}

/// One file under two names, in whatever spelling, would be every event twice.
fn refuse_twice<'p>(paths: impl Iterator<Item = &'p Path>) -> Result<(), OpenError> {
    let mut known: Vec<PathBuf> = Vec::new();
    for path in paths {
        let canonical = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if known.contains(&canonical) {
            let path = path.to_owned();
            return Err(OpenError::Twice { path });
        }
        known.push(canonical);
    }
    Ok(())
}

/// What a JSON file holds instead of events.
fn objects(records: &Records, facts: &JsonFacts) -> String {
    let called = records.shape().with_article();
    let large = records.size().is_ok_and(|size| size > SAMPLED as u64);
    // What keeps it from having one, if something does.
    let why = match &facts.problems[..] {
        [] => String::new(),
        problems => format!(" ({})", problems.join("; ")),
    };
    match (facts.records.len(), large) {
        (0, false) => format!("This is {called} without a single object in it{why}"),
        (0, true) => format!(
            "This is {called} without a single object of up to {} MiB in it{why}",
            SAMPLED >> 20
        ),
        _ => {
            let found = records.shape().without_events(&keys(&facts.records));
            format!("This is {found}, which do not look like events")
        }
    }
}

/// The keys of some records, for a sentence.
fn keys(records: &[String]) -> String {
    const SHOWN: usize = 5;
    const LONGEST: usize = 40;
    let mut keys: Vec<String> = Vec::new();
    for record in records.iter().take(20) {
        let read: Option<serde_json::Map<String, serde_json::Value>> =
            serde_json::from_str(record).ok();
        for key in read.iter().flat_map(serde_json::Map::keys) {
            let shown: String = key.chars().take(LONGEST).collect();
            let shown = shown.replace(char::is_control, "\u{fffd}");
            if !keys.contains(&shown) {
                keys.push(shown);
            }
        }
    }
    match keys.len() {
        0 => "no keys".to_owned(),
        n if n > SHOWN => format!("{} and {} more", keys[..SHOWN].join(", "), n - SHOWN),
        _ => keys.join(", "),
    }
}
