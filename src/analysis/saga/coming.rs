//! What comes next of an instance, where nothing that is awaited has begun, and who will do it.

use super::definition::Step;
use super::instances::Seen;
use super::report::Asking;
use super::silence::Quiet;
use super::standings::{Status, Waiting};
use super::status::Judged;
use super::usual::Comes;

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coming {
    /// An event type.
    pub name: String,
    /// Who does what it begins, or records it.
    pub participant: String,
}

/// What may come next of one with that status, where its process names nothing that it waits for: what usually
/// ends its silence.
#[must_use]
pub fn may_come<'a>(
    (status, waiting): (Status, Option<&str>),
    quiet: Option<&'a Quiet>,
) -> Option<&'a str> {
    match (status, waiting) {
        // What a person does is not waited for beside the person.
        (Status::Parked, _) | (_, Some(_)) => None,
        // Of a single case nothing is usual.
        (_, None) => {
            let quiet = quiet.filter(|quiet| quiet.usual_of > Some(1));
            quiet?.until.as_deref()
        }
    }
}

impl Judged {
    /// What comes next of an instance; none where it has ended, waits for a person, or for what has begun, or
    /// where its process does not say who does it.
    #[must_use]
    pub fn coming(&self, asking: Asking<'_>, seen: &Seen) -> Option<Coming> {
        let verdict = self.verdict(seen);
        let is_open = !verdict.status.is_end() && verdict.status != Status::Parked;
        let process = self.process(seen).filter(|_| is_open);
        let until = self
            .until(seen)
            .filter(|_| verdict.waiting == Waiting::Nothing);
        let (process, until) = process.zip(until)?;
        let Comes::Type(kind) = until.what else {
            return None;
        };
        let name = asking.log.types().get(kind);
        let steps = || process.definition.steps.iter();
        let has = |types: &[String]| types.iter().any(|own| own == name);
        let begins = steps().find(|step| has(&step.begins));
        let tells = |step: &&Step| {
            [
                &step.success,
                &step.retry,
                &step.failure,
                &step.compensation,
            ]
            .into_iter()
            .any(|types| has(types))
        };
        let by = begins.or_else(|| steps().find(tells));
        let participant = by.map(|step| step.participant.clone());
        let participant = participant.filter(|name| !name.is_empty());
        participant.map(|participant| Coming {
            name: name.to_owned(),
            participant,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    #[test]
    fn what_may_come_is_told_where_nothing_else_is_waited_for() {
        let quiet = Quiet {
            since: Timestamp::from_micros(0),
            waited_ms: 9,
            until: Some("Paid".to_owned()),
            usual_ms: Some(1),
            usual_of: Some(30),
            stuck_after_ms: None,
        };
        let running = |waiting| may_come((Status::Running, waiting), Some(&quiet));
        assert_eq!(running(None), Some("Paid"));
        assert_eq!(running(Some("pay")), None);
        assert_eq!(may_come((Status::Parked, None), Some(&quiet)), None);
        assert_eq!(may_come((Status::Completed, None), None), None);
    }
}
