//! Keys and clicks in turns. A slow frame brings several at once, and egui would give all of them to
//! whoever has the keyboard when it begins. Here each that may change who that is ends its frame, and what
//! came behind it waits for the next one, in order. So what is typed right behind a shortcut is in the
//! field that the shortcut leads to, whatever a frame takes.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use egui::{Context, Event, Id, Key, Memory, Modifiers, Plugin, RawInput, Ui};

use crate::gui::command::{Command, Needs};

/// What has not had its turn yet.
#[derive(Default)]
pub(super) struct Turns {
    waiting: VecDeque<Event>,
    /// Who had the keyboard when the frame before began.
    focused: Option<Id>,
    /// The frame before was given to who had just got the keyboard.
    paused: Option<()>,
    shared: Arc<Shared>,
}

/// What the turns and the program tell each other.
#[derive(Debug, Default)]
struct Shared {
    /// Whether anything waits, for those who wait until nothing does.
    any: AtomicBool,
    /// What is on its way: an [`Awaited`] by its number.
    awaited: AtomicU8,
}

/// The program's end of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Waiting(Arc<Shared>);

impl Waiting {
    /// Whether something waits for its turn.
    pub fn any(&self) -> bool {
        self.0.any.load(Ordering::Relaxed)
    }

    /// Says what is on its way: until it is there, keys that need it wait.
    pub fn awaits(&self, awaited: Awaited) {
        self.0.awaited.store(awaited as u8, Ordering::Relaxed);
    }
}

impl Turns {
    /// To be told of.
    pub fn waiting(&self) -> Waiting {
        Waiting(Arc::clone(&self.shared))
    }

    fn take_in(&mut self, events: Vec<Event>) {
        for event in events {
            // A key that is held down does not run on for as long as frames are slow.
            let same = |before: &Event| matches!((pressed(before), held(&event)), (Some(a), Some(b)) if a == b);
            if !self.waiting.back().is_some_and(same) {
                self.waiting.push_back(event);
            }
        }
    }

    /// What a frame is to have of what waits.
    fn turn(&mut self, keyboard: Keyboard) -> Vec<Event> {
        let mut turn = Vec::new();
        let mut clicked = None;
        while let Some(event) = self.waiting.pop_front() {
            let too_early = match keyboard.awaited {
                Awaited::Nothing => false,
                Awaited::Rows => keyboard.types == Types::Keys && walks(&event),
                Awaited::Store => needs_store(&event),
            };
            if too_early {
                turn.extend(self.hold(event));
                return turn;
            }
            let weight = weight(&event, keyboard.types);
            // Who has just got the keyboard says only in that frame which keys it wants.
            let early = weight == Weight::Key && keyboard.is_new && self.paused.is_none();
            // Clicks may come together, as a double one does; a key goes to whom they gave the keyboard.
            let late = clicked.is_some() && is_typed(&event);
            if early || late {
                self.waiting.push_front(event);
                self.paused = early.then_some(());
                return turn;
            }
            turn.push(event);
            match weight {
                Weight::Light => {}
                Weight::Click => clicked = Some(()),
                Weight::Key => {
                    // It comes with the text that it is.
                    if let Some(Event::Text(_)) = self.waiting.front() {
                        turn.extend(self.waiting.pop_front());
                    }
                    break;
                }
            }
        }
        self.paused = None;
        turn
    }

    /// Keeps a key back, and with it whatever is typed behind it; gives what is done with the pointer.
    fn hold(&mut self, key: Event) -> Vec<Event> {
        let (typed, other) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition::<VecDeque<_>, _>(is_typed);
        self.waiting = typed;
        self.waiting.push_front(key);
        // Who thinks better of it has typed nothing.
        let escape = |event: &Event| pressed(event).is_some_and(|(key, _)| key == Key::Escape);
        if let Some(at) = self.waiting.iter().rposition(escape) {
            self.waiting.drain(..=at);
        }
        other.into()
    }
}

/// Who has the keyboard.
#[derive(Clone, Copy, Debug, Default)]
struct Keyboard {
    /// Another one than a frame before.
    is_new: bool,
    types: Types,
    awaited: Awaited,
}

/// What is on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Awaited {
    #[default]
    Nothing,
    /// The rows of the list that is shown.
    Rows,
    /// A store: none of its events is there yet.
    Store,
}

/// Whether what is typed becomes a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Types {
    Text,
    #[default]
    Keys,
}

