//! A folder: one store split over files, as long as these are of one kind, else several stores whose
//! events make one log. What in it is no store is passed over, and that is said.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::{OpenOptions, Source, Store};
use crate::model::Task;
use crate::model::json::{Picker, Pointer};
use crate::store::error::OpenError;
use crate::store::json::{JsonError, JsonSource, Look, files_in, is_called_json};
use crate::store::layout::{self, Layout, Medium, Role, Source as ColumnSource, Within};
use crate::store::sniff::{Kind, sniff};

/// A folder of more JSON files than this is one store split over them: nobody keeps so many stores
/// of different kinds together.
const LOOKED_AT: usize = 256;

/// Names of files in a sentence.
const NAMED: usize = 5;

/// The stores in a folder, and what was passed over, in sentences.
#[derive(Default)]
pub(super) struct Found {
    pub stores: Vec<Store>,
    pub passed: Vec<String>,
    /// The files that there were.
    pub files: Vec<PathBuf>,
}

/// JSON files that are read alike.
struct Group {
    /// By what; nothing where that was not asked.
    by: Option<Layout>,
    files: Vec<PathBuf>,
}

/// Opens what is in a folder. Where it is one store its path is the folder.
pub(super) fn stores_in(
    folder: &Path,
    options: &OpenOptions,
    look: Look,
    task: &Task,
) -> Result<Found, OpenError> {
    let mut found = Found::default();
    let files = Files::of(folder, options, &mut found, task)?;
    let layout = options.layout.as_ref();
    let groups = match layout {
        None => groups(&files.json, task)?,
        Some(_) => one_group(&files.json),
    };
    let grouped: Vec<PathBuf> = groups.iter().flat_map(|own| own.files.clone()).collect();
    let foreign = others(&files.json, &grouped);
    let options = OpenOptions {
        layout: layout.filter(|own| own.medium == Medium::Json).cloned(),
    };
    if found.stores.is_empty() && groups.len() < 2 {
        // As it always was: a sentence says what stands in the way, if something does.
        found.pass_over(&foreign, "no events as the others have them");
        let opened = Store::open_json(folder, &foreign, &options, look, task);
        let store = opened.map_err(|error| found.instead_of(error))?;
        found.stores.push(store);
        return Ok(found);
    }
    found.pass_over(&foreign, "nothing in it looks like events");
    let called = files.other.iter().filter(|path| is_called_json(path));
    found.pass_over(&called.cloned().collect::<Vec<_>>(), "it is no JSON");
    for group in groups {
        let opened = match &group.files[..] {
            [file] => Store::open_by(file, &options, Look::Whole, task),
            own => Store::open_json(folder, &files.without(own), &options, Look::Whole, task),
        };
        found.take(&group.files[0], opened)?;
    }
    found.keep_times();
    if found.stores.is_empty() {
        let (path, why) = (folder.to_owned(), String::new());
        return Err(found.instead_of(JsonError::EmptyFolder { why, path }.into()));
    }
    Ok(found)
}

/// The files of a folder beside its databases.
#[derive(Default)]
struct Files {
    json: Vec<PathBuf>,
    other: Vec<PathBuf>,
}

impl Files {
    /// Opens the databases, unless a layout is for JSON.
    fn of(
        folder: &Path,
        options: &OpenOptions,
        found: &mut Found,
        task: &Task,
    ) -> Result<Self, OpenError> {
        let mut files = Self::default();
        let layout = options.layout.as_ref();
        let databases = layout.is_none_or(|layout| layout.medium == Medium::Sqlite);
        found.files = files_in(folder)?;
        for path in found.files.clone() {
            task.check()?;
            match sniff(&path) {
                Ok(Kind::Sqlite(_)) if databases => {
                    let opened = Store::open_by(&path, options, Look::Whole, task);
                    found.take(&path, opened)?;
                }
                Ok(Kind::Json(_)) => files.json.push(path),
                _ => files.other.push(path),
            }
        }
        Ok(files)
    }

    /// All but these.
    fn without(&self, own: &[PathBuf]) -> Vec<PathBuf> {
        others(self.json.iter().chain(&self.other), own)
    }
}

/// The files that are none of these. A folder may hold hundreds of thousands.
fn others<'f>(all: impl IntoIterator<Item = &'f PathBuf>, these: &[PathBuf]) -> Vec<PathBuf> {
    let these: HashSet<&PathBuf> = these.iter().collect();
    let all = all.into_iter().filter(|path| !these.contains(path));
    all.cloned().collect()
}

impl Found {
    /// A file that is a store.
    pub fn one(store: Store) -> Self {
        Self {
            stores: vec![store],
            ..Self::default()
        }
    }

    /// Why there is nothing in the folder, where what was passed over says it better.
    fn instead_of(&self, error: OpenError) -> OpenError {
        match error {
            OpenError::Json(JsonError::EmptyFolder { path, .. }) if !self.passed.is_empty() => {
                let why = format!(" ({})", self.passed.join("; "));
                OpenError::Json(JsonError::EmptyFolder { why, path })
            }
            error => error,
        }
    }

    /// Takes a store, or says why it is none.
    fn take(&mut self, path: &Path, opened: Result<Store, OpenError>) -> Result<(), OpenError> {
        match opened {
            Ok(store) => self.stores.extend(store.apart()),
            Err(OpenError::Cancelled(cancelled)) => return Err(cancelled.into()),
            Err(error) => {
                // The path is named in front.
                let why = error.to_string();
                let why = why.strip_suffix(&format!(": {}", path.display()));
                let why = why.map_or_else(|| error.to_string(), str::to_owned);
                self.passed
                    .push(format!("{} was passed over: {why}", name(path)));
            }
        }
        Ok(())
    }

