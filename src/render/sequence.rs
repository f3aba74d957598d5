//! Sequence diagrams as Mermaid text and as SVG, for tickets and pages. Nothing is measured: letters
//! are as wide as they are in most faces.

use std::fmt::Write as _;

use crate::analysis::saga::{Meaning, Message, Sequence};
use crate::model::Timestamp;
use crate::model::time::Span;

/// What stands around a diagram.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// What it shows.
    pub title: String,
    /// The moment up to which that is known: `as of 2024-12-31 23:59:59 UTC`.
    pub as_of: String,
    /// What is expected to come, a line each; none of what has ended.
    pub expected: Vec<String>,
}

/// As text that Mermaid draws.
#[must_use]
pub fn mermaid(sequence: &Sequence, around: &Around) -> String {
    let title = format!("{}, {}", around.title, around.as_of);
    let title = title.replace(['"', '\\'], " ");
    let mut text = format!("---\ntitle: \"{title}\"\n---\nsequenceDiagram\n");
    for (place, name) in sequence.participants.iter().enumerate() {
        let _ = writeln!(text, "    participant P{place} as {}", plain(name));
    }
    for (message, time) in sequence.messages.iter().zip(times(sequence)) {
        let name = plain(&message.name);
        let told = [time, message.behind_words(&sequence.participants)];
        let told: Vec<String> = told.into_iter().flatten().map(|own| plain(&own)).collect();
        let time = match told.is_empty() {
            true => String::new(),
            false => format!(" ({})", told.join(", ")),
        };
        let to = message.receiver;
        let _ = match message.sender {
            None => writeln!(text, "    Note over P{to}: {name}{time}"),
            Some(from) => {
                let line = line(message);
                let mut all = message.receivers();
                all.try_for_each(|to| writeln!(text, "    P{from}{line}P{to}: {name}{time}"))
            }
        };
    }
    let last = sequence.participants.len().saturating_sub(1);
    let over = match last {
        0 => "P0".to_owned(),
        last => format!("P0,P{last}"),
    };
    let notes = std::iter::once(&around.as_of).chain(&around.expected);
    for note in notes.filter(|_| !sequence.participants.is_empty()) {
        let _ = writeln!(text, "    Note over {over}: {}", said(note));
    }
    text
}

/// A cross is what failed.
const fn line(message: &Message) -> &'static str {
    match (message.meaning, message.is_dashed()) {
        (Meaning::Failure, true) => "--x",
        (Meaning::Failure, false) => "-x",
        (_, true) => "-->>",
        (_, false) => "->>",
    }
}

/// Without what Mermaid would take for its own.
pub(super) fn plain(text: &str) -> String {
    said(text).replace(':', " ")
}

/// The same, where colons are no more than that.
fn said(text: &str) -> String {
    let safe = |c: char| match c {
        ';' | '#' | '<' | '>' | '"' => ' ',
        c if c.is_control() => ' ',
        c => c,
    };
    text.chars().map(safe).collect()
}

/// When each message was, since the beginning, all written alike: with as many digits as tell neighbours
/// apart, down to milliseconds.
#[must_use]
pub fn times(sequence: &Sequence) -> Vec<Option<String>> {
    let began = sequence.messages.first().and_then(|message| message.time);
    let since = |time: Timestamp| began.map(|began| (time - began).millis());
    let all = sequence.messages.iter();
    let all: Vec<Option<i64>> = all.map(|message| message.time.and_then(since)).collect();
    let known: Vec<i64> = all.iter().flatten().copied().collect();
    let close = |pair: &[i64]| pair[0] != pair[1] && pair[0] / 1000 == pair[1] / 1000;
    let digits = match known.windows(2).any(close) {
        true => Digits::Millis,
        false => Digits::Seconds,
    };
    let longest = known.iter().map(|own| own.abs()).max().unwrap_or_default();
    let told = |own: i64| since_began(own, longest, digits);
    all.into_iter().map(|own| own.map(told)).collect()
}

/// How finely times are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Digits {
    Seconds,
    Millis,
}

