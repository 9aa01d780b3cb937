//! The XMP packet: made from a recipe, laid beside what others have said in theirs, and read.
//!
//! Imports roxmltree through resvg. Invariants: what is written is well-formed XML whatever the texts hold; writing
//! twice gives the same bytes as writing once; a packet of others loses only the properties that are written anew.

use std::collections::BTreeSet;
use std::ops::Range;

use resvg::usvg::roxmltree::{Document, Node, ParsingOptions};

use super::super::xml::{self, escape};
use super::{Embedded, MAX_TEXT};

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const DC: &str = "http://purl.org/dc/elements/1.1/";
const XMP: &str = "http://ns.adobe.com/xap/1.0/";
const EXIF: &str = "http://ns.adobe.com/exif/1.0/";
const IPTC: &str = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/";
const NOTE: &str = "http://ns.adobe.com/xmp/note/";
/// Our own.
pub(super) const EASEL: &str = "urn:easel:recipe:1#";

/// Most XML nodes of one packet.
const MAX_NODES: u32 = 200_000;

/// Names a property that is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Property {
    prefix: &'static str,
    namespace: &'static str,
    name: &'static str,
    /// Whether its value is a list of languages.
    by_language: bool,
}

const fn property(prefix: &'static str, namespace: &'static str, name: &'static str, by_language: bool) -> Property {
    Property { prefix, namespace, name, by_language }
}

const TOOL: Property = property("xmp", XMP, "CreatorTool", false);
const SYSTEM: Property = property("Iptc4xmpExt", IPTC, "AISystemUsed", false);
const DESCRIPTION: Property = property("dc", DC, "description", true);
const COMMENT: Property = property("exif", EXIF, "UserComment", true);
const PROMPT: Property = property("Iptc4xmpExt", IPTC, "AIPromptInformation", false);
const RECIPE: Property = property("easel", EASEL, "recipe", false);
/// Names the parts of a JPEG's packet that did not fit into its first segment.
pub(super) const EXTENDED: Property = property("xmpNote", NOTE, "HasExtendedXMP", false);

const WRITTEN: [&Property; 7] = [&TOOL, &SYSTEM, &DESCRIPTION, &COMMENT, &PROMPT, &RECIPE, &EXTENDED];

