//! A statement over the store as of a moment. What SQL sees and may do is `sql`'s to say.

use crate::log::Cut;
use crate::sql::{self, Answer, Most, Scene, Series, SqlError};
use crate::worker::{Asked, Question, Room, Subject, Unanswered};

/// As much of an answer as a person looks at; an export has all of it.
const MOST: Most = Most {
    rows: 10_000,
    bytes: 64 << 20,
};

/// Asks what a statement answers.
#[derive(Clone, Debug, PartialEq)]
pub struct AskSql {
    /// The log.
    pub subject: Subject,
    /// The moment.
    pub cut: Cut,
    /// The statement.
    pub statement: String,
}

/// What a statement answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The rows.
    pub answer: Answer,
    /// What of them can be drawn over time.
    pub series: Vec<Series>,
}

impl AskSql {
    /// The store as of the moment.
    pub(in crate::worker) fn scene(subject: &Subject, cut: &Cut) -> Scene {
        Scene {
            log: (*subject.log).clone(),
            cut: *cut,
            payloads: subject.payloads.clone(),
            rows: subject.rows.clone(),
        }
    }
}

impl Question for AskSql {
    type Answer = Result<Told, SqlError>;
    const ROOM: Room = Room::Statements;
    const LABEL: Option<&'static str> = Some("Running the statement");

    fn outdates(&self, before: &Self) -> bool {
        self.statement != before.statement || self.subject.session != before.subject.session
    }

    fn answer(&self, asked: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        let scene = Self::scene(&self.subject, &self.cut);
        asked.task.set_total(u64::from(self.cut.count()));
        match sql::ask(&scene, &self.statement, MOST, asked.task) {
            Err(SqlError::Cancelled(_)) => Err(Unanswered::Cancelled),
            Err(error) => Ok(Err(error)),
            Ok(answer) => Ok(Ok(Told {
                series: sql::series(&answer),
                answer,
            })),
        }
    }
}