/// `+1.700 s`, `+4:05`, `+2 d 3:04:05`: by the longest in the diagram.
fn since_began(millis: i64, longest: i64, digits: Digits) -> String {
    let sign = if millis < 0 { "−" } else { "+" };
    let all = millis.unsigned_abs();
    let (seconds, rest) = (all / 1000, all % 1000);
    let fraction = match digits {
        Digits::Seconds => String::new(),
        Digits::Millis => format!(".{rest:03}"),
    };
    let (minutes, second) = (seconds / 60, seconds % 60);
    let (hours, minute) = (minutes / 60, minutes % 60);
    let (days, hour) = (hours / 24, hours % 24);
    match longest / 1000 {
        0..60 if digits == Digits::Seconds => format!("{sign}{seconds}.{} s", rest / 100),
        0..60 => format!("{sign}{seconds}{fraction} s"),
        60..3600 => format!("{sign}{minutes}:{second:02}{fraction}"),
        3600..86_400 => format!("{sign}{hours}:{minute:02}:{second:02}{fraction}"),
        _ => format!("{sign}{days} d {hour}:{minute:02}:{second:02}{fraction}"),
    }
}

const LEFT: usize = 136;
const ACROSS: usize = 200;
const DOWN: usize = 30;
/// Under the title.
const TOP: usize = 36;
const HEAD: usize = TOP + 52;

const PLAIN: &str = "#4e5967";
const FAILURE: &str = "#b72c20";
const UNDOING: &str = "#a84b00";
const CURSOR: &str = "#0b6bcb";
const FAINT: &str = "#5f6b7a";

/// As a picture of its own, in dark ink on white, under a title.
#[must_use]
pub fn sequence_svg(sequence: &Sequence, around: &Around) -> String {
    let width = LEFT + ACROSS * sequence.participants.len().max(2);
    let foot = HEAD + DOWN * sequence.messages.len() + 6;
    let height = foot + 24 + 20 * around.expected.len();
    let title = escaped(&format!("{}, {}", around.title, around.as_of));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>{title}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"8\" y=\"20\" font-weight=\"bold\">{title}</text>\n"
    );
    let x = |place: usize| LEFT + ACROSS / 2 + ACROSS * place;
    for (place, name) in sequence.participants.iter().enumerate() {
        let (x, left) = (x(place), x(place) - 92);
        let _ = writeln!(
            svg,
            "<rect x=\"{left}\" y=\"{TOP}\" width=\"184\" height=\"28\" rx=\"4\" fill=\"#f1f3f6\" \
             stroke=\"#b9c2ce\"/><text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{}</text>\
             <line x1=\"{x}\" y1=\"{}\" x2=\"{x}\" y2=\"{foot}\" stroke=\"#b9c2ce\" \
             stroke-dasharray=\"4 4\"/>",
            TOP + 18,
            escaped(name),
            TOP + 28
        );
    }
    for own in &sequence.activity {
        let y = |row: usize| HEAD + DOWN * row + DOWN / 2;
        let (x, top, tall) = (x(own.place) - 4, y(own.from), y(own.to) - y(own.from));
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{top}\" width=\"8\" height=\"{tall}\" fill=\"#f1f3f6\" stroke=\"#b9c2ce\"/>"
        );
    }
    for (row, (message, time)) in sequence.messages.iter().zip(times(sequence)).enumerate() {
        let y = HEAD + DOWN * row + DOWN / 2;
        svg += &when((message, time), y, &sequence.participants);
        let _ = writeln!(svg, "{}", arrow(message, y, x));
    }
    ending(&mut svg, around, (foot, width));
    svg.push_str("</svg>\n");
    svg
}

/// When a message was, and under it that this is too early.
fn when((message, time): (&Message, Option<String>), y: usize, participants: &[String]) -> String {
    let mut drawn = String::new();
    if let Some(time) = time {
        let _ = writeln!(
            drawn,
            "<text x=\"8\" y=\"{}\" fill=\"{FAINT}\" font-size=\"11\">{}</text>",
            y + 4,
            escaped(&time)
        );
    }
    if let Some(behind) = message.behind {
        let by = Span::from_millis(behind.millis);
        let words = match behind.whose == message.to {
            true => format!("{by} too early"),
            false => format!("clock {by} behind"),
        };
        let whole = message.behind_words(participants).unwrap_or_default();
        let _ = writeln!(
            drawn,
            "<text x=\"8\" y=\"{}\" fill=\"{UNDOING}\" font-size=\"10\">{}<title>{}</title></text>",
            y + 15,
            escaped(&words),
            escaped(&whole)
        );
    }
    drawn
}

