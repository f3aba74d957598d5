//! What a process is, as somebody wrote it down or as it was mined: its steps, who does them, what
//! undoes them, and how long is too long. A TOML file of the workspace.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::json::Pointer;
use crate::model::time::Span;

/// A process. Event types are given by name; steps stand in their usual order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Its name.
    pub id: String,
    /// Who leads.
    pub style: Style,
    /// What ties its events together.
    #[serde(default)]
    pub correlate: Correlate,
    /// Types that begin an instance where nothing in their group caused them.
    pub start: Vec<String>,
    /// Types that turn it back, beside a step's failure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turned_back: Vec<String>,
    /// How long it may be silent where no step is waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Timeout>,
    /// Its steps.
    #[serde(default, rename = "step")]
    pub steps: Vec<Step>,
    /// How it ends.
    #[serde(default)]
    pub end: End,
    /// When a person is waited for.
    #[serde(default, skip_serializing_if = "Parking::is_never")]
    pub parking: Parking,
}

/// Who leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// Services react to each other's events.
    Choreography,
    /// One service tells the others what to do.
    Orchestration,
}

impl Style {
    /// Its name within a sentence.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Choreography => "choreography",
            Self::Orchestration => "orchestration",
        }
    }
}

/// A step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// Who does it.
    #[serde(default)]
    pub participant: String,
    /// What it begins with: the event that its participant reacts to, or the command.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub begins: Vec<String>,
    /// How it ends well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub success: Vec<String>,
    /// An attempt that failed, after which another begins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retry: Vec<String>,
    /// How it fails for good.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failure: Vec<String>,
    /// What undoes it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub compensation: Vec<String>,
    /// Whether others wait for it.
    #[serde(default, skip_serializing_if = "Heed::is_usual")]
    pub heed: Heed,
    /// How long the process may be silent while it waits for this step, or for what undoes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Timeout>,
}

/// Whether a step is waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heed {
    /// The process waits for it.
    #[default]
    Awaited,
    /// It is a reaction beside the path: nothing goes on from it, and the process ends without it.
    Beside,
}

impl Heed {
    const fn is_usual(&self) -> bool {
        matches!(self, Self::Awaited)
    }
}

/// How a process ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// Types that end it well.
    #[serde(default)]
    pub completed: Vec<String>,
    /// Types that end it otherwise.
    #[serde(default)]
    pub cancelled: Vec<String>,
    /// Types that end it well once each of them has come, in whatever order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub together: Vec<String>,
}

impl End {
    /// Whether anything ends it.
    pub(super) const fn is_told(&self) -> bool {
        !(self.completed.is_empty() && self.cancelled.is_empty() && self.together.is_empty())
    }
}

/// Types between which a person is waited for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parking {
    /// From these on.
    #[serde(default)]
    pub parked: Vec<String>,
    /// Until these.
    #[serde(default)]
    pub resumed: Vec<String>,
}

impl Parking {
    fn is_never(&self) -> bool {
        self.parked.is_empty() && self.resumed.is_empty()
    }
}

/// What ties the events of an instance together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Correlate {
    /// The correlation id that they share.
    #[default]
    CorrelationId,
    /// Who caused whom.
    Causation,
    /// The stream that they stand in, of this category or of any.
    Stream(Option<String>),
    /// A value in their payloads: a business key.
    Key(Pointer),
}

impl TryFrom<String> for Correlate {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "correlation_id" => return Ok(Self::CorrelationId),
            "causation" => return Ok(Self::Causation),
            "stream" => return Ok(Self::Stream(None)),
            _ => {}
        }
        if let Some(category) = text.strip_prefix("stream:") {
            return Ok(Self::Stream(Some(category.to_owned())));
        }
        match text.strip_prefix("data.") {
            Some(path) if !path.is_empty() => Ok(Self::Key(Pointer::through(path.split('.')))),
            _ => Err(format!(
                "events are tied by correlation_id, causation, stream, stream:CATEGORY or data.FIELD, not by {text}"
            )),
        }
    }
}

impl From<Correlate> for String {
    fn from(correlate: Correlate) -> Self {
        correlate.to_string()
    }
}

impl fmt::Display for Correlate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CorrelationId => f.write_str("correlation_id"),
            Self::Causation => f.write_str("causation"),
            Self::Stream(None) => f.write_str("stream"),
            Self::Stream(Some(category)) => write!(f, "stream:{category}"),
            Self::Key(pointer) => write!(f, "data.{}", pointer.keys().join(".")),
        }
    }
}

impl Correlate {
    /// What ties events together, within a sentence.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::CorrelationId => "tied by correlation id".to_owned(),
            Self::Causation => "tied by who caused whom".to_owned(),
            Self::Stream(None) => "each a stream".to_owned(),
            Self::Stream(Some(category)) => format!("each a stream of {category}"),
            Self::Key(_) => format!("tied by {self}"),
        }
    }
}

