//! The events of the filter, and commands that change it.

use super::App;
use crate::analysis::events::{CorrelationFilter, EventFilter, TypeFilter};
use crate::gui::command::Command;
use crate::gui::model::View;
use crate::model::{EventIx, StreamIx};

impl App {
    /// Searches on, whatever view is shown: the filter is the model's.
    pub(super) fn look_for_matches(&mut self) {
        let Some(session) = &self.model.session else {
            return;
        };
        let (filter, clock) = (&self.model.filter, self.model.cursor.clock());
        let matching = &mut self.model.answers.matching;
        if *filter == EventFilter::default() {
            return matching.forget();
        }
        matching.settle(self.model.now);
        let subject = session.subject();
        matching.look(&self.worker, subject, (filter, clock), self.model.now);
    }

    /// Commands about the filter; any other is left alone.
    pub(super) fn run_on_filter(&mut self, command: Command) {
        match command {
            Command::SetFilter(filter) => self.model.filter = *filter,
            Command::GoOnSearching => self.model.answers.matching.go_on(),
            Command::FilterCorrelation(event) => self.filter_correlation(event),
            Command::FilterStream(stream) => self.filter_stream(stream),
            Command::FilterType(event_type) => {
                let types = TypeFilter::Only(vec![event_type]);
                let rest = self.filter_to_narrow();
                self.model.filter = EventFilter { types, ..rest };
                self.model.view = View::Events;
            }
            Command::FilterCategory(category) => {
                let categories = vec![category];
                let rest = self.filter_to_narrow();
                self.model.filter = EventFilter { categories, ..rest };
                self.model.view = View::Events;
            }
            _ => {}
        }
    }

    /// Narrows the filter in the events view; from elsewhere nothing else may hide an event of it.
    fn filter_correlation(&mut self, event: EventIx) {
        let Some(id) = self.model.log().and_then(|log| log.correlation(event)) else {
            return;
        };
        let correlation = CorrelationFilter::Is(id.to_string());
        // The one it was asked from stays in hand.
        self.select_event(Some(event));
        let rest = self.filter_to_narrow();
        self.model.filter = EventFilter {
            correlation,
            ..rest
        };
        self.model.view = View::Events;
    }

    fn filter_stream(&mut self, stream: StreamIx) {
        let rest = self.filter_to_narrow();
        self.model.filter = EventFilter {
            streams: vec![stream],
            ..rest
        };
        self.model.view = View::Events;
    }

    fn filter_to_narrow(&self) -> EventFilter {
        match self.model.view {
            View::Events => self.model.filter.clone(),
            _ => EventFilter::default(),
        }
    }
}