/// The line below what is known, and what is expected under it.
fn ending(svg: &mut String, around: &Around, (y, width): (usize, usize)) {
    let _ = writeln!(
        svg,
        "<line x1=\"0\" y1=\"{y}\" x2=\"{width}\" y2=\"{y}\" stroke=\"{CURSOR}\" stroke-width=\"1.5\"/>\
         <text x=\"8\" y=\"{}\" fill=\"{CURSOR}\" font-size=\"11\">{}</text>",
        y + 15,
        escaped(&around.as_of)
    );
    for (row, line) in around.expected.iter().enumerate() {
        let _ = writeln!(
            svg,
            "<text x=\"8\" y=\"{}\" fill=\"{FAINT}\" font-style=\"italic\">expected: {}</text>",
            y + 35 + 20 * row,
            escaped(line)
        );
    }
}

fn arrow(message: &Message, y: usize, x: impl Fn(usize) -> usize) -> String {
    let ink = match message.meaning {
        Meaning::Plain => PLAIN,
        Meaning::Failure => FAILURE,
        Meaning::Undoing => UNDOING,
    };
    let dashes = match message.is_dashed() {
        true => " stroke-dasharray=\"4 3\"",
        false => "",
    };
    let name = escaped(&message.name);
    let to = x(message.receiver);
    match message.sender.map(&x) {
        None => format!(
            "<circle cx=\"{to}\" cy=\"{y}\" r=\"4\" fill=\"{ink}\"/>\
             <text x=\"{}\" y=\"{}\">{name}</text>",
            to + 10,
            y + 4
        ),
        Some(from) if from == to => format!(
            "<path d=\"M{to},{} h24 v12 h-17\" fill=\"none\" stroke=\"{ink}\"{dashes}/>{}\
             <text x=\"{}\" y=\"{}\" fill=\"{ink}\">{name}</text>",
            y - 6,
            tip((to, y + 6), (to + 8, ink)),
            to + 30,
            y + 4
        ),
        Some(from) => {
            let mut drawn = String::new();
            for to in message.receivers().map(x) {
                let back = if from < to { to - 8 } else { to + 8 };
                let _ = write!(
                    drawn,
                    "<line x1=\"{from}\" y1=\"{y}\" x2=\"{back}\" y2=\"{y}\" stroke=\"{ink}\"{dashes}/>{}",
                    tip((to, y), (back, ink)),
                );
            }
            let (middle, above) = ((from + to) / 2, y - 5);
            format!(
                "{drawn}<text x=\"{middle}\" y=\"{above}\" text-anchor=\"middle\" \
                 fill=\"{ink}\">{name}</text>"
            )
        }
    }
}