/// How long is long enough, in whole units: `30s`, `15m`, `2h`, `4d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timeout(pub Span);

const SECOND: i64 = 1_000_000;
const UNITS: [(i64, &str); 5] = [
    (86_400 * SECOND, "d"),
    (3600 * SECOND, "h"),
    (60 * SECOND, "m"),
    (SECOND, "s"),
    (1000, "ms"),
];

impl FromStr for Timeout {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("a span of time is written as 30s, 15m, 2h or 4d, not {text}");
        let unit = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (count, unit) = text.split_at(unit);
        let known = UNITS.iter().find(|(_, name)| *name == unit.trim());
        let count: Option<i64> = count.parse().ok();
        let span = known
            .zip(count)
            .and_then(|((one, _), count)| count.checked_mul(*one));
        span.map(|span| Self(Span::from_micros(span)))
            .ok_or_else(wrong)
    }
}

impl TryFrom<String> for Timeout {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Timeout> for String {
    fn from(span: Timeout) -> Self {
        span.to_string()
    }
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0.micros();
        let whole = |(one, _): &&(i64, &str)| micros >= *one && micros % one == 0;
        match UNITS.iter().find(whole) {
            Some((one, name)) => write!(f, "{}{name}", micros / one),
            // Nothing finer is written.
            None => write!(f, "{}ms", self.0.millis().max(1)),
        }
    }
}

/// Why a definition does not hold, as one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DefinitionError(String);

impl Definition {
    /// Reads a definition.
    ///
    /// # Errors
    /// It is no TOML, or says something that no definition says.
    pub fn from_toml(text: &str) -> Result<Self, DefinitionError> {
        let read: Result<Self, _> = toml::from_str(text);
        let definition = read.map_err(|error| {
            let line = error
                .span()
                .map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            let line = line.map_or(String::new(), |line| format!(" (line {line})"));
            let message = error.message().lines().collect::<Vec<_>>().join(" ");
            DefinitionError(format!("{message}{line}"))
        })?;
        if definition.start.is_empty() {
            let message = "it names no event type that begins an instance (start)";
            return Err(DefinitionError(message.to_owned()));
        }
        Ok(definition)
    }

    /// The definition as a file of the workspace.
    #[must_use]
    pub fn to_toml(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_of_the_guide_is_one() {
        let guide = std::fs::read_to_string("docs/sagas.md").unwrap();
        let example = guide.split("```toml\n").nth(1).unwrap();
        let definition = Definition::from_toml(example.split("```").next().unwrap()).unwrap();
        assert_eq!(definition.id, "checkout");
        assert_eq!(definition.steps.len(), 1);
    }

    #[test]
    fn the_definitions_of_the_samples_read_back() {
        for entry in std::fs::read_dir("sample-data/sagas").unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let definition = Definition::from_toml(&text).unwrap();
            let again = Definition::from_toml(&definition.to_toml()).unwrap();
            assert_eq!(definition, again, "{}", path.display());
            let own = text.lines().skip(1).collect::<Vec<_>>().join("\n");
            let written = definition.to_toml().replace("[parking]", "\n[parking]");
            assert_eq!(
                own.split_whitespace().count(),
                written.split_whitespace().count(),
                "{written}"
            );
        }
    }

    #[test]
    fn spans_are_whole_units() {
        for text in ["30s", "90s", "15m", "2h", "4d", "250ms"] {
            let span: Timeout = text.parse().unwrap();
            assert_eq!(span.to_string(), text);
        }
        for text in ["", "15", "m", "1.5h", "-2h", "9999999999999999d"] {
            assert!(text.parse::<Timeout>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_ties_events_is_named() {
        for text in [
            "correlation_id",
            "causation",
            "stream",
            "stream:orders",
            "data.order.id",
        ] {
            let correlate = Correlate::try_from(text.to_owned()).unwrap();
            assert_eq!(correlate.to_string(), text);
        }
        assert!(Correlate::try_from("data.".to_owned()).is_err());
        assert!(Correlate::try_from("order_id".to_owned()).is_err());
    }

    #[test]
    fn what_is_wrong_is_one_sentence_with_its_line() {
        let error = |text: &str| Definition::from_toml(text).unwrap_err().to_string();
        assert_eq!(
            error("id = \"x\"\nstyle = \"choreography\"\nstart = []"),
            "it names no event type that begins an instance (start)"
        );
        let unknown = error("id = \"x\"\nstyle = \"choreography\"\nstart = [\"A\"]\nsteps = 1");
        assert!(
            unknown.contains("unknown field `steps`") && unknown.ends_with("(line 4)"),
            "{unknown}"
        );
    }
}
