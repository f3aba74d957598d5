//! What the view says while no stream is chosen: the streams themselves where they are few.

use egui::{Key, Ui};

use crate::analysis::streams::natural_order;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Session, View};
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{Column, EmptyState, PaneHead, TableState, TextField, VirtualTable};
use crate::gui::words;
use crate::log::Log;
use crate::model::StreamIx;
use crate::render::grouped;
use crate::worker::SessionId;

/// Stores with more streams send to the list of streams instead.
const FEW: usize = 5_000;

/// The list of a few streams.
#[derive(Default)]
pub(super) struct NoStream {
    table: TableState,
    search: String,
    /// Those found, with the store, how many there were and what was searched for.
    found: Option<((SessionId, usize, String), Vec<StreamIx>)>,
    /// Where the arrow keys stand.
    marked: Option<StreamIx>,
}

impl NoStream {
    /// Draws it over the available room.
    pub fn show(&mut self, ui: &mut Ui, session: &Session, outbox: &mut Outbox) {
        let log = &session.log;
        let streams = log.streams().len();
        ui.painter()
            .rect_filled(ui.max_rect(), 0.0, ui.tokens().panel);
        if streams == 0 {
            let sentence = if log.is_complete() {
                "This store holds no events, so there is no state to show"
            } else {
                "The first events are being read…"
            };
            EmptyState::new(Icon::State, sentence).show(ui);
            return;
        }
        if streams > FEW {
            let sentence = "Choose a stream to see its state at the cursor";
            if EmptyState::new(Icon::State, sentence)
                .button("Streams")
                .show(ui)
            {
                outbox.send(Command::Show(View::Streams));
            }
            return;
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let count = words::counted(streams, "stream", "streams");
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
        let wanted = (session.opened.session, streams, self.search.clone());
        let found = match self.found.take() {
            Some((of, found)) if of == wanted => found,
            _ => found(log, &self.search),
        };
        if found.is_empty() {
            let none = EmptyState::new(Icon::Streams, "No stream has this name");
            if none.button("Show all streams").show(ui) {
                self.search.clear();
            }
        } else {
            self.list(ui, session, &found, outbox);
        }
        self.found = Some((wanted, found));
    }

    /// Those found. The arrow keys mark one, Enter and a click choose it.
    fn list(&mut self, ui: &mut Ui, session: &Session, found: &[StreamIx], outbox: &mut Outbox) {
        let log = &session.log;
        let columns = [
            Column::new("Stream", 320.0),
            Column::new("Category", 200.0),
            Column::new("Events of the whole store", 180.0).right(),
            Column::rest("", 0.0),
        ];
        let marked = self
            .marked
            .and_then(|marked| found.iter().position(|stream| *stream == marked));
        let said = VirtualTable::new(
            "Streams to choose from",
            &mut self.table,
            &columns,
            found.len() as u64,
        )
        .row_height(sizes::ROW_TABLE)
        .selected(marked.map(|row| row as u64))
        .takes_keys()
        .show(ui, |cells| {
            let t = cells.painter().tokens();
            let Some(&stream) = found.get(cells.index() as usize) else {
                return;
            };
            let category = log.category(stream);
            let name = log.stream_name(stream);
            let events = log.stream_extent(stream).map_or(0, |extent| extent.2);
            cells.dot_text(
                0,
                t.category(session.colours.of(category)),
                Face::Code,
                t.text,
                name,
            );
            cells.text(1, Face::Dense, t.text2, log.category_name(category));
            cells.text(2, Face::Cell, t.text2, &grouped(events as u64));
            cells.name(|| format!("Choose {name}"));
        });
        let at = |row: u64| found.get(row as usize).copied();
        if let Some(stream) = said.moved_to.and_then(at) {
            self.marked = Some(stream);
        }
        let chosen = said.clicked.map(|hit| hit.row).or(said.activated);
        if let Some(stream) = chosen.and_then(at) {
            outbox.send(Command::GoToStream(stream));
        }
    }
}

/// The streams whose name holds what is searched for, by name. They are few enough to look through when
/// a letter is typed.
fn found(log: &Log, search: &str) -> Vec<StreamIx> {
    let search = search.trim().to_lowercase();
    let all = (0..log.streams().len()).map(|at| StreamIx(at as u32));
    let is_found = |stream: &StreamIx| log.stream_name(*stream).to_lowercase().contains(&search);
    let mut found: Vec<_> = all.filter(is_found).collect();
    found.sort_by(|a, b| natural_order(log.stream_name(*a), log.stream_name(*b)));
    found
}
