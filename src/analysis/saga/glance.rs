//! What a list tells of an instance at a glance: what went wrong with it, and what of it nobody undid. It
//! takes reading, so it is worked out for those only that somebody looks at.

use super::failure::{self, Failure};
use super::report::Asking;
use super::status::Judged;
use super::steps::Instance;
use crate::model::{Cancelled, EventIx};

/// What went wrong with an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glance {
    /// What failed, if anything did.
    pub failure: Option<Failure>,
    /// Steps that could be undone and are not.
    pub open: Vec<String>,
}

impl Glance {
    /// It in words; none where nothing went wrong.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        let failure = self.failure.as_ref();
        let failure = failure.map(|own| format!("{}: {}", own.class.name(), own.reason));
        let open = (!self.open.is_empty()).then(|| format!("not undone: {}", self.open.join(", ")));
        let all: Vec<String> = failure.into_iter().chain(open).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }
}

impl Judged {
    /// What went wrong with the instances that begin with those events, each with its event; none of
    /// those that are no processes.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn glances(
        &self,
        asking: Asking<'_>,
        firsts: &[EventIx],
    ) -> Result<Vec<(EventIx, Glance)>, Cancelled> {
        let Asking {
            log,
            payloads,
            task,
        } = asking;
        let seen = firsts
            .iter()
            .filter_map(|first| self.at.beginning_with(*first));
        let instances: Vec<Instance> = seen.filter_map(|seen| self.instance(log, seen)).collect();
        let failures = failure::of(log, payloads, &instances, task)?;
        let glances = instances.iter().zip(failures).map(|(own, wrong)| {
            let steps = own.uncompensated.iter().filter_map(|at| own.steps.get(*at));
            let open = steps.map(|step| step.name.clone()).collect();
            let failure = wrong.failure;
            (own.first, Glance { failure, open })
        });
        Ok(glances.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::saga::Class;
    use crate::model::{Position, PositionName};

    #[test]
    fn what_went_wrong_comes_before_what_is_left() {
        let failure = Failure {
            class: Class::Business,
            reason: "card declined".to_owned(),
            position: PositionName {
                file: None,
                position: Position(7),
            },
        };
        let glance = |failure: Option<&Failure>, open: &[&str]| Glance {
            failure: failure.cloned(),
            open: open.iter().map(|own| (*own).to_owned()).collect(),
        };
        let words = |own: Glance| own.words();
        assert_eq!(words(glance(None, &[])), None);
        let declined = "business: card declined";
        assert_eq!(words(glance(Some(&failure), &[])).unwrap(), declined);
        assert_eq!(
            words(glance(Some(&failure), &["book", "charge"])).unwrap(),
            format!("{declined}, not undone: book, charge")
        );
    }
}
