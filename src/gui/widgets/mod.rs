//! The house widgets: what every view is made of. A widget knows tokens, type and sizes; it knows no
//! event, no store and no command, keeps no state but what egui keeps for it, and names itself to
//! assistive technology.

mod bar_row;
mod button;
mod chip;
mod control;
mod ellipsis;
mod empty_state;
mod icon_button;
mod key_value;
mod keycap;
mod line;
mod link;
mod notice;
mod pane_head;
mod pill;
mod progress;
mod segments;
mod sparkline;
mod tabs;
mod text_field;

pub use bar_row::{BarColumns, BarRow};
pub use button::Button;
pub use chip::{Chip, ChipResponse};
pub use control::{ControlSize, Toggle};
pub use ellipsis::middle_ellipsis;
pub use empty_state::EmptyState;
pub use icon_button::IconButton;
pub use key_value::KeyValue;
pub use keycap::Keycap;
pub use line::{one_line, paint_line};
pub use link::Link;
pub use notice::{Notice, NoticeResponse, Severity};
pub use pane_head::PaneHead;
pub use pill::{Pill, StatusShape, paint_status};
pub use progress::ProgressLine;
pub use segments::Segments;
pub use sparkline::Sparkline;
pub use tabs::Tabs;
pub use text_field::TextField;