pub(super) type Value = (&'static Property, String);

/// Lists what is to be said, the most useful to others first.
pub(super) fn values(embedded: &Embedded) -> Vec<Value> {
    // Only inside of JSON strings, where they may be escaped; XML has no way to say them.
    let recipe = embedded.recipe.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff");
    let all = [
        (&TOOL, embedded.software.clone()),
        (&SYSTEM, embedded.model.clone()),
        (&DESCRIPTION, embedded.prompt.clone()),
        (&COMMENT, embedded.settings.clone()),
        (&PROMPT, embedded.prompt.clone()),
        (&RECIPE, recipe),
    ];
    all.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

/// Makes a packet of these values, beside what an earlier packet of others says.
pub(super) fn packet(earlier: Option<&str>, values: &[Value]) -> String {
    earlier.and_then(|earlier| beside(earlier, values)).unwrap_or_else(|| {
        // The first character of the header tells the encoding.
        format!("<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>{}<?xpacket end=\"r\"?>", body(values))
    })
}

/// Makes the element inside of a packet, which may stand in other XML too.
pub(super) fn body(values: &[Value]) -> String {
    let description = description(values, "");
    format!(r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">{description}</rdf:RDF></x:xmpmeta>"#)
}

fn description(values: &[Value], about: &str) -> String {
    let namespaces: BTreeSet<_> = values.iter().map(|(property, _)| (property.prefix, property.namespace)).collect();
    let mut out = format!(r#"<rdf:Description xmlns:rdf="{RDF}" rdf:about="{}""#, escape(about));
    for (prefix, namespace) in namespaces {
        out.push_str(&format!(r#" xmlns:{prefix}="{namespace}""#));
    }
    out.push('>');
    for (Property { prefix, name, by_language, .. }, text) in values {
        let text = escape(text);
        let (open, close) = match by_language {
            true => (r#"<rdf:Alt><rdf:li xml:lang="x-default">"#, "</rdf:li></rdf:Alt>"),
            false => ("", ""),
        };
        out.push_str(&format!("<{prefix}:{name}>{open}{text}{close}</{prefix}:{name}>"));
    }
    out + "</rdf:Description>"
}

/// Lays our values beside what others say; `None` when they say nothing else, or it cannot be read.
fn beside(earlier: &str, values: &[Value]) -> Option<String> {
    let earlier = xml::trim_start(earlier);
    let document = document(earlier)?;
    let root = document.descendants().find(|node| node.has_tag_name((RDF, "RDF")))?;
    let mut cuts: Vec<Range<usize>> = Vec::new();
    let (mut end, mut about) = (None, "");
    for node in root.children().filter(Node::is_element) {
        let mut kept = false;
        let mut written = Vec::new();
        for attribute in node.attributes().filter(|attribute| attribute.namespace() != Some(RDF)) {
            match is_written(attribute.namespace(), attribute.name()) {
                true => written.push(attribute.range()),
                false => kept = true,
            }
        }
        for child in node.children().filter(Node::is_element) {
            match is_written(child.tag_name().namespace(), child.tag_name().name()) {
                true => written.push(child.range()),
                false => kept = true,
            }
        }
        if kept {
            cuts.append(&mut written);
            end = Some(node.range().end);
            about = node.attribute((RDF, "about")).unwrap_or(about);
        } else {
            cuts.push(node.range());
        }
    }
    let end = end?;
    let mut out = String::with_capacity(earlier.len());
    let ours = if values.is_empty() { String::new() } else { description(values, about) };
    let mut at = 0;
    for Range { start, end: after } in cuts.iter().filter(|cut| cut.start < end) {
        out.push_str(earlier.get(at..*start)?);
        at = *after;
    }
    out.push_str(earlier.get(at..end)?);
    out.push_str(&ours);
    at = end;
    for Range { start, end: after } in cuts.iter().filter(|cut| cut.start >= end) {
        out.push_str(earlier.get(at..*start)?);
        at = *after;
    }
    out.push_str(earlier.get(at..)?);
    Some(out)
}

/// Gives what a packet says besides our properties; `None` when that is nothing.
pub(super) fn others(earlier: &str) -> Option<String> {
    beside(earlier, &[])
}

fn is_written(namespace: Option<&str>, name: &str) -> bool {
    namespace == Some(EASEL)
        || WRITTEN.iter().any(|property| namespace == Some(property.namespace) && name == property.name)
}

fn document(text: &str) -> Option<Document<'_>> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    if text.len() > MAX_TEXT || !xml::is_readable(text) {
        return None;
    }
    Document::parse_with_options(text, options).ok()
}

/// Holds what XMP says, as far as anybody here asks.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) recipe: Option<String>,
    pub(super) prompt: Option<String>,
    pub(super) description: Option<String>,
    pub(super) title: Option<String>,
    pub(super) comment: Option<String>,
    pub(super) system: Option<String>,
    pub(super) tool: Option<String>,
    pub(super) extended: Option<String>,
}

impl Said {
    /// Adds what a packet says; what was said before stays.
    pub(super) fn read(&mut self, packet: &str) {
        // Some packets are padded with NUL.
        if let Some(document) = document(xml::trim_start(packet).trim_end_matches('\0')) {
            self.read_below(document.root_element());
        }
    }

    /// Adds what stands in the RDF below a node.
    pub(super) fn read_below(&mut self, node: Node<'_, '_>) {
        let roots = node.descendants().filter(|node| node.has_tag_name((RDF, "RDF")));
        for subject in roots.flat_map(|root| root.children()).filter(Node::is_element) {
            for attribute in subject.attributes() {
                self.take(attribute.namespace(), attribute.name(), || Some(attribute.value().to_owned()));
            }
            for child in subject.children().filter(Node::is_element) {
                self.take(child.tag_name().namespace(), child.tag_name().name(), || value(child));
            }
        }
    }

    fn take(&mut self, namespace: Option<&str>, name: &str, value: impl FnOnce() -> Option<String>) {
        let place = match (namespace.unwrap_or_default(), name) {
            (EASEL, "recipe") => &mut self.recipe,
            (IPTC, "AIPromptInformation") => &mut self.prompt,
            (IPTC, "AISystemUsed") => &mut self.system,
            (DC, "description") => &mut self.description,
            (DC, "title") => &mut self.title,
            (EXIF, "UserComment") => &mut self.comment,
            (XMP, "CreatorTool") => &mut self.tool,
            (NOTE, "HasExtendedXMP") => &mut self.extended,
            _ => return,
        };
        if place.is_none() {
            *place = value().filter(|text| !text.trim().is_empty());
        }
    }
}

/// Reads a property: its text, or of a list the entry for any language, else the first.
fn value(property: Node<'_, '_>) -> Option<String> {
    let entries = || property.descendants().filter(|node| node.has_tag_name((RDF, "li")));
    let any_language = |node: &Node<'_, '_>| {
        node.attributes().any(|attribute| attribute.name() == "lang" && attribute.value() == "x-default")
    };
    let entry = entries().find(any_language).or_else(|| entries().next()).unwrap_or(property);
    let text: String = entry.children().filter_map(|node| node.text()).collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_by_the_thousand_are_passed_over() {
        let names: String = (0..2000).map(|n| format!(" xmlns:n{n}='urn:{n}'")).collect();
        let packet = format!("<x{names}>{}</x>", "<y xmlns:a='b'/>".repeat(2000));
        assert!(document(&packet).is_none());
    }

    fn embedded() -> Embedded {
        Embedded { prompt: "a <fox> & \"owl\" ]]> --\r\n\t\u{1}".into(), recipe: "{}".into(), ..Embedded::default() }
    }

    fn said(packet: &str) -> Said {
        let mut said = Said::default();
        said.read(packet);
        said
    }

    #[test]
    fn what_is_said_is_read_again() {
        let said = said(&packet(None, &values(&embedded())));
        assert_eq!(said.description.as_deref(), Some("a <fox> & \"owl\" ]]> --\r\n\t\u{fffd}"));
        assert_eq!((said.recipe.as_deref(), said.tool), (Some("{}"), None));
    }

    #[test]
    fn others_keep_what_they_said_and_twice_is_once() {
        let theirs = r#"<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<r:Description r:about="uuid:1" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="Painter" xmp:Rating='5'/>
<r:Description r:about="uuid:1" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<TC260:AIGC>{"Label":"1"}</TC260:AIGC><dc:description><r:Alt><r:li xml:lang="de">ein Fuchs</r:li></r:Alt></dc:description>
</r:Description></r:RDF></x:xmpmeta>
<?xpacket end="w"?>"#;
        let once = packet(Some(theirs), &values(&embedded()));
        for kept in ["TC260:AIGC>{", "xmp:Rating='5'", "<?xpacket end=\"w\"?>"] {
            assert!(once.contains(kept), "{kept}: {once}");
        }
        for gone in ["Painter", "Fuchs"] {
            assert!(!once.contains(gone), "{gone}: {once}");
        }
        assert!(once.matches("about=\"uuid:1\"").count() == 3, "{once}");
        assert_eq!(said(&once).recipe.as_deref(), Some("{}"));
        assert_eq!(packet(Some(&once), &values(&embedded())), once);
        assert_eq!(others(&once).map(|rest| rest.contains("easel")), Some(false));
    }

    #[test]
    fn a_packet_of_ours_alone_is_written_anew() {
        let once = packet(None, &values(&embedded()));
        assert_eq!(packet(Some(&once), &values(&embedded())), once);
        assert_eq!(packet(Some("<x:xmpmeta"), &values(&embedded())), once);
        assert_eq!(others(&once), None);
    }

    #[test]
    fn the_entry_for_any_language_is_taken() {
        let theirs = r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
            xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Description dc:title="Fox"><dc:description><rdf:Alt>
            <rdf:li xml:lang="de">Fuchs</rdf:li><rdf:li xml:lang="x-default">A fox</rdf:li></rdf:Alt>
            </dc:description></rdf:Description></rdf:RDF>"#;
        let said = said(theirs);
        assert_eq!((said.description.as_deref(), said.title.as_deref()), (Some("A fox"), Some("Fox")));
    }

    #[test]
    fn entities_and_endless_nesting_are_not_followed() {
        let bomb = r#"<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>"#;
        let deep = "<a>".repeat(100_000);
        let wide = format!("<a>{}</a>", "<b/>".repeat(250_000));
        for text in [bomb, &deep, &wide, "", "\0", "<rdf:RDF/>"] {
            assert_eq!(said(text), Said::default());
        }
    }
}
