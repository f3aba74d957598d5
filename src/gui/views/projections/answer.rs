//! What a projection holds as of its moment, to be copied into a ticket.

use serde_json::Value;

use super::Projections;
use crate::analysis::replay::{block, escape};
use crate::analysis::words::many;
use crate::gui::model::Model;
use crate::gui::views::{Form, Text};
use crate::gui::words;
use crate::render::{grouped, harmless};
use crate::worker::{Projected, Unanswered};

/// So many partitions are told where none is looked at: more are an export.
const PARTITIONS: usize = 20;

impl Projections {
    /// What is known of the partition that is looked at, or of all where there is none.
    pub(super) fn known(&self, model: &Model, form: Form) -> Text {
        let Some(ran) = self.ran() else {
            return Text::Failed("Run the projection to copy what it holds".to_owned());
        };
        let slot = &model.answers.projected;
        let projected = match (self.told(model), slot.unanswered()) {
            (_, Some(Unanswered::Failed(sentence))) => return Text::Failed(sentence.clone()),
            (_, Some(Unanswered::Cancelled)) => {
                return Text::Failed("The projection was called off".to_owned());
            }
            (Some(Err(error)), None) => return Text::Failed(error.to_string()),
            (Some(Ok(projected)), None) if !slot.is_pending() => projected,
            _ => return Text::Coming,
        };
        let head = head(model, &ran.name, projected);
        let body = self.body(projected);
        let mut lines = trouble(projected);
        lines.extend(model.origin());
        Text::There(match form {
            Form::Plain => format!("{head}\n{body}\n{}.", lines.join(". ")),
            Form::Markdown => {
                let lines = lines.iter().map(|line| format!("\n{}.\n", escape(line)));
                let lines: String = lines.collect();
                format!("**{}**\n\n{}\n{lines}", escape(&head), block("", &body))
            }
        })
    }

    fn body(&self, projected: &Projected) -> String {
        let partition = self.wanted.partition.as_deref();
        let partition = partition.filter(|_| projected.is_partitioned);
        let mut rows = projected.rows.iter();
        match (partition, projected.is_partitioned) {
            (Some(name), _) => {
                let own = rows.find(|row| *row.name == *name);
                let own = own.map(|row| pretty(&row.result));
                let after = || {
                    let (around, _) = projected.around.as_ref()?;
                    Some(pretty(around.after.as_ref()?.json()))
                };
                let own = own.or_else(after);
                let own = own.unwrap_or_else(|| "nothing".to_owned());
                format!("{}: {own}", harmless(name))
            }
            (None, false) => rows
                .next()
                .map_or_else(|| "nothing".to_owned(), |row| pretty(&row.result)),
            (None, true) => {
                let told = rows.by_ref().take(PARTITIONS);
                let told = told.map(|row| format!("{}: {}", harmless(&row.name), row.result));
                let mut told: Vec<String> = told.collect();
                let more = (projected.partitions as usize).saturating_sub(told.len());
                if more > 0 {
                    told.push(format!("and {} more", grouped(more as u64)));
                }
                told.join("\n")
            }
        }
    }
}

fn pretty(value: &Value) -> String {
    format!("{value:#}")
}

/// As of when, as who, and of which definition.
fn head(model: &Model, definition: &str, projected: &Projected) -> String {
    let as_of = projected.cut.as_of(&projected.log);
    let place = as_of.position.as_ref().map(ToString::to_string);
    let moment = as_of.say(model.zone()).or(place);
    let moment = moment.unwrap_or_else(|| "before the first event".to_owned());
    let consumer = projected.consumer.as_ref();
    let consumer = consumer.map_or(String::new(), |own| format!(", as {} has it", own.name));
    format!("As of {moment}{consumer}, {definition} holds:")
}

/// What keeps it from being all.
fn trouble(projected: &Projected) -> Vec<String> {
    let stopped = projected.stopped.as_ref().map(|(event, error)| {
        let at = words::position(&projected.log, *event);
        format!("Stopped at {at}: {error}")
    });
    let dead = many(projected.dead.len() as u64, "dead letter", "dead letters");
    stopped.into_iter().chain(dead).collect()
}
