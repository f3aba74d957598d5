//! What to ask for a beginning, while nothing was asked yet.

use egui::{Align, Label, Layout, Role, Sense, Ui, UiBuilder, WidgetInfo, vec2};

use crate::gui::theme::{Face, Icon, TokensExt, icons, sizes};
use crate::gui::widgets::Button;

/// A statement that means something in any store.
pub(super) struct Example {
    /// What it answers.
    pub title: &'static str,
    /// It.
    pub statement: &'static str,
}

/// Three of them: counting, looking into payloads, and a plot.
pub(super) const ALL: [Example; 3] = [
    Example {
        title: "Events by type",
        statement: "select type,\n  count(*) as events,\n  count(distinct stream) as streams\nfrom events\ngroup by type\norder by events desc",
    },
    Example {
        title: "The last payloads",
        statement: "select position, stream, type, data\nfrom events\norder by position desc\nlimit 100",
    },
    Example {
        title: "Events per day",
        statement: "select substr(recorded_at, 1, 10) as day,\n  count(*) as events\nfrom events\nwhere recorded_at is not null\ngroup by day\norder by day",
    },
];

/// Shows them over the room there is; the one that was clicked.
pub(super) fn show(ui: &mut Ui) -> Option<&'static Example> {
    let t = ui.tokens();
    let room = ui.available_rect_before_wrap();
    let top = (room.center().y - 110.0).max(room.min.y + sizes::PAD);
    let builder = UiBuilder::new()
        .max_rect(room.with_min_y(top.round()))
        .layout(Layout::top_down(Align::Center));
    let clicked = ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        let side = vec2(sizes::ICON_EMPTY, sizes::ICON_EMPTY);
        let (rect, icon) = ui.allocate_exact_size(side, Sense::hover());
        icon.widget_info(|| WidgetInfo::labeled(Role::Image, true, Icon::Sql.name()));
        icons::paint(ui.painter(), rect, Icon::Sql, t.text2);
        let sentence = "Ask the store in SQL, as of the cursor";
        ui.add(Label::new(Face::Body.text(sentence, t.text2)).wrap());
        ui.add_space(4.0);
        let mut clicked = None;
        for example in &ALL {
            if ui.add(Button::secondary(example.title)).clicked() {
                clicked = Some(example);
            }
        }
        ui.add_space(4.0);
        let tables = crate::sql::tables().into_iter().map(|(name, _)| name);
        let tables = format!("Tables: {}", tables.collect::<Vec<_>>().join(", "));
        ui.add(Label::new(Face::Secondary.text(tables, t.text3)).wrap());
        clicked
    });
    clicked.inner
}
