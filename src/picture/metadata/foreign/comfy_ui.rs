//! ComfyUI: a graph of nodes, walked from the sampler against the arrows.
//!
//! `prompt` is the graph that was carried out, `{"3": {"class_type": "KSampler", "inputs": {"positive": ["6", 0], …}}}`;
//! `workflow` is the drawing of it, of which only texts are taken. Invariant: a walk comes to a node once, so graphs
//! that bite their own tail end.

mod hosted;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::super::super::Size;
use super::super::{Foreign, Notation};
use super::{digits, empty, scalar, side, words};

/// Inputs that hold words, in the order in which they are read.
const WORDS: [&str; 14] = [
    "text",
    "prompt",
    "text_g",
    "text_l",
    "t5xxl",
    "clip_l",
    "string",
    "value",
    "text_a",
    "text_b",
    "string_a",
    "string_b",
    "positive_prompt",
    "text_positive",
];
/// Inputs that never lead to words.
const WORDLESS: [&str; 9] =
    ["clip", "model", "vae", "image", "pixels", "mask", "control_net", "clip_vision_output", "latent_image"];
/// Inputs that name the file of a model.
const CHECKPOINTS: [&str; 4] = ["ckpt_name", "unet_name", "model_name", "gguf_name"];
/// Inputs through which a sampler gets its settings from other nodes.
const SETTINGS: [&str; 4] = ["guider", "noise", "sigmas", "sampler"];
/// Most samplers that are looked at, and texts that are put together.
const MOST: usize = 32;
/// Shortest text that is taken for a prompt when the graph does not tell, in characters.
const SHORTEST: usize = 12;

/// Reads graphs, the first that tells anything; `None` when none of them is one.
pub(super) fn read(graphs: &[Map<String, Value>]) -> Option<Foreign> {
    let all = || graphs.iter().map(Graph);
    // A sampler whose words are not found has none that could be told from others.
    let carried_out = all().find_map(Graph::sampled).or_else(|| all().find_map(Graph::hosted));
    carried_out.or_else(|| {
        let known = graphs.iter().any(|graph| Graph(graph).is_one() || is_drawn(graph));
        let longest = || graphs.iter().filter_map(longest_text).max_by_key(|text| text.chars().count());
        known.then(|| Foreign { prompt: longest(), ..named() })
    })
}

fn named() -> Foreign {
    Foreign { program: Some("ComfyUI".to_owned()), ..empty(Notation::ComfyUi) }
}

fn is_drawn(graph: &Map<String, Value>) -> bool {
    graph.get("nodes").is_some_and(Value::is_array) && graph.contains_key("links")
}

/// Finds the longest text of the nodes whose kind is about text, else of all; of either form of graph. What commands a
/// model and what names a file is no prompt.
fn longest_text(graph: &Map<String, Value>) -> Option<String> {
    let carried_out = graph.values().map(|node| (node.get("class_type"), node.get("inputs")));
    let nodes = graph.get("nodes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let drawn = nodes.iter().map(|node| (node.get("type"), node.get("widgets_values")));
    let all: Vec<_> = carried_out.chain(drawn).collect();
    let about_text = |kind: Option<&Value>| {
        let kind = kind.and_then(Value::as_str).unwrap_or_default();
        (kind.contains("Text") || kind.contains("Prompt")) && !kind.contains("Note")
    };
    let is_other = |name: &str| ["system", "prefix", "file", "path", "negative"].iter().any(|word| name.contains(word));
    let longest = |all: &mut dyn Iterator<Item = &Value>| {
        let texts = all.flat_map(|values| match values {
            Value::Array(items) => items.iter().collect::<Vec<_>>(),
            Value::Object(items) => items.iter().filter(|(name, _)| !is_other(name)).map(|(_, value)| value).collect(),
            _ => Vec::new(),
        });
        let texts = texts.filter_map(Value::as_str).filter(|text| text.chars().count() >= SHORTEST);
        texts.max_by_key(|text| text.chars().count()).map(str::to_owned)
    };
    let some = longest(&mut all.iter().filter(|(kind, _)| about_text(*kind)).filter_map(|(_, values)| *values));
    some.or_else(|| longest(&mut all.iter().filter_map(|(_, values)| *values)))
}

/// Which of the two conditions of a node a link means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Positive,
    Negative,
}

#[derive(Clone, Copy)]
struct Graph<'a>(&'a Map<String, Value>);

#[derive(Clone, Copy)]
struct Node<'a> {
    id: &'a str,
    kind: &'a str,
    inputs: &'a Map<String, Value>,
}

impl<'a> Node<'a> {
    fn new((id, node): (&'a String, &'a Value)) -> Option<Self> {
        Some(Self { id, kind: node.get("class_type")?.as_str()?, inputs: node.get("inputs")?.as_object()? })
    }

    fn is_sampler(&self) -> bool {
        let leads = ["positive", "guider"].iter().any(|key| self.inputs.get(*key).is_some_and(Value::is_array));
        leads && ["latent_image", "seed", "noise_seed", "noise"].iter().any(|key| self.inputs.contains_key(*key))
    }
}

impl<'a> Graph<'a> {
    fn is_one(self) -> bool {
        self.0.iter().any(|node| Node::new(node).is_some())
    }

    /// Follows a link, `["6", 0]`, to its node and the place among that node's outputs.
    fn follow(self, link: &Value) -> Option<(Node<'a>, u64)> {
        let [id, output] = link.as_array()?.as_slice() else { return None };
        let id = scalar(id)?;
        Some((Node::new(self.0.get_key_value(&id)?)?, output.as_u64()?))
    }

