//! Lengths of the window in points, on a grid of 4. A view names these and no length of its own for
//! anything that must line up with another view.

/// Height of the top bar.
pub const TOP_BAR: f32 = 44.0;
/// Width of the rail of views.
pub const RAIL: f32 = 72.0;
/// Height of one view in the rail.
pub const RAIL_ITEM: f32 = 52.0;
/// The same in a window that is too low for all of them.
pub const RAIL_ITEM_LEAST: f32 = 40.0;
/// Height of the status bar.
pub const STATUS_BAR: f32 = 24.0;
/// Height of a pane's head.
pub const PANE_HEAD: f32 = 36.0;
/// Height of the bar with the one-sentence answer.
pub const ANSWER_BAR: f32 = 72.0;
/// Height of the bar of filters.
pub const FILTER_BAR: f32 = 48.0;
/// Height of the head of a table's columns.
pub const TABLE_HEAD: f32 = 28.0;

/// Height of a table row.
pub const ROW_TABLE: f32 = 24.0;
/// Height of a tree row, and of a row with a bar.
pub const ROW_TREE: f32 = 22.0;
/// Height of a row of name and value.
pub const ROW_KEY_VALUE: f32 = 20.0;
/// Height of a line of code.
pub const ROW_CODE: f32 = 18.0;
/// Height of a finding of the audit.
pub const ROW_FINDING: f32 = 32.0;
/// Height of a row in the palette.
pub const ROW_PALETTE: f32 = 32.0;
/// Height of a saga's lane.
pub const LANE_SAGA: f32 = 76.0;
/// Height of a lane in the time panel, and of the strip of the whole store.
pub const LANE_TIME: f32 = 16.0;

/// Height of buttons, and side of icon buttons.
pub const BUTTON: f32 = 28.0;
/// The same inside bars and dense rows.
pub const BUTTON_SMALL: f32 = 24.0;
/// Height of a chip.
pub const CHIP: f32 = 24.0;
/// Height of a pill.
pub const PILL: f32 = 20.0;

/// Corner radius of controls.
pub const RADIUS: u8 = 4;
/// Corner radius of popovers.
pub const RADIUS_POPOVER: u8 = 6;
/// Corner radius of the palette and the cards of the welcome page.
pub const RADIUS_PALETTE: u8 = 8;
/// Corner radius of bars.
pub const RADIUS_BAR: u8 = 2;

/// Inner margin of panes.
pub const PAD: f32 = 12.0;
/// Inner margin of pages with much text.
pub const PAD_TEXT: f32 = 16.0;
/// Gap between items.
pub const GAP: f32 = 8.0;
/// Gap between groups of items.
pub const GAP_GROUP: f32 = 16.0;

/// Side of an icon in a button.
pub const ICON: f32 = 16.0;
/// Side of an icon in the rail.
pub const ICON_RAIL: f32 = 18.0;
/// Side of a severity icon in a notice.
pub const ICON_NOTICE: f32 = 14.0;
/// Side of the icon of an empty state.
pub const ICON_EMPTY: f32 = 28.0;
/// Side of a status shape, and diameter of a category's dot.
pub const DOT: f32 = 8.0;

/// Width of the time cursor's line.
pub const CURSOR_LINE: f32 = 2.0;
/// Height of the time cursor's flag on an axis.
pub const CURSOR_FLAG: f32 = 17.0;
/// Width of the focus ring.
pub const FOCUS_RING: f32 = 2.0;
/// Width of the gutter right of a table: scroll bar and cursor flag.
pub const GUTTER: f32 = 16.0;
/// Width of the mark at the left edge of a row of the same correlation.
pub const EDGE_MARK: f32 = 2.0;
/// Width of a tinted row's edge, and of a node's category edge.
pub const EDGE: f32 = 3.0;

/// Width of the palette.
pub const PALETTE_WIDTH: f32 = 680.0;
/// Distance of the palette from the top of the window.
pub const PALETTE_TOP: f32 = 88.0;
/// Left edge of every plot over time.
pub const PLOT_LEFT: f32 = 168.0;
/// Distance of every plot over time from the right.
pub const PLOT_RIGHT: f32 = 12.0;
