//! XML as JSON, in the usual way: an element is an object of its attributes (`@name`), its text (`#text`)
//! and its elements, several of a name an array; one with text alone is that text. Nothing outside of
//! the document is ever looked at.

use indexmap::IndexMap;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use serde_json::{Map, Value};

use super::{DEEPEST, LONGEST_VIEW};

/// An element that is open.
#[derive(Default)]
struct Element {
    name: String,
    attributes: Map<String, Value>,
    children: IndexMap<String, Vec<Value>>,
    text: String,
}

/// The document as JSON: an object with its root.
pub(super) fn to_json(text: &str) -> Option<String> {
    let (name, value) = root(text)?;
    Some(Value::Object(Map::from_iter([(name, value)])).to_string())
}

/// What is in the document's root as JSON; the root with it where that is no element.
pub(super) fn inside(text: &str) -> Option<String> {
    let (name, value) = root(text)?;
    Some(match value {
        Value::Object(_) => value.to_string(),
        _ => Value::Object(Map::from_iter([(name, value)])).to_string(),
    })
}

/// The root's name and what is in it.
fn root(text: &str) -> Option<(String, Value)> {
    if text.len() > LONGEST_VIEW {
        return None;
    }
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<(String, Value)> = None;
    loop {
        let (element, value) = match reader.read_event().ok()? {
            Event::Start(start) => {
                open.push(Element::of(&start)?);
                (open.len() < DEEPEST).then_some(())?;
                continue;
            }
            Event::Empty(start) => {
                let element = Element::of(&start)?;
                let bare = element.attributes.is_empty();
                (
                    element.name.clone(),
                    if bare { Value::Null } else { element.value() },
                )
            }
            Event::End(_) => {
                let element = open.pop()?;
                (element.name.clone(), element.value())
            }
            Event::Eof => return root.filter(|_| open.is_empty()),
            other => {
                let text = text_of(&other)?;
                match open.last_mut() {
                    Some(element) => element.text.push_str(&text),
                    None if text.trim().is_empty() => {}
                    None => return None,
                }
                continue;
            }
        };
        match open.last_mut() {
            Some(around) => around.children.entry(element).or_default().push(value),
            None if root.is_none() => root = Some((element, value)),
            None => return None,
        }
    }
}

/// What an event adds to the text of its element.
fn text_of(event: &Event<'_>) -> Option<String> {
    Some(match event {
        Event::Text(text) => text.xml_content(XmlVersion::Implicit1_0).into_owned(),
        Event::CData(text) => text.xml_content(XmlVersion::Implicit1_0).into_owned(),
        Event::GeneralRef(name) => match name.resolve_char_ref().ok()? {
            Some(c) => c.to_string(),
            None => {
                let name: &str = name;
                let known = quick_xml::escape::resolve_predefined_entity(name);
                // Entities of its own are left as they are written.
                known.map_or_else(|| format!("&{name};"), str::to_owned)
            }
        },
        _ => String::new(),
    })
}

impl Element {
    fn of(start: &BytesStart<'_>) -> Option<Self> {
        let name = start.name().into_inner().to_owned();
        let mut attributes = Map::new();
        for attribute in start.attributes() {
            let attribute = attribute.ok()?;
            let key = attribute.key.into_inner();
            let written = &*attribute.value;
            let value = quick_xml::escape::unescape(written).unwrap_or(written.into());
            attributes.insert(format!("@{key}"), Value::from(&*value));
        }
        Some(Self {
            name,
            attributes,
            ..Self::default()
        })
    }

    fn value(self) -> Value {
        let Self {
            attributes,
            children,
            text,
            ..
        } = self;
        if attributes.is_empty() && children.is_empty() {
            return Value::String(text);
        }
        let mut object = attributes;
        for (name, mut values) in children {
            let value = match values.len() {
                1 => values.remove(0),
                _ => Value::Array(values),
            };
            object.insert(name, value);
        }
        // Blanks between elements are how it is laid out.
        if !text.trim().is_empty() {
            object.insert("#text".to_owned(), Value::from(text.trim()));
        }
        Value::Object(object)
    }
}

#[cfg(test)]
mod tests {
    use super::to_json;

    #[test]
    fn elements_become_objects() {
        let xml = "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>\n\
                   <order id=\"7\"><total>12.50</total><line n='1'>tea &amp; milk &#233;</line><line/>\n<note></note>&e;</order>";
        let json = r##"{"order":{"@id":"7","total":"12.50","line":[{"@n":"1","#text":"tea & milk é"},null],"note":"","#text":"&e;"}}"##;
        assert_eq!(to_json(xml).as_deref(), Some(json));
        for broken in ["<a>", "<a></b>", "text", "<a/><b/>", "", "<a/>x"] {
            assert_eq!(to_json(broken), None, "{broken}");
        }
        assert_eq!(to_json(&"<a>".repeat(200)), None);
    }
}