/// What an event may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    /// Nothing that matters for the events behind it.
    Light,
    /// Who has the keyboard, or what the window shows.
    Key,
    /// The same, by pointer or by assistive technology.
    Click,
}

fn weight(event: &Event, types: Types) -> Weight {
    match event {
        Event::Key {
            key,
            pressed: true,
            modifiers,
            ..
        } if !is_typing(*key, *modifiers, types) => Weight::Key,
        Event::PointerButton { .. } | Event::AccessKitActionRequest(_) => Weight::Click,
        _ => Weight::Light,
    }
}

/// Whether these are the keys of a command that needs a store.
fn needs_store(event: &Event) -> bool {
    let Some((key, modifiers)) = pressed(event) else {
        return false;
    };
    let control = modifiers.command || modifiers.ctrl || modifiers.alt;
    let mut listed = Command::listed().iter();
    control
        && listed.any(|listed| {
            listed.needs != Needs::Nothing
                && listed.keys.is_some_and(|(own, of)| {
                    of == key && own.shift == modifiers.shift && modifiers.matches_logically(own)
                })
        })
}

/// Whether this is a key that a list is walked with; what is typed behind it waits with it.
fn walks(event: &Event) -> bool {
    let walking = [
        Key::ArrowUp,
        Key::ArrowDown,
        Key::PageUp,
        Key::PageDown,
        Key::Home,
        Key::End,
    ];
    pressed(event).is_some_and(|(key, modifiers)| modifiers.is_none() && walking.contains(&key))
}

/// Whether an event comes from the keyboard.
const fn is_typed(event: &Event) -> bool {
    matches!(
        event,
        Event::Key { .. } | Event::Text(_) | Event::Paste(_) | Event::Cut | Event::Copy
    )
}

/// Whether a key does no more than change the text that has the keyboard, or nothing.
fn is_typing(key: Key, modifiers: Modifiers, types: Types) -> bool {
    let plain = !modifiers.command && !modifiers.ctrl && !modifiers.alt;
    let edits = matches!(key, Key::Backspace | Key::Delete);
    let space = key == Key::Space && types == Types::Text;
    // Keys that are characters are named by one.
    let character = key.symbol_or_name().chars().count() == 1 && !is_arrow(key);
    plain && (edits || space || character)
}

const fn is_arrow(key: Key) -> bool {
    matches!(
        key,
        Key::ArrowUp | Key::ArrowDown | Key::ArrowLeft | Key::ArrowRight
    )
}

fn pressed(event: &Event) -> Option<(Key, Modifiers)> {
    match event {
        Event::Key {
            key,
            pressed: true,
            modifiers,
            ..
        } => Some((*key, *modifiers)),
        _ => None,
    }
}

/// The key that a repetition is of.
fn held(event: &Event) -> Option<(Key, Modifiers)> {
    let repeats = matches!(event, Event::Key { repeat: true, .. });
    pressed(event).filter(|_| repeats)
}

