//! What the window shows: the open store, the cursor, the selection, the answers. Plain data that
//! views read and only `app` changes; nothing here draws.

mod answers;
mod colours;
mod cursor;
mod kept_filter;
mod matching;
mod pages;
mod play;
mod reach;
mod reordered;
mod stream_events;
mod trail;
mod understand;
mod wanted;

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use answers::{Answers, BodyCache};
pub use colours::{COLOURED, CategoryColours};
pub use cursor::{Cursor, Direction, Step};
pub use kept_filter::{bound as kept_bound, filter_in, kept_filter};
pub use matching::{EventRows, Matching, SearchState};
pub use pages::{LagPage, Page, SagaPage};
pub use play::{PlayState, Playback, SPEEDS};
pub use reach::{CutShort, Reach};
pub use reordered::Reordered;
pub use stream_events::{Known, StreamEvents};
pub use trail::{Place, Trail};
pub use understand::Understood;

use crate::analysis::events::EventFilter;
use crate::analysis::lag::Samples;
use crate::log::{Bound, Clock, Log, Mask, Masked, MaskedFields, PayloadReader, TableSource};
use crate::model::time::{Edge, InputContext, Style, Zone};
use crate::model::{CategoryIx, EventIx, StreamIx, Timestamp};
use crate::worker::{AskLag, Opened, Running, SessionId, Subject, Unread, Watched, Written};
use crate::workspace::{Settings, Workspace};

/// The views of the rail.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// What the store is.
    #[default]
    Overview,
    /// Every event.
    Events,
    /// Every stream.
    Streams,
    /// One stream as of the cursor.
    State,
    /// Folds of the user's own.
    Projections,
    /// Every business process as of the cursor.
    Sagas,
    /// Who processes events, and how far behind.
    Lag,
    /// What is wrong with it.
    Audit,
    /// Statements over all of it.
    Sql,
}

impl View {
    /// All of them, in the order of the rail.
    pub const ALL: [Self; 9] = [
        Self::Overview,
        Self::Events,
        Self::Streams,
        Self::State,
        Self::Projections,
        Self::Sagas,
        Self::Lag,
        Self::Audit,
        Self::Sql,
    ];

    /// Its name on the rail.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Events => "Events",
            Self::Streams => "Streams",
            Self::State => "State",
            Self::Projections => "Projections",
            Self::Sagas => "Sagas",
            Self::Lag => "Lag",
            Self::Audit => "Audit",
            Self::Sql => "SQL",
        }
    }
}

/// What stands before the payloads of a store of which fields are masked.
pub struct Veil {
    session: SessionId,
    payloads: Arc<dyn PayloadReader>,
}

impl std::fmt::Debug for Veil {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Veil")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// An open store.
#[derive(Debug)]
pub struct Session {
    /// What it is.
    pub opened: Opened,
    /// Its log so far.
    pub log: Arc<Log>,
    /// The colours of its categories.
    pub colours: CategoryColours,
    /// Counts the snapshots of the log, so that what was made of an older one is known for it.
    pub revision: u64,
    /// Why following has stopped for the moment.
    pub trouble: Option<String>,
    /// Indexing came to no end: the log is only a part.
    pub cut_short: Option<CutShort>,
    /// What was seen of its consumers while it was followed.
    pub samples: Arc<Samples>,
    /// Its consumers as they are asked about; none before the index is whole.
    pub watched: Option<Watched>,
    /// How many events it had when it was whole: one that has more is written to.
    pub began_with: Option<usize>,
    /// How quickly it grows, while it is written to.
    pub pace: Option<Pace>,
    /// What stands before its payloads, where fields of them are masked.
    pub veil: Option<Veil>,
    /// What its questions are asked under since tables of another file stand beside its own.
    pub attached: Option<SessionId>,
}

/// How quickly a log grows, from one look to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// When it was looked at last.
    pub at: Timestamp,
    /// How many events it had then.
    pub events: usize,
    /// Events a second since the look before.
    pub a_second: f64,
}

