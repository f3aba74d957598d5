//! Frames of the window on the processor, without a graphics card: laying out, with what screen
//! readers are told, and cutting into triangles. To measure another view or gesture, add a line.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use asof::gui::{App, Start};
use asof::model::Timestamp;
use asof::workspace::Workspace;
use egui::{Key, Modifiers};
use egui_kittest::Harness;

use crate::data::Failure;
use crate::run::{Case, Watch};

/// Frames drawn for one measurement; the middle one of their times counts.
const FRAMES: usize = 30;
/// A store that takes longer to index is not what is measured here.
const PATIENCE: Duration = Duration::from_secs(120);

/// What happens before every frame.
#[derive(Clone, Copy)]
enum Gesture {
    /// Nothing, but everything is drawn again.
    Rest,
    /// The cursor moves by an event.
    Step,
}

/// The views with the keys that lead to them.
const VIEWS: [(&str, Key); 4] = [
    ("Overview", Key::Num1),
    ("Events", Key::Num2),
    ("Streams", Key::Num3),
    ("State", Key::Num4),
];

type Window = Harness<'static, App>;

/// A frame of each view at rest and with a moving cursor. The window is opened by the first of them that is
/// measured: whoever asks for something else does not wait for it.
pub fn frames(path: &Path) -> Vec<Case<'static>> {
    let window: Rc<RefCell<Option<Window>>> = Rc::default();
    let gestures = [("", Gesture::Rest), (", cursor moving", Gesture::Step)];
    let mut cases = Vec::new();
    for (view, key) in VIEWS {
        for (name, gesture) in gestures {
            let (window, path) = (Rc::clone(&window), path.to_owned());
            let what = format!("frame of {view}{name} (< 8 ms)");
            cases.push(Case::new(what, move |watch| {
                let mut kept = window.borrow_mut();
                let opened = match kept.take() {
                    Some(window) => window,
                    None => open(&path)?,
                };
                let window = kept.insert(opened);
                window.key_press_modifiers(Modifiers::COMMAND, key);
                settle(window)?;
                measure(window, gesture, watch)
            }));
        }
    }
    cases
}

fn open(path: &Path) -> Result<Window, Failure> {
    let start = Start {
        workspace: Workspace::none(),
        clock: || Timestamp::from_micros(1_735_689_600_000_000),
        samples: PathBuf::new(),
    };
    let paths = vec![path.to_owned()];
    let mut window =
        Harness::builder()
            .with_size([1440.0, 900.0])
            .build_eframe(|cc| match App::new(&cc.egui_ctx, start, paths) {
                Ok(app) => app,
                Err(error) => panic!("the system refuses a thread: {error}"),
            });
    settle(&mut window)?;
    Ok(window)
}

/// Draws until the worker has nothing left to do.
fn settle(window: &mut Window) -> Result<(), Failure> {
    let began = Instant::now();
    let mut quiet = 0;
    while quiet < 5 {
        window.step();
        let app = window.state();
        let whole = app.model().log().is_some_and(|log| log.is_complete());
        quiet = if app.is_settled() && whole {
            quiet + 1
        } else {
            0
        };
        if began.elapsed() > PATIENCE {
            let left = app.unsettled().join(", ");
            return Err(
                format!("the window does not come to rest: {left}; read whole: {whole}").into(),
            );
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

fn measure(window: &mut Window, gesture: Gesture, watch: &mut Watch) -> Result<u64, Failure> {
    let mut times = Vec::with_capacity(FRAMES);
    for _ in 0..FRAMES {
        if let Gesture::Step = gesture {
            window.key_press(Key::ArrowLeft);
            // The command of one frame is carried out in the next.
            window.step();
            window.step();
        }
        let began = Instant::now();
        window.step();
        let shapes = window.output().shapes.clone();
        let triangles = window.ctx.tessellate(shapes, 1.0);
        times.push(began.elapsed());
        drop(triangles);
    }
    times.sort_unstable();
    watch.set(times[FRAMES / 2]);
    Ok(1)
}
