//! A store as the rest of the program sees it, whatever kind of file it is.

mod applications;
mod folder;
mod opening;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use applications::Application;

use super::error::OpenError;
use super::json::{JsonSource, Look, Tail};
use super::layout::{Contents, Layout, Role, SideKind};
use super::merge::{Merged, distinct};
use super::sqlite::connect::ReadMode;
use super::sqlite::{News, SideRows, SqliteSource};
use crate::log::{LogBuilder, NoRows, NoTables, PayloadReader, Problem, RowSource, TableSource};
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
    /// As they were named, where it is made of several.
    named: Vec<PathBuf>,
    /// Which application's it is, where its file holds those of several.
    application: Option<Application>,
    options: OpenOptions,
    source: Source,
    recognition: Recognition,
    contents: Contents,
    /// What could not be unpacked, until it is reported.
    damage: Option<String>,
}

#[derive(Debug)]
enum Source {
    Sqlite(Box<SqliteSource>),
    Json(Box<JsonSource>),
    Merged(Box<Merged>),
}

/// What following brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Followed {
    /// Nothing new.
    Same,
    /// Events or problems were added to the builder, or problems taken back.
    Appended,
    /// The file is another one than was indexed: open it again.
    Rewritten,
}

impl Store {
    /// The files that it is made of, each under its own name; none where it is a single one.
    #[must_use]
    pub fn files(&self) -> Vec<(&str, &Self)> {
        match &self.source {
            Source::Merged(merged) => merged.named().collect(),
            Source::Sqlite(_) | Source::Json(_) => Vec::new(),
        }
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
            Source::Merged(_) => self.named.clone(),
            Source::Sqlite(_) | Source::Json(_) => vec![self.path.clone()],
        }
    }

    /// The files that its events come from.
    fn files_read(&self) -> Vec<PathBuf> {
        match &self.source {
            Source::Merged(merged) => {
                let own = merged.stores().filter(|store| !store.is_further());
                own.flat_map(Self::files_read).collect()
            }
            Source::Sqlite(_) => vec![self.path.clone()],
            Source::Json(json) => {
                let files = json.records().files();
                files.map(|(path, _)| path.to_owned()).collect()
            }
        }
    }

    /// What the file is: "SQLite", "JSON lines".
    #[must_use]
    pub fn format(&self) -> String {
        match &self.source {
            Source::Sqlite(_) => "SQLite".to_owned(),
            Source::Json(json) => json.records().format(),
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

    /// That a private copy of it had to be made, in a sentence; none where it is read in place.
    #[must_use]
    pub fn copied(&self) -> Option<String> {
        match &self.source {
            Source::Sqlite(sqlite) => {
                let mode = sqlite.mode();
                matches!(mode, ReadMode::PrivateCopy { .. }).then(|| mode.to_string())
            }
            Source::Json(_) => None,
            Source::Merged(merged) => merged.stores().find_map(Self::copied),
        }
    }

    /// Whether it is read by a layout that was given.
    #[must_use]
    pub fn is_mapped(&self) -> bool {
        self.options.layout.is_some()
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

    /// What the store does not hold, by the field's words, of what its kind could hold: a JSON file has
    /// no side tables. Several files lack what each of them lacks that could hold it.
    #[must_use]
    pub fn lacks(&self) -> Vec<String> {
        let all: Vec<&Self> = match &self.source {
            Source::Merged(merged) => merged.stores().collect(),
            Source::Sqlite(_) | Source::Json(_) => vec![self],
        };
        let roles = Role::ALL.into_iter().filter(|role| {
            let told = !matches!(role, Role::Ended | Role::EndedAt | Role::Category);
            told && all.iter().all(|store| {
                store
                    .layout()
                    .sources()
                    .all(|own| own.column(*role).is_none())
            })
        });
        let tables = all
            .iter()
            .any(|store| matches!(store.source, Source::Sqlite(_)));
        let sides = SideKind::ALL
            .into_iter()
            .filter(|kind| tables && all.iter().all(|store| !store.has_side(*kind)));
        let roles = roles.map(|role| role.name().to_owned());
        roles
            .chain(sides.map(|kind| kind.name().to_owned()))
            .collect()
    }

    /// Whether the store has that side table.
    #[must_use]
    pub fn has_side(&self, kind: SideKind) -> bool {
        match &self.source {
            Source::Sqlite(sqlite) => sqlite.has_side(kind),
            Source::Json(_) => false,
            Source::Merged(merged) => merged.stores().any(|store| store.has_side(kind)),
        }
    }

    /// How many rows a side table has, as far as that is counted quickly; `None` where the store has
    /// no such table.
    #[must_use]
    pub fn side_rows(&self, kind: SideKind) -> Option<SideRows> {
        match &self.source {
            Source::Sqlite(sqlite) => sqlite.side_rows(kind),
            Source::Json(_) => None,
            Source::Merged(merged) => {
                let rows = merged.stores().filter_map(|store| store.side_rows(kind));
                rows.reduce(SideRows::and)
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
            Source::Merged(merged) => {
                let other = merged.stores().filter(|store| !store.is_further());
                other.map(Self::size).sum()
            }
        }
    }

    /// Leaves the ids of correlation and causation out of the index that is still to be made, where that
    /// saves time, which is in a SQLite file by itself: they mostly stand in the metadata, and of most layouts
    /// nothing else does.
    pub fn leave_out_causes(&mut self) {
        if let Source::Sqlite(sqlite) = &mut self.source {
            sqlite.leave_out(&[Role::CorrelationId, Role::CausationId]);
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

    /// Reads what stands beside the events; shared and usable from any thread.
    #[must_use]
    pub fn rows(&self) -> Arc<dyn RowSource> {
        match &self.source {
            Source::Sqlite(sqlite) => sqlite.rows(),
            Source::Json(_) => Arc::new(NoRows),
            Source::Merged(merged) => merged.rows(),
        }
    }

    /// Reads tables that are none of events; shared and usable from any thread.
    #[must_use]
    pub fn tables(&self) -> Arc<dyn TableSource> {
        match &self.source {
            Source::Sqlite(sqlite) => sqlite.tables(),
            Source::Json(_) => Arc::new(NoTables),
            Source::Merged(merged) => merged.tables(|store| !store.is_further()),
        }
    }

    /// The same by the file that each is in.
    pub(in crate::store) fn tables_by_file(&self) -> Vec<(&Path, Arc<dyn TableSource>)> {
        match &self.source {
            Source::Merged(merged) => {
                let own = merged.stores().filter(|store| !store.is_further());
                own.flat_map(Self::tables_by_file).collect()
            }
            Source::Sqlite(_) | Source::Json(_) => vec![(&self.path, self.tables())],
        }
    }

    /// Reads all events that were not read yet into `builder`, calling `publish` after each chunk.
    /// Leaves [`LogBuilder::finish`] to the caller.
    ///
    /// [`Followed::Rewritten`] says that the store turned out to be another than the first chunks made
    /// it seem: perhaps its recognition and its payloads are others now, and it is to be indexed into
    /// another builder. That happens only at the first time and while following: a large object in a
    /// JSON file may say at its end what nobody expected, and a stream may have a namesake in another
    /// of several files.
    ///
    /// # Errors
    /// See [`OpenError`]; single bad records are reported to the builder instead.
    pub fn index(
        &mut self,
        builder: &mut LogBuilder,
        tail: Tail,
        task: &Task,
        publish: &mut dyn FnMut(&mut LogBuilder),
    ) -> Result<Followed, OpenError> {
        let damage = self.damage.take().map(|message| Problem {
            place: "file".to_owned(),
            message,
        });
        builder.report_loss(damage);
        if self.settle_on_the_whole(builder, tail, task, publish)? == Followed::Rewritten {
            return Ok(Followed::Rewritten);
        }
        match &mut self.source {
            Source::Sqlite(sqlite) => (sqlite.index(builder, task, publish))
                .map_err(|error| OpenError::from(error).about(&self.path))?,
            Source::Json(json) => json.index(builder, tail, task, publish)?,
            Source::Merged(merged) => return merged.index(builder, tail, task, publish),
        }
        Ok(Followed::Appended)
    }

    /// Looks at all of a file of which only the beginning and the end were looked at. While following,
    /// the first screen comes before that.
    fn settle_on_the_whole(
        &mut self,
        builder: &mut LogBuilder,
        tail: Tail,
        task: &Task,
        publish: &mut dyn FnMut(&mut LogBuilder),
    ) -> Result<Followed, OpenError> {
        let Source::Json(json) = &mut self.source else {
            return Ok(Followed::Same);
        };
        if !json.records().is_provisional() {
            return Ok(Followed::Same);
        }
        if tail == Tail::Following {
            json.first_screen(builder, task, publish)?;
        }
        let whole = Self::open_json(&self.path, &[], &self.options, Look::Whole, task)?;
        if tail == Tail::Following
            && let Source::Json(whole) = &whole.source
            && json.go_on_by(whole, builder, task)? == Followed::Same
        {
            return Ok(Followed::Same);
        }
        *self = whole;
        Ok(match tail {
            Tail::AtRest => Followed::Same,
            Tail::Following => Followed::Rewritten,
        })
    }

    /// Looks for new events and reads them into `builder`.
    ///
    /// # Errors
    /// As [`Store::index`]; a file that is gone for a moment (replaced) is worth another try.
    pub fn follow(&mut self, builder: &mut LogBuilder, task: &Task) -> Result<Followed, OpenError> {
        self.follow_at(Instant::now(), builder, task)
    }

    /// What keeps one of several files from being followed, as of the last look for news, where others
    /// go on.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        match &self.source {
            Source::Merged(merged) => merged.trouble().map(str::to_owned),
            Source::Sqlite(_) | Source::Json(_) => None,
        }
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
        match &mut self.source {
            Source::Sqlite(sqlite) => Ok(match sqlite.follow(builder, task)? {
                News::None => Followed::Same,
                News::Appended => Followed::Appended,
                News::Rewritten => Followed::Rewritten,
            }),
            Source::Json(json) => Ok(json.follow(now, builder, task)?),
            Source::Merged(merged) => merged.follow_at(now, builder, task),
        }
    }
}