impl Pace {
    /// That of a later look.
    #[must_use]
    pub fn next(self, at: Timestamp, events: usize) -> Self {
        let seconds = (at - self.at).micros() as f64 / 1e6;
        let came = events.saturating_sub(self.events) as f64;
        match seconds > 0.0 {
            true => Self {
                at,
                events,
                a_second: came / seconds,
            },
            false => self,
        }
    }
}

impl Session {
    /// Whether the store is open and its first events are still being read: there is no moment to go to
    /// yet, and no stream.
    #[must_use]
    pub fn is_yet_to_come(&self) -> bool {
        self.log.is_empty() && !self.log.is_complete() && self.cut_short.is_none()
    }

    /// The log with its payloads, for a job.
    #[must_use]
    pub fn subject(&self) -> Subject {
        let all = self.unmasked();
        match &self.veil {
            None => all,
            Some(veil) => Subject {
                session: veil.session,
                payloads: Arc::clone(&veil.payloads),
                ..all
            },
        }
    }

    /// What its questions are asked under: another one whenever other fields are masked, so that no answer
    /// outlives the mask it was given under.
    #[must_use]
    pub fn asked_as(&self) -> SessionId {
        let veil = self.veil.as_ref();
        let whole = self.attached.unwrap_or(self.opened.session);
        veil.map_or(whole, |veil| veil.session)
    }

    /// Whether this is about the store as it is asked about now.
    #[must_use]
    pub fn subject_is(&self, subject: &Subject) -> bool {
        subject.session == self.attached.unwrap_or(self.opened.session)
    }

    /// Has these tables from now on: no answer outlives the tables it was given with.
    pub fn attach(&mut self, tables: Arc<dyn TableSource>) {
        self.opened.tables = tables;
        self.attached = Some(SessionId::unique());
        if let Some(veil) = &mut self.veil {
            veil.session = SessionId::unique();
        }
    }

    /// Masks these fields from now on, and no others.
    pub fn mask(&mut self, fields: &MaskedFields) {
        self.veil = (!fields.is_empty()).then(|| Veil {
            session: SessionId::unique(),
            payloads: Arc::new(Masked {
                payloads: Arc::clone(&self.opened.payloads),
                mask: Mask::new(fields),
            }),
        });
    }

    /// The log with its payloads as they are, for those who judge them and do not show them.
    #[must_use]
    pub fn unmasked(&self) -> Subject {
        Subject {
            session: self.attached.unwrap_or(self.opened.session),
            log: Arc::clone(&self.log),
            payloads: Arc::clone(&self.opened.payloads),
            rows: Arc::clone(&self.opened.rows),
            tables: Arc::clone(&self.opened.tables),
            rules: self.opened.rules.clone(),
            facts: Arc::clone(&self.opened.facts),
            samples: Arc::clone(&self.samples),
        }
    }

    /// The file's name, with the number of further files.
    #[must_use]
    pub fn name(&self) -> String {
        let path = &self.opened.path;
        let name = path.file_name().map_or_else(
            || path.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        );
        match self.opened.paths.len() {
            0 | 1 => name,
            files => format!("{name} + {}", files - 1),
        }
    }
}

/// What the views are about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// A stream.
    pub stream: Option<StreamIx>,
    /// An event.
    pub event: Option<EventIx>,
    /// A field of the stream's state, as a JSON pointer.
    pub field: Option<String>,
}

/// How bad a note is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// For information.
    Info,
    /// Something is not as it should be.
    Warning,
    /// Something did not work.
    Error,
}

/// A sentence for the user that stays until it is put away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// How bad.
    pub level: Level,
    /// The sentence.
    pub sentence: String,
    /// More, folded in.
    pub detail: Option<String>,
}

/// Something that was done as asked: said in passing, not to be put away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// A few words: "Copied the answer".
    pub words: String,
    /// When.
    pub at: Timestamp,
}