    fn pass_over(&mut self, paths: &[PathBuf], why: &str) {
        let names: Vec<String> = paths.iter().map(|path| name(path)).collect();
        let sentence = match names.len() {
            0 => return,
            1 => format!("{} was passed over: {why}", names[0]),
            n if n > NAMED => {
                let (shown, more) = (names[..NAMED].join(", "), n - NAMED);
                format!("{shown} and {more} more were passed over: {why}")
            }
            _ => format!("{} were passed over: {why}", names.join(", ")),
        };
        self.passed.push(sentence);
    }

    /// Leaves out stores without times where others have them: nothing says where among these their
    /// events belong.
    fn keep_times(&mut self) {
        if !self.stores.iter().any(is_timed) {
            return;
        }
        let untimed = self.stores.extract_if(.., |store| !is_timed(store));
        let untimed: Vec<PathBuf> = untimed.flat_map(|store| store.files_read()).collect();
        let why = "its events have no times to put them among the others by; open it by itself";
        untimed
            .iter()
            .for_each(|path| self.pass_over(std::slice::from_ref(path), why));
    }
}

/// Whether the layout names a time.
pub(super) fn is_timed(store: &Store) -> bool {
    let of = |layout: &Layout| {
        layout.sources().any(|own| {
            let mut roles = [Role::RecordedAt, Role::OccurredAt].into_iter();
            roles.any(|role| own.column(role).is_some())
        })
    };
    match &store.source {
        Source::Merged(merged) => merged.stores().all(is_timed),
        Source::Sqlite(_) | Source::Json(_) => of(store.layout()),
    }
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

fn one_group(files: &[PathBuf]) -> Vec<Group> {
    let group = Group {
        by: None,
        files: files.to_vec(),
    };
    Vec::from_iter((!files.is_empty()).then_some(group))
}

/// JSON files by what they are. Those that say nothing by themselves, since a file may be a single
/// event, go with the first kind that they have what it takes for.
fn groups(files: &[PathBuf], task: &Task) -> Result<Vec<Group>, OpenError> {
    if files.len() < 2 || files.len() > LOOKED_AT {
        return Ok(one_group(files));
    }
    let layouts = layout::built_in();
    let mut groups: Vec<Group> = Vec::new();
    let mut silent: Vec<(&PathBuf, Vec<String>)> = Vec::new();
    for path in files {
        let (found, records) = match JsonSource::open(path, &[], Look::Beginning, &layouts, task) {
            Ok((_, facts)) => (layout::recognise_json(&facts, &layouts), facts.records),
            Err(JsonError::Cancelled(cancelled)) => return Err(cancelled.into()),
            // The folder's own reader says what is wrong with it.
            Err(_) => (None, Vec::new()),
        };
        let Some(found) = found else {
            silent.push((path, records));
            continue;
        };
        let by = found.best.layout;
        let alike = |group: &&mut Group| group.by.as_ref().is_some_and(|own| alike(own, &by));
        match groups.iter_mut().find(alike) {
            Some(group) => group.files.push(path.clone()),
            None => groups.push(Group {
                by: Some(by),
                files: vec![path.clone()],
            }),
        }
    }
    if groups.is_empty() {
        return Ok(one_group(files));
    }
    for (path, records) in silent {
        if let Some(group) = groups.iter_mut().find(|group| group.has_room_for(&records)) {
            group.files.push(path.clone());
        }
    }
    let place = |path: &PathBuf| files.iter().position(|file| file == path);
    for group in &mut groups {
        group.files.sort_by_key(place);
    }
    Ok(groups)
}

/// Whether two files are of one store. A guess knows a few records only, so that what is rare differs
/// from file to file, and the stream may be the file in one that has but one.
fn alike(a: &Layout, b: &Layout) -> bool {
    let same = |role: Role| a.column(role) == b.column(role);
    let own_stream = |layout: &Layout| {
        let source = layout.column(Role::Stream).map(|column| &column.source);
        matches!(source, Some(ColumnSource::At(Within::Record, _)))
    };
    let streams = same(Role::Stream) || !own_stream(a) || !own_stream(b);
    a.id == b.id && (a.id != layout::GUESSED || same(Role::Type) && same(Role::Payload) && streams)
}

impl Group {
    /// Whether records without a layout of their own have the type that a guess takes. Without a record
    /// there is nothing amiss.
    fn has_room_for(&self, records: &[String]) -> bool {
        let guessed = self.by.as_ref().filter(|by| by.id == layout::GUESSED);
        let Some(by) = guessed else {
            return records.is_empty();
        };
        // The type, and anything else that a guess goes by.
        let of_record = |role: &Role| match &by.column(*role)?.source {
            ColumnSource::At(Within::Record, spots) => Some(spots.first()?.pointer.clone()),
            _ => None,
        };
        let roles = [
            Role::Type,
            Role::Stream,
            Role::Payload,
            Role::RecordedAt,
            Role::OccurredAt,
        ];
        let pointers: Vec<Pointer> = roles.iter().filter_map(of_record).collect();
        let picker = Picker::new(&pointers);
        let mut slots = vec![None; picker.slots()];
        let wanted = pointers.len().min(2);
        records.iter().all(|record| {
            let read = picker.pick(record, &mut slots).is_ok();
            read && slots.iter().flatten().count() >= wanted
        })
    }
}
