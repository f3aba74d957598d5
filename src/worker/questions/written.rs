//! Definitions of projections as they are written: which there are, and whether they hold.

use std::path::Path;
use std::sync::Arc;

use hashbrown::HashMap;

use crate::analysis::projection::{
    Definition, From, Reading, ScriptError, checked, per_stream, suits,
};
use crate::log::Clock;
use crate::simulate::PROJECTIONS;
use crate::worker::{Asked, Question, Room, Subject, Unanswered};
use crate::workspace::{ProjectionFile, Workspace};

/// A definition as somebody wrote it. Cloning is cheap.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Written {
    /// The file's name; one that ends in `.json` holds a built-in projection.
    pub name: Arc<str>,
    /// What it says.
    pub text: Arc<str>,
}

impl Written {
    /// A definition under this name.
    #[must_use]
    pub fn new(name: &str, text: &str) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }

    /// What it means.
    ///
    /// # Errors
    /// Where a built-in one does not hold.
    pub fn read(&self) -> Result<Definition, ScriptError> {
        Definition::read(Path::new(&*self.name), &self.text)
    }
}

/// Definitions of which it is remembered how their states are told apart.
const JUDGED: usize = 256;

/// What a projection reads of a subject.
pub(in crate::worker) fn reading(subject: &Subject, clock: Clock) -> Reading {
    Reading {
        log: (*subject.log).clone(),
        payloads: Arc::clone(&subject.payloads),
        clock,
    }
}

/// Asks whether a definition holds.
#[derive(Clone, Debug, PartialEq)]
pub struct AskCheck {
    /// The log that it would be run over.
    pub subject: Subject,
    /// The definition.
    pub written: Written,
}

impl Question for AskCheck {
    type Answer = Result<(), ScriptError>;
    const ROOM: Room = Room::Answers;

    fn answer(&self, _asked: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        let reading = reading(&self.subject, Clock::default());
        let definition = self.written.read();
        Ok(definition.and_then(|definition| checked(&definition, &reading)))
    }
}

/// Asks which definitions there are.
#[derive(Clone, Debug, PartialEq)]
pub struct AskDefinitions {
    /// The log that bundled ones should suit.
    pub subject: Subject,
    /// Where the user's own are.
    pub workspace: Workspace,
    /// Counts the looks: another number looks again.
    pub look: u64,
}

/// A bundled definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundled {
    /// The definition.
    pub written: Written,
    /// Whether there is anything in the store that it would fold.
    pub suits: bool,
}

/// The definitions there are, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definitions {
    /// The user's own.
    pub own: Vec<Written>,
    /// Those that come with the program.
    pub bundled: Vec<Bundled>,
    /// Of all of these that suit, those with a state for each stream, and what they read.
    pub per_stream: Vec<(Written, From)>,
    /// Why the user's own could not be read.
    pub trouble: Option<String>,
}

impl Question for AskDefinitions {
    type Answer = Definitions;
    const ROOM: Room = Room::Answers;

    fn answer(&self, asked: Asked<'_>) -> Result<Definitions, Unanswered> {
        let known: &mut Known = asked.desk.of(self.subject.session);
        let (own, trouble) = match self.workspace.load_projections() {
            Ok(own) => (own, None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        let own = own.iter();
        let own = own.map(|ProjectionFile { name, text }| Written::new(name, text));
        let own: Vec<Written> = own.collect();
        let bundled = known.of(&self.subject);
        let suiting = bundled.iter().filter(|one| one.suits);
        let all = own.iter().chain(suiting.map(|one| &one.written)).cloned();
        Ok(Definitions {
            per_stream: all
                .filter_map(|written| {
                    let from = known.per_stream(&self.subject, &written)?;
                    Some((written, from))
                })
                .collect(),
            bundled,
            own,
            trouble,
        })
    }
}

/// The bundled definitions, judged once for as many events as there are; and of definitions whether
/// they have a state for each stream.
#[derive(Default)]
struct Known(usize, Vec<Bundled>, HashMap<Written, Option<From>>);

impl Known {
    fn per_stream(&mut self, subject: &Subject, written: &Written) -> Option<From> {
        if let Some(known) = self.2.get(written) {
            return known.clone();
        }
        let reading = reading(subject, Clock::default());
        let definition = written.read();
        let from = definition.ok();
        let from = from.and_then(|definition| per_stream(&definition, &reading));
        // What is written anew again and again is not kept for ever.
        if self.2.len() >= JUDGED {
            self.2.clear();
        }
        self.2.insert(written.clone(), from.clone());
        from
    }

    fn of(&mut self, subject: &Subject) -> Vec<Bundled> {
        if self.0 != subject.log.len() || self.1.is_empty() {
            let reading = reading(subject, Clock::default());
            let bundled = PROJECTIONS.iter().map(|(name, text)| {
                let written = Written::new(name, text);
                let definition = written.read();
                let suits = definition.is_ok_and(|definition| suits(&definition, &reading));
                Bundled { written, suits }
            });
            (self.0, self.1) = (subject.log.len(), bundled.collect());
        }
        self.1.clone()
    }
}
