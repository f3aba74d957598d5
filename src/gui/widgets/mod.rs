//! The house widgets: what every view is made of. A widget knows tokens, type and sizes; it knows no
//! event, no store and no command, keeps no state but what egui keeps for it, and names itself to
//! assistive technology.

mod bar_row;
mod button;
mod check;
mod chip;
mod columns;
mod control;
mod ellipsis;
mod empty_state;
#[doc(hidden)]
pub mod gallery;
mod hex_view;
mod icon_button;
mod json_view;
mod key_value;
mod keycap;
mod line;
mod link;
mod long_text;
mod menu;
mod notice;
mod pane_head;
mod pill;
mod progress;
mod segments;
mod side_pane;
mod sparkline;
mod tabs;
mod text_field;
mod virtual_rows;
mod virtual_table;

pub use bar_row::{BarColumns, BarRow};
pub use button::Button;
pub use check::Check;
pub use chip::{Chip, ChipResponse};
pub use columns::columns;
pub use control::{ControlSize, Toggle};
pub(in crate::gui) use control::{
    FirstFocus, focus_ring, leave_keys, note_input, plain_keys_are_free,
};
pub use ellipsis::middle_ellipsis;
pub use empty_state::EmptyState;
pub use hex_view::HexView;
pub use icon_button::IconButton;
pub use json_view::JsonView;
pub use key_value::KeyValue;
pub use keycap::Keycap;
pub use line::{one_line, one_line_of, paint_grounded, paint_line, paint_marks};
pub use link::Link;
pub use long_text::LongText;
pub use menu::{context_menu, menu_about, menu_content, menu_item, note_item};
pub use notice::{Notice, NoticeResponse, Severity};
pub use pane_head::PaneHead;
pub use pill::{Pill, StatusShape, paint_status};
pub use progress::ProgressLine;
pub use segments::Segments;
pub use side_pane::{Side, SidePane};
pub use sparkline::Sparkline;
pub use tabs::Tabs;
pub use text_field::TextField;
pub use virtual_rows::{RowScroll, RowView, VirtualRows};
pub use virtual_table::{Column, Hit, RowCells, TableResponse, TableState, VirtualTable, Widths};
