//! What the view says while no stream is chosen: the streams themselves where they are few.

use egui::Ui;

use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Session, View};
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{Column, EmptyState, PaneHead, TableState, VirtualTable};
use crate::gui::words;
use crate::model::StreamIx;
use crate::render::grouped;

/// Stores with more streams send to the list of streams instead.
const FEW: usize = 200;

/// The list of a few streams.
#[derive(Default)]
pub(super) struct NoStream {
    table: TableState,
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
        PaneHead::new("Choose a stream")
            .secondary(&count)
            .show(ui, |_| ());
        let columns = [
            Column::new("Stream", 320.0),
            Column::new("Category", 200.0),
            Column::new("Events of the whole store", 180.0).right(),
            Column::rest("", 0.0),
        ];
        let said = VirtualTable::new(
            "Streams to choose from",
            &mut self.table,
            &columns,
            streams as u64,
        )
        .row_height(sizes::ROW_TABLE)
        .show(ui, |cells| {
            let t = cells.painter().tokens();
            let stream = StreamIx(cells.index() as u32);
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
        let chosen = said.clicked.map(|hit| hit.row).or(said.activated);
        if let Some(row) = chosen {
            outbox.send(Command::GoToStream(StreamIx(row as u32)));
        }
    }
}
