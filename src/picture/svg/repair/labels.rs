//! Labels that are HTML inside of a drawing, as plain text in their place.
//!
//! Imports nothing. Their lines are those that the HTML breaks; their size and colour those that it says first.

use super::super::xml::escape;

/// A `foreignObject` that is being read.
pub(super) struct Label<'a> {
    /// How many elements are open around it.
    pub(super) depth: usize,
    /// Where another form of the same stands beside it.
    in_switch: bool,
    tag: &'a str,
    size: Option<f64>,
    colour: Option<String>,
    lines: Vec<String>,
}

/// Elements after which a new line begins.
const BLOCKS: [&str; 12] = ["p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "center"];
/// Lines of a label; what has more is a document.
const MOST: usize = 100;

impl<'a> Label<'a> {
    pub(super) fn new(tag: &'a str, depth: usize, in_switch: bool) -> Self {
        Self { depth, in_switch, tag, size: None, colour: None, lines: vec![String::new()] }
    }

    pub(super) fn start(&mut self, name: &str, tag: &str) {
        if name == "br" {
            self.new_line();
        }
        let style = attribute(tag, "style").unwrap_or_default();
        for (name, value) in style.split(';').filter_map(|declaration| declaration.split_once(':')) {
            match name.trim() {
                "font-size" if self.size.is_none() => {
                    self.size =
                        value.trim().trim_end_matches("px").parse().ok().filter(|size| (1.0..1e4).contains(size));
                }
                "color" if self.colour.is_none() => self.colour = Some(value.trim().to_owned()),
                _ => {}
            }
        }
    }

    pub(super) fn end(&mut self, name: &str) {
        if BLOCKS.contains(&name) {
            self.new_line();
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        let Some(line) = self.lines.last_mut() else { return };
        for word in text.split_whitespace() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }

    fn new_line(&mut self) {
        if self.lines.len() < MOST && self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    /// Writes it as SVG; empty where there is nothing to say or it is said beside.
    pub(super) fn written(self) -> String {
        let lines: Vec<String> = self.lines.into_iter().filter(|line| !line.is_empty()).collect();
        if self.in_switch || lines.is_empty() {
            return String::new();
        }
        let number =
            |name| attribute(self.tag, name).and_then(|value| value.trim_end_matches("px").parse::<f64>().ok());
        let (x, y) = (number("x").unwrap_or(0.0), number("y").unwrap_or(0.0));
        let size = self.size.unwrap_or(16.0);
        let transform =
            attribute(self.tag, "transform").map(|value| format!(" transform=\"{}\"", value.replace('"', "")));
        let colour = escape(self.colour.as_deref().unwrap_or("black"));
        let mut out = format!("<text font-size=\"{size}\" fill=\"{colour}\"{}>", transform.unwrap_or_default());
        for (number, line) in (0_u16..).zip(lines) {
            // What was written out in HTML is so in SVG.
            let foot = ((y + size * (1.0 + 1.2 * f64::from(number))) * 100.0).round() / 100.0;
            out.push_str(&format!("<tspan x=\"{x}\" y=\"{foot}\">{line}</tspan>"));
        }
        out.push_str("</text>");
        out
    }
}

/// Reads an attribute of a start tag.
pub(super) fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    for (at, _) in tag.match_indices(name) {
        let before = tag.get(..at)?.chars().next_back();
        let rest = tag.get(at + name.len()..)?.trim_start();
        if let Some(rest) = rest.strip_prefix('=').filter(|_| before.is_some_and(char::is_whitespace)) {
            let rest = rest.trim_start();
            let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            return rest.get(1..)?.split(quote).next();
        }
    }
    None
}
