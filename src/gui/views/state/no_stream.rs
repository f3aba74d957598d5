//! What the view says while no stream is chosen: the streams of the moment, to be searched and chosen
//! from. The list is made in the background, however many there are.

use egui::{Key, Ui};

use crate::analysis::streams::{StreamList, StreamQuery};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, Session};
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::views::Standing;
use crate::gui::widgets::{Column, EmptyState, PaneHead, TableState, TextField, VirtualTable};
use crate::gui::words;
use crate::model::StreamIx;
use crate::render::grouped;
use crate::worker::{AskStreams, StreamsWanted};

/// The list of streams.
#[derive(Default)]
pub(super) struct NoStream {
    table: TableState,
    search: String,
    /// Where the arrow keys stand, and in which row that was.
    marked: Option<(u64, StreamIx)>,
}

impl NoStream {
    /// Draws it over the available room.
    pub fn show(&mut self, ui: &mut Ui, model: &Model, session: &Session, outbox: &mut Outbox) {
        let log = &session.log;
        ui.painter()
            .rect_filled(ui.max_rect(), 0.0, ui.tokens().panel);
        if log.is_empty() {
            let sentence = match log.is_complete() {
                true => "This store holds no events, so there is no state to show",
                false => "The first events are being read…",
            };
            EmptyState::new(Icon::State, sentence).show(ui);
            return;
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let standing = Standing::of(ui, &model.answers.to_open);
        self.head(ui, model, &standing);
        let wanted = StreamsWanted {
            query: StreamQuery {
                search: self.search.clone(),
                ..StreamQuery::default()
            },
            category: None,
        };
        let question = AskStreams {
            subject: session.subject(),
            cut: *model.cursor.cut(),
            wanted,
        };
        outbox.ask(|answers| &mut answers.to_open, question);
        standing.tell(ui, "The list of streams", outbox);
        standing.fade(ui);
        match model.answers.to_open.get() {
            None if standing.is_unanswered() => {}
            None => {
                EmptyState::new(Icon::Streams, "The streams are being listed").show(ui);
            }
            Some(list) if list.streams.is_empty() => self.none(ui, list, outbox),
            Some(list) => self.list(ui, session, list, outbox),
        }
    }

    fn head(&mut self, ui: &mut Ui, model: &Model, standing: &Standing) {
        let list = model.answers.to_open.get().filter(|_| !standing.is_old());
        let count = list.map(|list| words::counted(list.total, "stream", "streams"));
        let count = count.map_or(String::new(), |count| format!("{count} at the cursor"));
        let search = &mut self.search;
        PaneHead::new("Choose a stream")
            .secondary(&count)
            .show(ui, |ui| {
                let field = TextField::new("Search the streams to choose from", search);
                let field = field.icon(Icon::Search).hint("Search streams");
                let field = ui.add(field.clearable().small().width(240.0));
                // From what is typed the arrow keys lead into the list.
                if field.has_focus() && ui.input(|input| input.key_pressed(Key::ArrowDown)) {
                    field.surrender_focus();
                }
            });
    }

    /// That there is none.
    fn none(&mut self, ui: &mut Ui, list: &StreamList, outbox: &mut Outbox) {
        let (sentence, word) = match list.total {
            0 => ("No stream exists at the cursor yet", "To the head"),
            _ => ("No stream at the cursor has this name", "Show all streams"),
        };
        let none = EmptyState::new(Icon::Streams, sentence).button(word);
        if none.show(ui) {
            match list.total {
                0 => outbox.send(Command::ToHead),
                _ => self.search.clear(),
            }
        }
    }

    /// Those found. The arrow keys mark one, Enter and a click choose it.
    fn list(&mut self, ui: &mut Ui, session: &Session, list: &StreamList, outbox: &mut Outbox) {
        let (log, found) = (&session.log, &list.streams);
        let columns = [
            Column::new("Stream", 320.0),
            Column::new("Category", 180.0),
            Column::new("Events", 100.0).right(),
            Column::rest("Last event", 120.0),
        ];
        let at = |row: u64| found.get(row as usize).map(|row| row.stream);
        // Looked for where it is in another row only, since there may be a million.
        let marked = self
            .marked
            .filter(|(row, stream)| at(*row) != Some(*stream));
        if let Some((_, stream)) = marked {
            let row = found.iter().position(|row| row.stream == stream);
            self.marked = row.map(|row| (row as u64, stream));
        }
        let said = VirtualTable::new(
            "Streams to choose from",
            &mut self.table,
            &columns,
            found.len() as u64,
        )
        .row_height(sizes::ROW_TABLE)
        .selected(self.marked.map(|(row, _)| row))
        .takes_keys()
        .show(ui, |cells| {
            let t = cells.painter().tokens();
            // A list of an older snapshot is shown until the new one comes.
            let row = found.get(cells.index() as usize);
            let there = |stream: StreamIx| stream.at() < log.streams().len();
            let Some(row) = row.filter(|row| there(row.stream) && row.last.at() < log.len()) else {
                return;
            };
            let category = log.category(row.stream);
            let name = log.stream_name(row.stream);
            let dot = t.category(session.colours.of(category));
            cells.dot_text(0, dot, Face::Code, t.text, name);
            cells.text(1, Face::Dense, t.text2, log.category_name(category));
            let events = grouped(u64::from(row.events));
            cells.text(2, Face::Cell, t.text2, &events);
            cells.text(3, Face::Dense, t.text2, words::type_of(log, row.last));
            cells.name(|| format!("Choose {name}"));
        });
        if let Some(row) = said.moved_to {
            self.marked = at(row).map(|stream| (row, stream));
        }
        let chosen = said.clicked.map(|hit| hit.row).or(said.activated);
        if let Some(stream) = chosen.and_then(at) {
            outbox.send(Command::GoToStream(stream));
        }
    }
}
