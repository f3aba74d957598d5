//! egui's own style, set from the tokens, so that plain egui widgets (menus, tooltips, text edits,
//! scroll bars) match the house widgets.

use egui::style::{ScrollStyle, Selection, WidgetVisuals, Widgets};
use egui::{CornerRadius, Margin, Shadow, Stroke, Style, TextStyle, Theme, Visuals, vec2};

use super::{Face, Tokens, sizes};

pub(super) fn install(ctx: &egui::Context) {
    for theme in [Theme::Dark, Theme::Light] {
        ctx.style_mut_of(theme, |style| apply(style, theme));
    }
}

fn apply(style: &mut Style, theme: Theme) {
    let tokens = Tokens::of(theme);
    style.visuals = visuals(tokens, theme);
    style.animation_time = 0.0;
    style.scroll_animation = egui::style::ScrollAnimation::none();
    style.text_styles = [
        (TextStyle::Heading, Face::Title.font()),
        (TextStyle::Body, Face::Body.font()),
        (TextStyle::Button, Face::DenseStrong.font()),
        (TextStyle::Small, Face::Secondary.font()),
        (TextStyle::Monospace, Face::Code.font()),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(8.0, 4.0);
    spacing.button_padding = vec2(12.0, 4.0);
    spacing.interact_size = vec2(24.0, 24.0);
    spacing.indent = 16.0;
    spacing.window_margin = Margin::same(12);
    spacing.menu_margin = Margin::same(4);
    spacing.menu_spacing = 0.0;
    spacing.icon_width = 14.0;
    spacing.icon_width_inner = 8.0;
    spacing.icon_spacing = 6.0;
    spacing.tooltip_width = 480.0;
    spacing.scroll = scroll();
    let interaction = &mut style.interaction;
    interaction.tooltip_delay = 0.4;
    interaction.selectable_labels = true;
    interaction.resize_grab_radius_side = 4.0;
}

fn scroll() -> ScrollStyle {
    let mut scroll = ScrollStyle::floating();
    scroll.bar_width = 6.0;
    scroll.floating_width = 6.0;
    scroll.handle_min_length = 24.0;
    scroll.bar_outer_margin = 4.0;
    scroll.foreground_color = false;
    scroll.dormant_background_opacity = 0.0;
    scroll.active_background_opacity = 0.0;
    scroll.interact_background_opacity = 0.0;
    scroll.dormant_handle_opacity = 1.0;
    scroll.active_handle_opacity = 1.0;
    scroll.interact_handle_opacity = 1.0;
    scroll.fade.strength = 0.0;
    scroll.kinetic.decay_time = 0.0;
    scroll.kinetic.rubber_band = false;
    scroll
}

fn visuals(t: &Tokens, theme: Theme) -> Visuals {
    let mut v = theme.default_visuals();
    v.widgets = widgets(t);
    v.selection = Selection {
        bg_fill: t.selection,
        stroke: Stroke::new(1.0, t.text),
    };
    v.override_text_color = None;
    v.weak_text_color = Some(t.text3);
    v.hyperlink_color = t.accent;
    v.faint_bg_color = t.raised;
    v.extreme_bg_color = t.field;
    v.text_edit_bg_color = Some(t.field);
    v.code_bg_color = t.raised;
    v.warn_fg_color = t.warning;
    v.error_fg_color = t.error;
    v.window_fill = t.overlay;
    v.window_stroke = Stroke::new(1.0, t.border2);
    v.window_corner_radius = CornerRadius::same(sizes::RADIUS_POPOVER);
    v.menu_corner_radius = CornerRadius::same(sizes::RADIUS_POPOVER);
    v.window_shadow = Shadow {
        offset: [0, 8],
        blur: 20,
        spread: 0,
        color: t.shadow,
    };
    v.popup_shadow = Shadow::NONE;
    v.panel_fill = t.panel;
    v.text_cursor.stroke = Stroke::new(1.0, t.text);
    v.text_cursor.blink = false;
    v.indent_has_left_vline = false;
    v.striped = false;
    v.slider_trailing_fill = true;
    v.image_loading_spinners = false;
    v.disabled_alpha = 0.5;
    v
}

fn widgets(t: &Tokens) -> Widgets {
    let look = |fill, line, text| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, line),
        corner_radius: CornerRadius::same(sizes::RADIUS),
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    Widgets {
        noninteractive: look(t.panel, t.border, t.text),
        inactive: look(t.raised, t.border, t.text),
        hovered: look(t.hover, t.border2, t.text),
        active: look(t.overlay, t.accent, t.text),
        open: look(t.overlay, t.border2, t.text),
    }
}
