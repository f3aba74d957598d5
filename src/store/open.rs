//! A store as the rest of the program sees it, whatever kind of file it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use tempfile::NamedTempFile;

use super::error::OpenError;
use super::json::{JsonSource, Tail};
use super::layout::{self, Contents, Layout, LayoutError, Medium, Recognised, Role, SideKind};
use super::merge::{Join, Merged, distinct, file_names};
use super::sniff::{self, Kind, Packing};
use super::sqlite::{News, SqliteSource};
use super::unpack::{Limits, unpack_to_file};
use crate::log::{LogBuilder, PayloadReader};
use crate::model::Task;

/// How to open a store.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// Read it by this layout instead of the one that fits best.
    pub layout: Option<Layout>,
}

/// What a store was taken for and why.
#[derive(Clone, Debug)]
pub struct Recognition {
    /// The layout's id, for programs.
    pub id: String,
    /// The layout's name.
    pub name: String,
    /// How sure, 0 to 100.
    pub confidence: u8,
    /// Sentences with the points each brought.
    pub reasons: Vec<(String, u32)>,
    /// What it would be taken for otherwise.
    pub runner_up: Option<(String, u8)>,
    /// What to know about such stores.
    pub notes: String,
}

/// An opened store.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    source: Source,
    recognition: Recognition,
    contents: Contents,
}

#[derive(Debug)]
enum Source {
    Sqlite(Box<SqliteSource>),
    Json(JsonSource),
    Merged(Box<Merged>),
}

/// What following brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Followed {
    /// Nothing new.
    Same,
    /// Events were appended to the builder.
    Appended,
    /// The file is another one than was indexed: open it again.
    Rewritten,
}

impl Store {
    /// Opens `path`, a file or a folder. Reads what it takes to recognise the layout, no more,
    /// except that a packed file is unpacked first (`task` counts its bytes).
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(path: &Path, options: &OpenOptions, task: &Task) -> Result<Self, OpenError> {
        let kind = sniff::sniff(path)?;
        if let Some(sentence) = kind.refusal() {
            return Err(OpenError::NotAStore {
                sentence,
                path: path.to_owned(),
            });
        }
        let file = path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let file = file.split('.').next().unwrap_or(&file).to_owned();
        match kind {
            Kind::Sqlite(Packing::Plain) => Self::open_sqlite(path, &file, options, None, task),
            Kind::Sqlite(packing) => {
                let (unpacked, _) = unpack_to_file(path, packing, Limits::default(), task)?;
                Self::open_sqlite(path, &file, options, Some(&Arc::new(unpacked)), task)
            }
            _ => Self::open_json(path, &file, options, task),
        }
    }