/// Everything that is shown.
#[derive(Debug)]
pub struct Model {
    /// The open store.
    pub session: Option<Session>,
    /// A store being opened, of which nothing is known yet.
    pub opening: Option<(SessionId, PathBuf)>,
    /// A store that could not be read as it is, for which a mapping might help.
    pub unread: Option<Box<Unread>>,
    /// Where settings and projections are kept, if anywhere.
    pub workspace: Workspace,
    /// The moment.
    pub cursor: Cursor,
    /// A second moment to compare with.
    pub compare: Option<Bound>,
    /// The projection that folds states of streams; the default fold where there is none.
    pub fold_by: Option<Written>,
    /// What the views are about.
    pub selection: Selection,
    /// The events that the events view shows.
    pub filter: EventFilter,
    /// The view.
    pub view: View,
    /// Where the user has been.
    pub trail: Trail,
    /// Whether time is running.
    pub playback: Playback,
    /// What the worker answered.
    pub answers: Answers,
    /// What is remembered between runs.
    pub settings: Settings,
    /// What is remembered about this store.
    pub store: crate::workspace::StoreWorkspace,
    /// Notes not put away yet.
    pub notes: Vec<Note>,
    /// What must be known of how the typed moment was read, for as long as the cursor stands there.
    pub typed_note: Option<String>,
    /// What was just done, in a few words for the status bar.
    pub done: Option<Done>,
    /// What the worker is busy with.
    pub running: Vec<Running>,
    /// The moment the frame began, by the computer's clock.
    pub now: Timestamp,
}

impl Model {
    /// The log of the open store.
    #[must_use]
    pub fn log(&self) -> Option<&Arc<Log>> {
        self.session.as_ref().map(|session| &session.log)
    }

    /// The zone of all times on screen.
    #[must_use]
    pub fn zone(&self) -> Zone {
        self.store.zone.unwrap_or(self.settings.zone)
    }

    /// Whether the view that is shown looks at something else than a stream, and knows what is known of it.
    #[must_use]
    pub fn has_own_answer(&self) -> bool {
        self.session.is_some() && matches!(self.view, View::Sagas | View::Projections)
    }

    /// The cursor's moment in words, with its zone; in a store without times its position.
    #[must_use]
    pub fn moment(&self) -> String {
        let as_of = self.cursor.as_of();
        match (as_of.say(self.zone()), &as_of.position) {
            (Some(time), _) => time,
            (None, Some(position)) => position.to_string(),
            (None, None) => "before the first event".to_owned(),
        }
    }

    /// A moment with all its digits, without its zone.
    #[must_use]
    pub fn time(&self, time: Timestamp) -> String {
        self.zone().format_bare(time, Style::AsNeeded)
    }

    /// The place of a category's colour among the theme's.
    #[must_use]
    pub fn colour(&self, category: CategoryIx) -> usize {
        let session = self.session.as_ref();
        session.map_or(usize::MAX, |session| session.colours.of(category))
    }

    /// An event's time by the cursor's clock.
    #[must_use]
    pub fn event_time(&self, event: EventIx) -> Option<Timestamp> {
        self.log()?.time(event, self.cursor.clock())
    }

    /// Whether an event was known at the cursor.
    #[must_use]
    pub fn is_known(&self, event: EventIx) -> bool {
        self.log()
            .is_some_and(|log| self.cursor.cut().holds(log, event))
    }

    /// The rows of the events view: those of the filter found so far, or the whole log.
    #[must_use]
    pub fn event_rows(&self) -> EventRows<'_> {
        if self.filter == EventFilter::default() {
            EventRows::All(self.log().map_or(0, |log| log.len() as u32))
        } else {
            EventRows::Some(&self.answers.matching.found().events)
        }
    }

    /// How all consumers stand at the cursor.
    #[must_use]
    pub fn ask_lag(&self, watched: &Watched) -> AskLag {
        let (cursor, of) = (&self.cursor, &watched.subject.log);
        // While a store is written to, that may be an older log.
        let is_current = self.log().is_some_and(|log| Arc::ptr_eq(log, of));
        AskLag {
            watched: watched.clone(),
            cut: match is_current {
                true => *cursor.cut(),
                false => of.cut(cursor.clock(), cursor.bound()),
            },
        }
    }

    /// What typed moments are relative to.
    #[must_use]
    pub fn input_context(&self) -> InputContext {
        InputContext {
            now: self.now,
            head: self.log().and_then(|log| log.head_time(self.clock())),
            cursor: self.cursor.time(),
            zone: self.zone(),
            edge: Edge::End,
        }
    }

    /// The clock that the cursor goes by.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.cursor.clock()
    }
}
