//! Which processes were declared: those of the user's own, and those of the bundled samples.

use std::sync::Arc;

use crate::analysis::saga::{Definition, Missing};
use crate::log::Log;
use crate::simulate::Scenario;
use crate::worker::{Asked, Question, Room, Subject, Unanswered};
use crate::workspace::{SagaFile, Workspace};

/// Asks which definitions of processes there are.
#[derive(Clone, Debug, PartialEq)]
pub struct AskSagaDefinitions {
    /// The log that they should suit.
    pub subject: Subject,
    /// Where the user's own are.
    pub workspace: Workspace,
    /// Counts the looks: another number looks again.
    pub look: u64,
}

/// A definition.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredSaga {
    /// The file's name; for one that comes with the program its own.
    pub name: String,
    /// What it says; a sentence where it does not hold.
    pub definition: Result<Arc<Definition>, String>,
    /// Of the types that it names, those that the store does not have.
    pub missing: Missing,
}

impl Question for AskSagaDefinitions {
    /// Those by which anything in the store begins, and those that do not hold: the user's own first.
    type Answer = Vec<DeclaredSaga>;
    const ROOM: Room = Room::Answers;

    fn answer(&self, _asked: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        let own = self.workspace.load_sagas();
        let own = own.map_err(|error| Unanswered::Failed(error.to_string()))?;
        let read = |SagaFile { name, text }: SagaFile| DeclaredSaga {
            definition: match Definition::from_toml(&text) {
                Ok(definition) => Ok(Arc::new(definition)),
                Err(error) => Err(error.to_string()),
            },
            missing: Missing::default(),
            name,
        };
        let bundled = Scenario::ALL.iter().map(|scenario| SagaFile {
            name: scenario.to_string(),
            text: scenario.saga_definition(),
        });
        let log = &self.subject.log;
        let all = own.into_iter().chain(bundled).map(read);
        let suiting = all.filter(|declared| declared.begins_in(log));
        let mut suiting: Vec<DeclaredSaga> = suiting.map(|own| own.counted(log)).collect();
        // Those that are the most of this store first; of equals the user's own.
        suiting.sort_by_key(|own| own.missing.types > 0);
        Ok(suiting)
    }
}

impl DeclaredSaga {
    fn counted(self, log: &Log) -> Self {
        let missing = self.definition.as_ref().map(|own| own.missing(log));
        let missing = missing.unwrap_or_default();
        Self { missing, ..self }
    }

    fn begins_in(&self, log: &Log) -> bool {
        let definition = self.definition.as_ref();
        definition.map_or(true, |definition| definition.begins_in(log))
    }
}