    /// Opens `files` as one store, in this order; a single one as [`Store::open`] does.
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
        let mut stores = Vec::with_capacity(files.len());
        let mut known: Vec<PathBuf> = Vec::new();
        for (path, options) in files {
            let store = Self::open(path, options, task)?;
            let canonical = std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
            if known.contains(&canonical) {
                return Err(OpenError::Twice { path: path.clone() });
            }
            known.push(canonical);
            stores.push(store);
        }
        let paths: Vec<&Path> = files.iter().map(|(path, _)| &**path).collect();
        let contents = stores[0].contents.clone();
        let merged = Merged::new(stores, file_names(&paths), join);
        Ok(Self {
            path: paths[0].to_owned(),
            recognition: merged.recognition(),
            source: Source::Merged(Box::new(merged)),
            contents,
        })
    }

    /// The files that it is made of, each under its own name; none where it is a single one.
    #[must_use]
    pub fn files(&self) -> Vec<(&str, &Self)> {
        match &self.source {
            Source::Merged(merged) => merged.named().collect(),
            Source::Sqlite(_) | Source::Json(_) => Vec::new(),
        }
    }

    fn open_sqlite(
        path: &Path,
        file: &str,
        options: &OpenOptions,
        unpacked: Option<&Arc<NamedTempFile>>,
        task: &Task,
    ) -> Result<Self, OpenError> {
        let read = unpacked.map_or(path, |unpacked| unpacked.path());
        let (database, facts) = SqliteSource::open(read, task)?;
        let (layout, recognition) = match &options.layout {
            Some(layout) => chosen(layout),
            None => match SqliteSource::recognise(&facts, &layout::built_in()) {
                Some(found) => recognised(found),
                None => {
                    let names: Vec<&str> = facts
                        .tables
                        .iter()
                        .map(|table| table.name.as_str())
                        .collect();
                    let found = match names.len() {
                        0 => "This SQLite database has no tables".to_owned(),
                        _ => format!(
                            "This SQLite database has the tables {}, none of which looks like events",
                            list(&names)
                        ),
                    };
                    return Err(OpenError::NoEvents {
                        found,
                        contents: Box::new(Contents::of_sqlite(&facts)),
                        path: path.to_owned(),
                    });
                }
            },
        };
        check_medium(&layout, Medium::Sqlite)?;
        let source = SqliteSource::new(read, database, layout, file, unpacked.cloned())?;
        let source = Source::Sqlite(Box::new(source));
        Ok(Self {
            path: path.to_owned(),
            source,
            recognition,
            contents: Contents::of_sqlite(&facts),
        })
    }

    fn open_json(
        path: &Path,
        file: &str,
        options: &OpenOptions,
        task: &Task,
    ) -> Result<Self, OpenError> {
        let (records, facts) = JsonSource::open(path, task)?;
        let (layout, recognition) = match &options.layout {
            Some(layout) => chosen(layout),
            None => match layout::recognise_json(&facts, &layout::built_in()) {
                Some(found) => recognised(found),
                None => {
                    let found = match facts.records.len() {
                        0 => format!(
                            "This is {} without a single object in it",
                            article(&records.shape().to_string())
                        ),
                        _ => format!(
                            "This is {}, but its objects do not look like events",
                            article(&records.shape().to_string())
                        ),
                    };
                    return Err(OpenError::NoEvents {
                        found,
                        contents: Box::new(Contents::of_json(&facts)),
                        path: path.to_owned(),
                    });
                }
            },
        };
        check_medium(&layout, Medium::Json)?;
        let source = Source::Json(JsonSource::new(records, layout, file));
        Ok(Self {
            path: path.to_owned(),
            source,
            recognition,
            contents: Contents::of_json(&facts),
        })
    }

    /// The file or folder as it was named; the first of several.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All files and folders as they were named.
    #[must_use]
    pub fn paths(&self) -> Vec<PathBuf> {
        match &self.source {
            Source::Merged(merged) => merged.stores().map(|store| store.path.clone()).collect(),
            Source::Sqlite(_) | Source::Json(_) => vec![self.path.clone()],
        }
    }

    /// What the file is: "SQLite", "JSON lines".
    #[must_use]
    pub fn format(&self) -> String {
        match &self.source {
            Source::Sqlite(_) => "SQLite".to_owned(),
            Source::Json(json) => json.records().shape().to_string(),
            Source::Merged(merged) => distinct(merged.stores().map(Self::format)).join(", "),
        }
    }

    /// How the file is read without touching it, in a sentence; and whether it had to be copied.
    #[must_use]
    pub fn access(&self) -> String {
        match &self.source {
            Source::Sqlite(sqlite) => sqlite.mode().to_string(),
            Source::Json(json) => match json.records().unpacked().count() {
                0 => "Read in place".to_owned(),
                _ => "Unpacked into a private copy".to_owned(),
            },
            Source::Merged(merged) => distinct(merged.stores().map(Self::access)).join("; "),
        }
    }

    /// What it was taken for and why.
    #[must_use]
    pub fn recognition(&self) -> &Recognition {
        &self.recognition
    }

    /// The tables or keys that a mapping can name; of several files those of the first.
    #[must_use]
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// The layout it is read by; of several files that of the first.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        match &self.source {
            Source::Sqlite(sqlite) => sqlite.layout(),
            Source::Json(json) => json.layout(),
            Source::Merged(merged) => merged.first().layout(),
        }
    }

    /// Payload keys that only copy the envelope and are left out of every fold.
    #[must_use]
    pub fn envelope_copies(&self) -> Vec<String> {
        match &self.source {
            Source::Merged(merged) => distinct(merged.stores().flat_map(Self::envelope_copies)),
            Source::Sqlite(_) | Source::Json(_) => self.layout().events.envelope_copies.clone(),
        }
    }

    /// What the store does not hold, by the field's words.
    #[must_use]
    pub fn lacks(&self) -> Vec<String> {
        if let Source::Merged(merged) = &self.source {
            let all: Vec<Vec<String>> = merged.stores().map(Self::lacks).collect();
            let everywhere = |name: &String| all.iter().all(|lacks| lacks.contains(name));
            return all[0]
                .iter()
                .filter(|name| everywhere(name))
                .cloned()
                .collect();
        }
        let layout = self.layout();
        let roles = Role::ALL
            .into_iter()
            .filter(|role| !matches!(role, Role::Ended | Role::Category));
        let mut lacks: Vec<String> = roles
            .filter(|role| layout.column(*role).is_none())
            .map(|role| role.name().to_owned())
            .collect();
        let sides = SideKind::ALL
            .into_iter()
            .filter(|kind| self.side_rows(*kind).is_none());
        lacks.extend(sides.map(|kind| kind.name().to_owned()));
        lacks
    }

    /// How many rows a side table has; `None` where the store has no such table.
    #[must_use]
    pub fn side_rows(&self, kind: SideKind) -> Option<u64> {
        match &self.source {
            Source::Sqlite(sqlite) => sqlite.side_rows(kind),
            Source::Json(_) => None,
            Source::Merged(merged) => {
                let rows = merged.stores().filter_map(|store| store.side_rows(kind));
                rows.reduce(|all, more| all + more)
            }
        }
    }

    /// Bytes of the file; of all files of a folder.
    #[must_use]
    pub fn size(&self) -> u64 {
        match &self.source {
            Source::Sqlite(_) => std::fs::metadata(&self.path).map_or(0, |file| file.len()),
            Source::Json(json) => {
                let files = json.records();
                let sizes = files
                    .files()
                    .map(|(path, _)| std::fs::metadata(path).map_or(0, |file| file.len()));
                sizes.sum()
            }
            Source::Merged(merged) => merged.stores().map(Self::size).sum(),
        }
    }

    /// An empty builder for the order that the layout asks for.
    #[must_use]
    pub fn builder(&self) -> LogBuilder {
        match &self.source {
            Source::Sqlite(sqlite) => sqlite.builder(),
            Source::Json(json) => json.builder(),
            Source::Merged(_) => Merged::builder(),
        }
    }

    /// Reads payloads back; shared and usable from any thread.
    #[must_use]
    pub fn payloads(&self) -> Arc<dyn PayloadReader> {
        match &self.source {
            Source::Sqlite(sqlite) => sqlite.payloads(),
            Source::Json(json) => json.payloads(),
            Source::Merged(merged) => merged.payloads(),
        }
    }

    /// Reads all events that were not read yet into `builder`, calling `publish` after each chunk.
    /// Leaves [`LogBuilder::finish`] to the caller.
    ///
    /// # Errors
    /// See [`OpenError`]; single bad records are reported to the builder instead.
    pub fn index(
        &mut self,
        builder: &mut LogBuilder,
        task: &Task,
        publish: &mut dyn FnMut(&mut LogBuilder),
    ) -> Result<(), OpenError> {
        match &mut self.source {
            Source::Sqlite(sqlite) => sqlite.index(builder, task, publish)?,
            Source::Json(json) => json.index(builder, Tail::AtRest, task, publish)?,
            Source::Merged(merged) => merged.index(builder, task, publish)?,
        }
        Ok(())
    }

    /// Looks for new events and reads them into `builder`.
    ///
    /// # Errors
    /// As [`Store::index`]; a file that is gone for a moment (replaced) is worth another try.
    pub fn follow(&mut self, builder: &mut LogBuilder, task: &Task) -> Result<Followed, OpenError> {
        self.follow_at(Instant::now(), builder, task)
    }

    /// As [`Store::follow`] with the time told, which decides how long a last line without its end
    /// has been waiting for the rest.
    ///
    /// # Errors
    /// As [`Store::follow`].
    pub fn follow_at(
        &mut self,
        now: Instant,
        builder: &mut LogBuilder,
        task: &Task,
    ) -> Result<Followed, OpenError> {
        let before = builder.len();
        let news = match &mut self.source {
            Source::Sqlite(sqlite) => {
                let news = sqlite.news(task)?;
                if news == News::Appended {
                    sqlite.index(builder, task, &mut |_| {})?;
                }
                news
            }
            Source::Json(json) => json.follow(now, builder, task)?,
            Source::Merged(merged) => return merged.follow_at(now, builder, task),
        };
        Ok(match news {
            News::Rewritten => Followed::Rewritten,
            _ if builder.len() > before => Followed::Appended,
            _ => Followed::Same,
        })
    }
}

