//! Sequence diagrams as Mermaid text and as SVG, for tickets and pages. Nothing is measured: letters
//! are as wide as they are in most faces.

use std::fmt::Write as _;

use crate::analysis::saga::{Meaning, Message, Sequence};
use crate::model::Timestamp;

/// As text that Mermaid draws.
#[must_use]
pub fn mermaid(sequence: &Sequence) -> String {
    let mut text = "sequenceDiagram\n".to_owned();
    for (place, name) in sequence.participants.iter().enumerate() {
        let _ = writeln!(text, "    participant P{place} as {}", plain(name));
    }
    for message in &sequence.messages {
        let name = plain(&message.name);
        let to = message.receiver;
        match message.sender {
            None => {
                let _ = writeln!(text, "    Note over P{to}: {name}");
            }
            Some(from) => {
                let arrow = match message.meaning {
                    Meaning::Plain => "->>",
                    Meaning::Failure => "-x",
                    Meaning::Undoing => "-->>",
                };
                let _ = writeln!(text, "    P{from}{arrow}P{to}: {name}");
            }
        }
    }
    text
}

/// Without what Mermaid would take for its own.
pub(super) fn plain(text: &str) -> String {
    let safe = |c: char| match c {
        ';' | '#' | ':' | '<' | '>' | '"' => ' ',
        c if c.is_control() => ' ',
        c => c,
    };
    text.chars().map(safe).collect()
}

const LEFT: usize = 96;
const ACROSS: usize = 200;
const DOWN: usize = 30;
/// Under the title.
const TOP: usize = 36;
const HEAD: usize = TOP + 52;

/// The inks of arrows. A marker does not take up the colour of its line everywhere: each has its own.
const INKS: [(Meaning, &str, &str); 3] = [
    (Meaning::Plain, "plain", "#4e5967"),
    (Meaning::Failure, "failure", "#b72c20"),
    (Meaning::Undoing, "undoing", "#a84b00"),
];

/// As a picture of its own, in dark ink on white, under a title.
#[must_use]
pub fn sequence_svg(sequence: &Sequence, title: &str) -> String {
    let width = LEFT + ACROSS * sequence.participants.len().max(1);
    let height = HEAD + DOWN * (sequence.messages.len() + 1);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>{title}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"8\" y=\"20\" font-weight=\"bold\">{title}</text>\n<defs>",
        title = escaped(title)
    );
    for (_, id, ink) in INKS {
        let _ = write!(
            svg,
            "<marker id=\"{id}\" markerWidth=\"8\" markerHeight=\"8\" refX=\"7\" refY=\"4\" \
             orient=\"auto\"><path d=\"M0,0 L8,4 L0,8 z\" fill=\"{ink}\"/></marker>"
        );
    }
    svg.push_str("</defs>\n");
    let x = |place: usize| LEFT + ACROSS / 2 + ACROSS * place;
    for (place, name) in sequence.participants.iter().enumerate() {
        let (x, left) = (x(place), x(place) - 84);
        let _ = writeln!(
            svg,
            "<rect x=\"{left}\" y=\"{TOP}\" width=\"168\" height=\"28\" rx=\"4\" fill=\"#f1f3f6\" \
             stroke=\"#b9c2ce\"/><text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{}</text>\
             <line x1=\"{x}\" y1=\"{}\" x2=\"{x}\" y2=\"{height}\" stroke=\"#b9c2ce\" \
             stroke-dasharray=\"4 4\"/>",
            TOP + 18,
            escaped(name),
            TOP + 28
        );
    }
    let began = sequence.messages.first().and_then(|message| message.time);
    for (row, message) in sequence.messages.iter().enumerate() {
        let y = HEAD + DOWN * row + DOWN / 2;
        if let Some((began, time)) = began.zip(message.time) {
            let _ = writeln!(
                svg,
                "<text x=\"8\" y=\"{y}\" fill=\"#5f6b7a\" font-size=\"11\">{}</text>",
                escaped(&after(began, time))
            );
        }
        let _ = writeln!(svg, "{}", arrow(message, y, x));
    }
    svg.push_str("</svg>\n");
    svg
}

fn arrow(message: &Message, y: usize, x: impl Fn(usize) -> usize) -> String {
    let ink = INKS
        .iter()
        .find(|(meaning, ..)| *meaning == message.meaning);
    let (_, marker, ink) = ink.unwrap_or(&INKS[0]);
    let dashes = match message.meaning {
        Meaning::Undoing => " stroke-dasharray=\"4 3\"",
        _ => "",
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
            "<path d=\"M{to},{} h24 v12 h-24\" fill=\"none\" stroke=\"{ink}\"{dashes} \
             marker-end=\"url(#{marker})\"/><text x=\"{}\" y=\"{}\" fill=\"{ink}\">{name}</text>",
            y - 6,
            to + 30,
            y + 4
        ),
        Some(from) => format!(
            "<line x1=\"{from}\" y1=\"{y}\" x2=\"{to}\" y2=\"{y}\" stroke=\"{ink}\"{dashes} \
             marker-end=\"url(#{marker})\"/><text x=\"{}\" y=\"{}\" text-anchor=\"middle\" \
             fill=\"{ink}\">{name}</text>",
            (from + to) / 2,
            y - 5
        ),
    }
}

/// How long after the beginning: `+1.2 s`.
#[must_use]
pub fn after(began: Timestamp, time: Timestamp) -> String {
    format!("+{}", time - began)
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
    use crate::model::EventIx;

    fn sequence() -> Sequence {
        let message = |event: u32, name: &str, from, to, meaning| Message {
            event: EventIx(event),
            name: name.to_owned(),
            from,
            to,
            sender: from,
            receiver: to,
            time: Some(Timestamp::from_micros(i64::from(event) * 1_500_000)),
            meaning,
        };
        Sequence {
            participants: vec!["order <service>".to_owned(), "payment;service".to_owned()],
            messages: vec![
                message(0, "OrderPlaced", None, 0, Meaning::Plain),
                message(1, "PaymentFailed", Some(0), 1, Meaning::Failure),
                message(2, "OrderNoted", Some(0), 0, Meaning::Plain),
                message(3, "StockReleased", Some(1), 0, Meaning::Undoing),
            ],
        }
    }

    #[test]
    fn mermaid_gets_what_it_understands() {
        let expected = "sequenceDiagram
    participant P0 as order  service 
    participant P1 as payment service
    Note over P0: OrderPlaced
    P0-xP1: PaymentFailed
    P0->>P0: OrderNoted
    P1-->>P0: StockReleased
";
        assert_eq!(mermaid(&sequence()), expected);
    }

    #[test]
    fn a_picture_is_sound_xml_whatever_names_hold() {
        let svg = sequence_svg(&sequence(), "order-1 of a & b");
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
        assert!(svg.contains("<title>order-1 of a &amp; b</title>"));
        // What undoes is dashed, in an ink of its own that any renderer knows.
        assert!(svg.contains("stroke-dasharray=\"4 3\" marker-end=\"url(#undoing)\""));
        assert!(!svg.contains("context-stroke"));
    }
}
