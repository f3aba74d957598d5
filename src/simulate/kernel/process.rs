//! What a scenario's business process is: its steps, who does them, what undoes them and how long is
//! too long. The same table gives the truth its timeouts and is written down as the saga definition.

use std::fmt::Write as _;
use std::time::Duration;

use serde::Serialize;

/// A process as its owner would declare it.
#[derive(Debug)]
pub struct Process {
    pub id: &'static str,
    pub style: Style,
    /// The event types that begin an instance.
    pub start: &'static [&'static str],
    pub steps: &'static [Step],
    /// How long nothing may happen where no step is waited for.
    pub timeout: Duration,
    /// The event types that turn it back, beside a step's failure.
    pub turned: &'static [&'static str],
    /// The event types after which nothing more is expected, and what they mean.
    pub completed: &'static [&'static str],
    /// Ends that are a failure; a compensated one where everything that can be undone was undone.
    pub cancelled: &'static [&'static str],
    pub parked: &'static [&'static str],
    pub resumed: &'static [&'static str],
}

/// Who leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// Services react to each other's events.
    Choreography,
    /// One service tells the others what to do.
    Orchestration,
}

/// One step of a process.
#[derive(Debug)]
pub struct Step {
    pub name: &'static str,
    pub participant: &'static str,
    /// What makes it begin: the event that it reacts to, or the command to it.
    pub begins: &'static [&'static str],
    pub success: &'static [&'static str],
    /// An attempt that failed and will be made again.
    pub retry: &'static [&'static str],
    pub failure: &'static [&'static str],
    /// What undoes it.
    pub compensation: &'static [&'static str],
    /// How long it may be silent.
    pub timeout: Duration,
}

impl Step {
    /// A step that can neither fail nor be undone; the others are made of it.
    pub const PLAIN: Self = Self {
        name: "",
        participant: "",
        begins: &[],
        success: &[],
        retry: &[],
        failure: &[],
        compensation: &[],
        timeout: Duration::from_hours(1),
    };
}

/// What an event means for its process. Steps are named by their place in [`Process::steps`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The step is waited for from now on.
    Begin(usize),
    /// An attempt at it failed and another one begins.
    Again(usize),
    Done(usize),
    /// It failed for good.
    Fail(usize),
    /// What undoes it is waited for from now on.
    Undo(usize),
    Undone(usize),
    Now(Status),
}

/// How a process stands. Whether it is stuck follows from its silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Running,
    Completed,
    Failed,
    Compensating,
    Compensated,
    Stuck,
    Parked,
}

impl Status {
    /// Whether nothing more is expected.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Compensated)
    }
}

/// Why a step failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    pub class: Class,
    pub reason: &'static str,
}

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Would pass by itself.
    Transient,
    /// A rule of the trade says no.
    Business,
    /// Something is broken.
    System,
    /// What was done cannot be undone.
    Unrecoverable,
}

impl Process {
    /// The definition as a file of the workspace.
    pub fn to_toml(&self, title: &str) -> String {
        let mut text = format!("# {title}\n");
        let style = match self.style {
            Style::Choreography => "choreography",
            Style::Orchestration => "orchestration",
        };
        let _ = writeln!(text, "id = \"{}\"\nstyle = \"{style}\"", self.id);
        let _ = writeln!(text, "correlate = \"correlation_id\"");
        list(&mut text, "start", self.start);
        list(&mut text, "turned_back", self.turned);
        let _ = writeln!(text, "timeout = \"{}\"", spelled(self.timeout));
        for step in self.steps {
            let _ = write!(text, "\n[[step]]\nname = \"{}\"\n", step.name);
            let _ = writeln!(text, "participant = \"{}\"", step.participant);
            list(&mut text, "begins", step.begins);
            list(&mut text, "success", step.success);
            list(&mut text, "retry", step.retry);
            list(&mut text, "failure", step.failure);
            list(&mut text, "compensation", step.compensation);
            let _ = writeln!(text, "timeout = \"{}\"", spelled(step.timeout));
        }
        text.push_str("\n[end]\n");
        list(&mut text, "completed", self.completed);
        list(&mut text, "cancelled", self.cancelled);
        if !self.parked.is_empty() {
            text.push_str("\n[parking]\n");
            list(&mut text, "parked", self.parked);
            list(&mut text, "resumed", self.resumed);
        }
        text
    }
}

fn list(text: &mut String, key: &str, values: &[&str]) {
    if !values.is_empty() {
        let _ = writeln!(text, "{key} = {values:?}");
    }
}

/// `15m`, `4d`: whole units of the largest kind that fits.
fn spelled(span: Duration) -> String {
    let seconds = span.as_secs();
    [(86_400, "d"), (3600, "h"), (60, "m")]
        .into_iter()
        .find(|(unit, _)| seconds >= *unit && seconds.is_multiple_of(*unit))
        .map_or(format!("{seconds}s"), |(unit, name)| {
            format!("{}{name}", seconds / unit)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_spelled_in_whole_units() {
        let spelled = [30, 90, 120, 7200, 86_400 * 4].map(|s| spelled(Duration::from_secs(s)));
        assert_eq!(spelled, ["30s", "90s", "2m", "2h", "4d"]);
    }
}
