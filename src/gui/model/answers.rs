//! What the worker was asked and what it answered. A new question is one line here, in the list of
//! [`Answers`].

use hashbrown::HashMap;

use super::Matching;
use crate::log::Unreadable;
use crate::model::EventIx;
use crate::worker::{
    AskAdvice, AskAudit, AskCheck, AskComparison, AskConsumers, AskCounts, AskDefinitions,
    AskDelays, AskDifferences, AskEvent, AskFieldNames, AskFields, AskLag, AskLagChart,
    AskLagCharts, AskLines, AskLinks, AskMeasured, AskMerge, AskNames, AskOverview, AskPreview,
    AskProjected, AskReadModel, AskRepeated, AskRetried, AskRow, AskSaga, AskSagaDefinitions,
    AskSagaDurations, AskSagaGlances, AskSagaMap, AskSagas, AskSagasBeside, AskSagasOverTime,
    AskSides, AskSql, AskStages, AskState, AskStateText, AskStop, AskStreams, AskTables,
    AskTimeline, AskTrace, AskValues, Slot,
};

macro_rules! answers {
    ($($(#[$doc:meta])* $name:ident: $question:ty,)*) => {
        /// All answers.
        #[derive(Debug, Default)]
        pub struct Answers {
            $($(#[$doc])* pub $name: Slot<$question>,)*
            /// Payloads of the rows on screen.
            pub bodies: BodyCache,
            /// The events of the filter.
            pub matching: Matching,
        }

        impl Answers {
            /// Takes in what has come.
            pub fn poll(&mut self) {
                $(self.$name.poll();)*
                self.bodies.take(&self.lines);
                self.matching.poll();
            }

            /// Lets what was called off or has failed be asked again.
            pub fn again(&mut self) {
                $(self.$name.again();)*
                self.matching.go_on();
            }

            /// The sentences of what has failed, each once.
            #[must_use]
            pub fn failures(&self) -> Vec<(&'static str, String)> {
                let mut failures = Vec::new();
                $(if let Some(crate::worker::Unanswered::Failed(sentence)) = self.$name.unanswered() {
                    failures.push((stringify!($name), sentence.clone()));
                })*
                failures
            }

            /// The answers that are on their way, by name.
            #[must_use]
            pub fn pending(&self) -> Vec<&'static str> {
                let all = [
                    $((stringify!($name), self.$name.is_pending()),)*
                    ("matching", self.matching.is_running()),
                ];
                all.into_iter().filter(|(_, pending)| *pending).map(|(name, _)| name).collect()
            }
        }
    };
}

answers! {
    /// The state of the selected stream.
    state: AskState,
    /// Its fields as rows.
    fields: AskFields,
    /// It as JSON.
    state_text: AskStateText,
    /// What differs in it.
    differences: AskDifferences,
    /// Its fields to choose from.
    field_names: AskFieldNames,
    /// The selected event.
    inspected: AskEvent,
    /// What it hangs together with.
    links: AskLinks,
    /// The event beside a state.
    beside: AskEvent,
    /// What that hangs together with.
    beside_links: AskLinks,
    /// The selected field over time.
    values: AskValues,
    /// Events over time.
    timeline: AskTimeline,
    /// Payloads of rows on screen that are not in the cache.
    lines: AskLines,
    /// Streams with their figures.
    streams: AskStreams,
    /// Streams to choose from for a filter.
    choices: AskStreams,
    /// Streams to choose one from whose state is to be shown.
    to_open: AskStreams,
    /// Events by type and category.
    counts: AskCounts,
    /// What the store is and holds.
    overview: AskOverview,
    /// What the palette's text may mean.
    names: AskNames,
    /// The first events as a mapping being edited reads them.
    preview: AskPreview,
    /// An event as JSON for the clipboard.
    row: AskRow,
    /// What the statement that was run answers.
    sql: AskSql,
    /// The definitions of projections there are.
    definitions: AskDefinitions,
    /// Whether the one being written holds.
    check: AskCheck,
    /// The one that was run, at the cursor.
    projected: AskProjected,
    /// The event that its partition is looked at.
    stepped: AskEvent,
    /// Where a run forward ends.
    stop: AskStop,
    /// Where two projections differ.
    comparison: AskComparison,
    /// What one minds of faulty delivery.
    repeated: AskRepeated,
    /// What became of dead letters.
    retried: AskRetried,
    /// The consumers as whom it can be seen.
    consumers: AskConsumers,
    /// The tables that it can be compared with.
    tables: AskTables,
    /// How one of them differs from it.
    read_model: AskReadModel,
    /// What strategies of keeping states cost.
    measured: AskMeasured,
    /// Instances of processes.
    sagas: AskSagas,
    /// What went wrong with those in sight.
    saga_glances: AskSagaGlances,
    /// The one that is looked at.
    saga: AskSaga,
    /// What follows what in them.
    saga_map: AskSagaMap,
    /// Some beside each other.
    sagas_beside: AskSagasBeside,
    /// How long they and their steps took.
    saga_durations: AskSagaDurations,
    /// The processes that somebody declared.
    saga_definitions: AskSagaDefinitions,
    /// How many had which status when.
    sagas_over_time: AskSagasOverTime,
    /// How all consumers stand.
    lag: AskLag,
    /// Their lag over time.
    lag_charts: AskLagCharts,
    /// That of the selected one, near the cursor.
    lag_chart: AskLagChart,
    /// How long the selected one took for its events.
    delays: AskDelays,
    /// The way of events, part by part.
    stages: AskStages,
    /// What is wrong with the store.
    audit: AskAudit,
    /// What caused what, around the event or the correlation that is traced.
    trace: AskTrace,
    /// Two concurrent writes side by side.
    sides: AskSides,
    /// What a function of the user's own makes of a conflict.
    own_merge: AskMerge,
    /// What the store shows of every decision.
    advice: AskAdvice,
}

/// One-line payloads of rows that were on screen lately.
#[derive(Debug, Default)]
pub struct BodyCache {
    lines: HashMap<EventIx, Result<String, Unreadable>>,
    taken: u64,
}

impl BodyCache {
    /// Lines kept; beyond these everything is forgotten and asked for anew.
    const KEPT: usize = 4096;

    /// The line of an event, if it has come.
    #[must_use]
    pub fn get(&self, event: EventIx) -> Option<&Result<String, Unreadable>> {
        self.lines.get(&event)
    }

    /// Takes over lines that have come.
    fn take(&mut self, lines: &Slot<AskLines>) {
        let (number, Some(lines)) = (lines.number(), lines.get()) else {
            return;
        };
        if number == self.taken {
            return;
        }
        self.taken = number;
        if self.lines.len() + lines.len() > Self::KEPT {
            self.lines.clear();
        }
        self.lines.extend(lines.iter().cloned());
    }

    /// Forgets the lines of a log in another order.
    pub fn clear(&mut self) {
        self.lines.clear();
    }
}