    /// Reads what the first sampler made, the one whose picture comes from no other sampler.
    fn sampled(self) -> Option<Foreign> {
        let samplers: Vec<_> = self.0.iter().filter_map(Node::new).filter(Node::is_sampler).take(MOST).collect();
        let is_first = |node: &&Node<'a>| {
            self.upstream(node.inputs.get("latent_image"), &["latent_image", "samples", "latent", "image", "pixels"])
                .iter()
                .all(|before| !before.is_sampler())
        };
        let sampler = *samplers.iter().find(is_first).or(samplers.first())?;
        let mut found = named();
        found.prompt = self.words(sampler, Side::Positive);
        found.negative_prompt = self.words(sampler, Side::Negative);
        let models = self.upstream(self.input(sampler, "model"), &["model"]);
        let checkpoint = |node: &Node<'a>| CHECKPOINTS.iter().find_map(|key| words(node.inputs.get(*key)?));
        found.model = models.iter().find_map(checkpoint);
        found.seed = ["seed", "noise_seed"].iter().find_map(|key| digits(self.setting(sampler, key)?));
        let latent = self.upstream(sampler.inputs.get("latent_image"), &["latent_image", "samples", "latent"]);
        found.size = latent.iter().find_map(|node| {
            let of = |key| side(self.resolved(node.inputs.get(key)?, key)?);
            Some(Size { width: of("width")?, height: of("height")? })
        });
        for key in ["steps", "cfg", "sampler_name", "scheduler", "denoise", "guidance"] {
            let value = self.setting(sampler, key).filter(|value| scalar(value).is_some());
            found.fields.extend(value.map(|value| (key.to_owned(), value.clone())));
        }
        if let Some(size) = found.size {
            found.fields.extend([("width".to_owned(), size.width.into()), ("height".to_owned(), size.height.into())]);
        }
        let of_lora = |node: &Node<'a>| {
            let name = node.inputs.get("lora_name").filter(|name| name.is_string())?;
            let strength = node.inputs.get("strength_model").map(|value| ("strength_model".to_owned(), value.clone()));
            Some(std::iter::once(("lora_name".to_owned(), name.clone())).chain(strength))
        };
        found.fields.extend(models.iter().filter_map(of_lora).flatten());
        Some(found)
    }

    /// Collects the nodes that are reached from a link through inputs of these names, the nearest first.
    fn upstream(self, link: Option<&'a Value>, through: &[&str]) -> Vec<Node<'a>> {
        let mut seen = HashSet::new();
        let mut nodes: Vec<Node<'a>> = Vec::new();
        let mut links: Vec<&Value> = link.into_iter().collect();
        while let Some(link) = links.pop() {
            let Some((node, _)) = self.follow(link) else { continue };
            if seen.insert(node.id) {
                nodes.push(node);
                links.extend(through.iter().rev().filter_map(|key| node.inputs.get(*key)));
            }
        }
        nodes
    }

    /// Finds an input of a sampler, on it or on the nodes that carry its settings.
    fn input(self, sampler: Node<'a>, key: &str) -> Option<&'a Value> {
        let mut carriers = SETTINGS.iter().flat_map(|through| self.upstream(sampler.inputs.get(*through), &[]));
        sampler.inputs.get(key).or_else(|| carriers.find_map(|node| node.inputs.get(key)))
    }

    /// Finds a setting of a sampler and resolves it to a plain value.
    fn setting(self, sampler: Node<'a>, key: &str) -> Option<&'a Value> {
        self.resolved(self.input(sampler, key)?, key)
    }

    /// Follows a link to the plain value it stands for; a plain value stands for itself.
    fn resolved(self, value: &'a Value, key: &str) -> Option<&'a Value> {
        if !value.is_array() {
            return Some(value);
        }
        let names = [key, "value", "seed", "int", "float", "number"];
        let nodes = self.upstream(Some(value), &names);
        nodes
            .iter()
            .find_map(|node| names.iter().find_map(|name| node.inputs.get(*name).filter(|value| !value.is_array())))
    }

    /// Collects the words on one side of a sampler, each once; `None` when none are found.
    fn words(self, sampler: Node<'a>, side: Side) -> Option<String> {
        let name = if side == Side::Positive { "positive" } else { "negative" };
        let link = self.input(sampler, name);
        // A guider without sides has the wanted one only.
        let link = link.or_else(|| self.input(sampler, "conditioning").filter(|_| side == Side::Positive))?;
        let (mut seen, mut found) = (HashSet::new(), Vec::new());
        let mut links = vec![(link, side)];
        while let Some((link, side)) = links.pop() {
            let Some((node, output)) = self.follow(link) else { continue };
            if !seen.insert(node.id) || node.kind.contains("ZeroOut") {
                continue;
            }
            let mut next = Vec::new();
            let sides = ["positive", "negative"].map(|key| node.inputs.get(key).filter(|value| value.is_array()));
            if let [Some(positive), Some(negative)] = sides {
                // What passes both through gives the wanted one first.
                let means = if output == 0 { (positive, Side::Positive) } else { (negative, Side::Negative) };
                next.push(means);
            } else {
                for key in WORDS {
                    let Some(value) = node.inputs.get(key) else { continue };
                    match words(value) {
                        Some(text) if found.len() < MOST && !found.contains(&text) => found.push(text),
                        None if value.is_array() => next.push((value, side)),
                        _ => {}
                    }
                }
                let others = node.inputs.iter().filter(|(key, value)| {
                    value.is_array() && !WORDS.contains(&key.as_str()) && !WORDLESS.contains(&key.as_str())
                });
                next.extend(others.map(|(_, link)| (link, side)));
            }
            links.extend(next.into_iter().rev());
        }
        (!found.is_empty()).then(|| found.join("\n"))
    }
}