impl Plugin for Turns {
    fn debug_name(&self) -> &'static str {
        "turns"
    }

    fn input_hook(&mut self, ctx: &Context, input: &mut RawInput) {
        // A frame that is laid out twice has had its turn.
        if ctx.current_pass_index() > 0 {
            return;
        }
        let focused = ctx.memory(Memory::focused);
        let keyboard = Keyboard {
            is_new: focused.is_some() && focused != self.focused,
            types: match ctx.text_edit_focused() {
                true => Types::Text,
                false => Types::Keys,
            },
            awaited: [Awaited::Nothing, Awaited::Rows, Awaited::Store]
                .into_iter()
                .find(|awaited| *awaited as u8 == self.shared.awaited.load(Ordering::Relaxed))
                .unwrap_or_default(),
        };
        self.focused = focused;
        self.take_in(std::mem::take(&mut input.events));
        input.events = self.turn(keyboard);
        let any = !self.waiting.is_empty();
        self.shared.any.store(any, Ordering::Relaxed);
    }

    fn on_end_pass(&mut self, ui: &mut Ui) {
        if !self.waiting.is_empty() {
            ui.request_repaint();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(key: Key, modifiers: Modifiers) -> Event {
        Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers,
        }
    }

    fn text(text: &str) -> Event {
        Event::Text(text.to_owned())
    }

    /// What each frame gets of what came at once.
    fn frames(events: Vec<Event>, keyboards: &[Keyboard]) -> Vec<Vec<Event>> {
        let mut turns = Turns::default();
        turns.take_in(events);
        let frames = keyboards
            .iter()
            .map(|keyboard| turns.turn(*keyboard))
            .collect();
        assert!(turns.waiting.is_empty(), "{:?}", turns.waiting);
        frames
    }

    #[test]
    fn a_shortcut_a_text_and_enter_have_frames_of_their_own() {
        let none = Keyboard::default();
        let new = Keyboard {
            is_new: true,
            types: Types::Text,
            ..none
        };
        let old = Keyboard {
            is_new: false,
            ..new
        };
        let shortcut = key(Key::T, Modifiers::COMMAND);
        let typed = [
            key(Key::V, Modifiers::NONE),
            text("v"),
            key(Key::Space, Modifiers::NONE),
            text(" "),
        ];
        let enter = key(Key::Enter, Modifiers::NONE);
        let events = [vec![shortcut.clone()], typed.to_vec(), vec![enter.clone()]].concat();
        let got = frames(events, &[none, new, old]);
        assert_eq!(got, [vec![shortcut], typed.to_vec(), vec![enter]]);
    }

    #[test]
    fn a_space_that_plays_is_one_with_its_text() {
        let none = Keyboard::default();
        let space = vec![key(Key::Space, Modifiers::NONE), text(" ")];
        let after = vec![text("a")];
        let got = frames([space.clone(), after.clone()].concat(), &[none, none]);
        assert_eq!(got, [space, after]);
    }

    #[test]
    fn a_key_that_is_held_waits_once() {
        let none = Keyboard::default();
        let down = |repeat| Event::Key {
            key: Key::ArrowDown,
            physical_key: None,
            pressed: true,
            repeat,
            modifiers: Modifiers::NONE,
        };
        let got = frames(vec![down(false), down(true), down(true)], &[none]);
        assert_eq!(got, [vec![down(false)]]);
        // Pressed twice it counts twice.
        let got = frames(vec![down(false), down(false)], &[none, none]);
        assert_eq!(got.len(), 2);
    }

    #[test]
    fn what_is_typed_behind_a_click_goes_where_it_led() {
        let none = Keyboard::default();
        let button = |pressed| Event::PointerButton {
            pos: egui::Pos2::ZERO,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        let clicks = [button(true), button(false), button(true), button(false)].to_vec();
        let typed = vec![text("a")];
        let got = frames([clicks.clone(), typed.clone()].concat(), &[none, none]);
        assert_eq!(got, [clicks, typed]);
    }

    #[test]
    fn keys_that_need_a_store_wait_for_the_one_that_is_on_its_way() {
        let there = Keyboard::default();
        let coming = Keyboard {
            awaited: Awaited::Store,
            ..there
        };
        let palette = key(Key::K, Modifiers::COMMAND);
        let time = key(Key::T, Modifiers::COMMAND);
        let typed = [
            key(Key::Minus, Modifiers::NONE),
            text("-"),
            key(Key::Num2, Modifiers::NONE),
            text("2"),
        ]
        .to_vec();
        let moved = Event::PointerMoved(egui::Pos2::ZERO);
        let events = [
            vec![palette.clone(), time.clone()],
            typed.clone(),
            vec![moved.clone()],
        ];
        let got = frames(events.concat(), &[coming, coming, coming, there, there]);
        let none = Vec::new();
        assert_eq!(got, [vec![palette], vec![moved], none, vec![time], typed]);
    }

    #[test]
    fn keys_that_walk_a_list_wait_for_its_rows() {
        let there = Keyboard::default();
        let coming = Keyboard {
            awaited: Awaited::Rows,
            ..there
        };
        let down = key(Key::ArrowDown, Modifiers::NONE);
        let enter = key(Key::Enter, Modifiers::NONE);
        let got = frames(
            vec![down.clone(), enter.clone()],
            &[coming, coming, there, there],
        );
        assert_eq!(got, [vec![], vec![], vec![down.clone()], vec![enter]]);
        // A text that is typed meanwhile needs none of them.
        let typing = Keyboard {
            types: Types::Text,
            ..coming
        };
        assert_eq!(frames(vec![down.clone()], &[typing]), [vec![down]]);
    }

    #[test]
    fn nobody_waits_for_a_keyboard_that_changes_in_every_frame() {
        let new = Keyboard {
            is_new: true,
            ..Keyboard::default()
        };
        let down = key(Key::ArrowDown, Modifiers::NONE);
        let got = frames(vec![down.clone()], &[new, new]);
        assert_eq!(got, [vec![], vec![down]]);
    }
}