/// The head of an arrow, from its tip to where its line ends. A shape of its own: not all that draw SVG know
/// of markers.
fn tip((x, y): (usize, usize), (back, ink): (usize, &str)) -> String {
    let (above, below) = (y - 4, y + 4);
    format!("<polygon points=\"{x},{y} {back},{above} {back},{below}\" fill=\"{ink}\"/>")
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::saga::Says;
    use crate::model::EventIx;

    fn sequence() -> Sequence {
        let message = |event: u32, name: &str, from, to, meaning| Message {
            event: EventIx(event),
            name: name.to_owned(),
            from,
            to,
            sender: from,
            receiver: to,
            others: Vec::new(),
            says: Says::Event,
            time: Some(Timestamp::from_micros(i64::from(event) * 1_500_000)),
            meaning,
            behind: None,
        };
        Sequence {
            participants: vec!["order <service>".to_owned(), "payment;service".to_owned()],
            messages: vec![
                message(0, "OrderPlaced", None, 0, Meaning::Plain),
                message(1, "PaymentFailed", Some(0), 1, Meaning::Failure),
                message(2, "OrderNoted", Some(0), 0, Meaning::Plain),
                message(3, "StockReleased", Some(1), 0, Meaning::Undoing),
            ],
            activity: vec![crate::analysis::saga::Activity {
                place: 1,
                from: 0,
                to: 3,
            }],
        }
    }

    fn around() -> Around {
        Around {
            title: "order-1 of a & \"b\"".to_owned(),
            as_of: "as of 2024-12-31 23:59:59 UTC".to_owned(),
            expected: vec!["StockReleased, usually after 1 s".to_owned()],
        }
    }

    #[test]
    fn mermaid_gets_what_it_understands() {
        let expected = "---
title: \"order-1 of a &  b , as of 2024-12-31 23:59:59 UTC\"
---
sequenceDiagram
    participant P0 as order  service 
    participant P1 as payment service
    Note over P0: OrderPlaced (+0.0 s)
    P0-xP1: PaymentFailed (+1.5 s)
    P0->>P0: OrderNoted (+3.0 s)
    P1-->>P0: StockReleased (+4.5 s)
    Note over P0,P1: as of 2024-12-31 23:59:59 UTC
    Note over P0,P1: StockReleased, usually after 1 s
";
        assert_eq!(mermaid(&sequence(), &around()), expected);
    }

    #[test]
    fn what_is_answered_looks_otherwise_than_what_is_asked_for() {
        let mut sequence = sequence();
        sequence.messages[2].says = Says::Command;
        sequence.messages[3].says = Says::Answer;
        let text = mermaid(&sequence, &around());
        assert!(text.contains("P0->>P0: OrderNoted") && text.contains("P1-->>P0: StockReleased"));
        sequence.messages[3].meaning = Meaning::Failure;
        assert!(mermaid(&sequence, &around()).contains("P1--xP0: StockReleased"));
        // In a picture, too.
        let svg = sequence_svg(&sequence, &around());
        assert!(svg.contains("stroke=\"#b72c20\" stroke-dasharray=\"4 3\""));
    }

    #[test]
    fn times_that_run_backwards_say_whose_clock_is_behind() {
        let mut sequence = sequence();
        sequence.messages[1].behind = Some(crate::analysis::saga::Behind {
            millis: 4900,
            whose: 0,
        });
        sequence.messages[2].behind = Some(crate::analysis::saga::Behind {
            millis: 100,
            whose: 0,
        });
        let text = mermaid(&sequence, &around());
        let behind = "PaymentFailed (+1.5 s, clock of payment service is 4.9 s behind that of order  service )";
        assert!(text.contains(behind), "{text}");
        assert!(text.contains("OrderNoted (+3.0 s, 100 ms before what came before it)"));
        let svg = sequence_svg(&sequence, &around());
        assert!(svg.contains(">clock 4.9 s behind<title>clock of payment;service is 4.9 s behind"));
    }

    #[test]
    fn what_several_react_to_is_said_to_each() {
        let mut sequence = sequence();
        sequence.participants.push("mailer".to_owned());
        sequence.messages[1].others.push(2);
        let text = mermaid(&sequence, &around());
        assert!(text.contains("P0-xP1: PaymentFailed") && text.contains("P0-xP2: PaymentFailed"));
        let svg = sequence_svg(&sequence, &around());
        assert_eq!(svg.matches("<polygon").count(), 4);
        assert_eq!(svg.matches(">PaymentFailed<").count(), 1);
    }

    #[test]
    fn times_are_written_alike_and_told_apart() {
        let at = |millis: &[i64]| {
            let mut sequence = sequence();
            for (message, millis) in sequence.messages.iter_mut().zip(millis) {
                message.time = Some(Timestamp::from_micros(millis * 1000));
            }
            times(&sequence).into_iter().flatten().collect::<Vec<_>>()
        };
        let short = at(&[0, 1700, 1701, 4000]);
        assert_eq!(short, ["+0.000 s", "+1.700 s", "+1.701 s", "+4.000 s"]);
        let long = at(&[0, 4000, 61_000, 180_000_000]);
        assert_eq!(
            long,
            [
                "+0 d 0:00:00",
                "+0 d 0:00:04",
                "+0 d 0:01:01",
                "+2 d 2:00:00"
            ]
        );
        let back = at(&[0, -4000, 61_000, 62_000]);
        assert_eq!(back, ["+0:00", "−0:04", "+1:01", "+1:02"]);
    }

    #[test]
    fn a_picture_is_sound_xml_whatever_names_hold() {
        let svg = sequence_svg(&sequence(), &around());
        let mut reader = quick_xml::Reader::from_str(&svg);
        let mut depth = 0;
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Start(_) => depth += 1,
                quick_xml::events::Event::End(_) => depth -= 1,
                quick_xml::events::Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(depth, 0);
        assert!(svg.contains("order &lt;service&gt;") && svg.contains("+1.5 s"));
        assert!(svg.contains("<title>order-1 of a &amp; &quot;b&quot;, as of"));
        // What undoes is dashed, in an ink of its own, and arrows have heads that any renderer knows.
        assert!(svg.contains("stroke=\"#a84b00\" stroke-dasharray=\"4 3\""));
        assert_eq!(svg.matches("<polygon").count(), 3);
        assert!(!svg.contains("marker") && svg.contains("expected: StockReleased"));
    }
}