fn chosen(layout: &Layout) -> (Layout, Recognition) {
    let recognition = Recognition {
        id: layout.id.clone(),
        name: layout.name.clone(),
        confidence: 100,
        reasons: vec![("This mapping was chosen".to_owned(), 100)],
        runner_up: None,
        notes: layout.notes.clone(),
    };
    (layout.clone(), recognition)
}

fn recognised(found: Recognised) -> (Layout, Recognition) {
    let Recognised { best, runner_up } = found;
    let recognition = Recognition {
        id: best.layout.id.clone(),
        name: best.layout.name.clone(),
        confidence: best.confidence,
        reasons: best.reasons,
        runner_up,
        notes: best.layout.notes.clone(),
    };
    (best.layout, recognition)
}

fn check_medium(layout: &Layout, medium: Medium) -> Result<(), LayoutError> {
    if layout.medium == medium {
        return Ok(());
    }
    let message = match medium {
        Medium::Sqlite => "since it is for JSON and the store is SQLite",
        Medium::Json => "since it is for SQLite and the store is JSON",
    };
    Err(LayoutError {
        file: layout.id.clone(),
        message: message.to_owned(),
    })
}

fn list(names: &[&str]) -> String {
    const SHOWN: usize = 5;
    match names.len() {
        n if n > SHOWN => format!("{} and {} more", names[..SHOWN].join(", "), n - SHOWN),
        _ => names.join(", "),
    }
}

fn article(noun: &str) -> String {
    match noun {
        "JSON without events" => "JSON".to_owned(),
        "JSON lines" | "JSON values" => format!("a file of {noun}"),
        _ => format!("a {noun}"),
    }
}
