//! ComfyUI: a graph of nodes, walked from the sampler against the arrows.
//!
//! `prompt` is the graph that was carried out, `{"3": {"class_type": "KSampler", "inputs": {"positive": ["6", 0], …}}}`;
//! `workflow` is the drawing of it, of which only texts are taken. Invariant: a walk comes to a node once, so graphs
//! that bite their own tail end.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::super::super::Size;
use super::super::{Foreign, Notation};
use super::{empty, scalar, side, whole};

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
    let carried_out = graphs.iter().find_map(|graph| Graph(graph).sampled());
    if carried_out.as_ref().is_some_and(|found| found.prompt.is_some()) {
        return carried_out;
    }
    let longest = graphs.iter().filter_map(longest_text).max_by_key(|text| text.chars().count());
    let known = graphs.iter().any(|graph| Graph(graph).is_one() || is_drawn(graph));
    let found = carried_out.or_else(|| known.then(named))?;
    Some(Foreign { prompt: longest, ..found })
}

fn named() -> Foreign {
    Foreign { program: Some("ComfyUI".to_owned()), ..empty(Notation::ComfyUi) }
}

fn is_drawn(graph: &Map<String, Value>) -> bool {
    graph.get("nodes").is_some_and(Value::is_array) && graph.contains_key("links")
}

/// Finds the longest text of the nodes whose kind is about text, else of all; of either form of graph.
fn longest_text(graph: &Map<String, Value>) -> Option<String> {
    let carried_out = graph.values().map(|node| (node.get("class_type"), node.get("inputs")));
    let nodes = graph.get("nodes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let drawn = nodes.iter().map(|node| (node.get("type"), node.get("widgets_values")));
    let all: Vec<_> = carried_out.chain(drawn).collect();
    let about_text = |kind: Option<&Value>| {
        let kind = kind.and_then(Value::as_str).unwrap_or_default();
        (kind.contains("Text") || kind.contains("Prompt")) && !kind.contains("Note")
    };
    let longest = |all: &mut dyn Iterator<Item = &Value>| {
        let texts = all.flat_map(|values| match values {
            Value::Array(items) => items.iter().collect::<Vec<_>>(),
            Value::Object(items) => items.values().collect(),
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
        let checkpoint = |node: &Node<'a>| CHECKPOINTS.iter().find_map(|key| node.inputs.get(*key)?.as_str());
        found.model = models.iter().find_map(checkpoint).map(str::to_owned);
        found.seed = ["seed", "noise_seed"].iter().find_map(|key| whole(self.setting(sampler, key)?));
        let latent = self.upstream(sampler.inputs.get("latent_image"), &["latent_image", "samples", "latent"]);
        found.size = latent.iter().find_map(|node| {
            let of = |key| side(self.resolved(node.inputs.get(key)?, key)?);
            Some(Size { width: of("width")?, height: of("height")? })
        });
        for (key, name) in [
            ("steps", "Steps"),
            ("cfg", "CFG"),
            ("sampler_name", "Sampler"),
            ("scheduler", "Scheduler"),
            ("denoise", "Denoise"),
            ("guidance", "Guidance"),
        ] {
            let value = self.setting(sampler, key).and_then(scalar);
            found.rows.extend(value.map(|value| (name.to_owned(), value)));
        }
        for node in models {
            let Some(name) = node.inputs.get("lora_name").and_then(Value::as_str) else { continue };
            let strength = node.inputs.get("strength_model").and_then(scalar);
            let strength = strength.map(|strength| format!(" ({strength})")).unwrap_or_default();
            found.rows.push(("LoRA".to_owned(), format!("{name}{strength}")));
        }
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
                    match node.inputs.get(key) {
                        Some(Value::String(text)) if !text.trim().is_empty() => {
                            let text = text.trim().to_owned();
                            if found.len() < MOST && !found.contains(&text) {
                                found.push(text);
                            }
                        }
                        Some(link @ Value::Array(_)) => next.push((link, side)),
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    fn row<'a>(found: &'a Foreign, name: &str) -> Option<&'a str> {
        found.rows.iter().find(|(row, _)| row == name).map(|(_, value)| value.as_str())
    }

    fn usual() -> Map<String, Value> {
        of(json!({
            "3": {"class_type": "KSampler", "inputs": {"seed": 156_680_208_700_286_u64, "steps": 20, "cfg": 8.0,
                "sampler_name": "euler", "scheduler": "normal", "denoise": 1, "model": ["10", 0], "positive": ["11", 0],
                "negative": ["11", 1], "latent_image": ["5", 0]}},
            "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "v1-5.safetensors"}},
            "5": {"class_type": "EmptyLatentImage", "inputs": {"width": ["20", 0], "height": 768, "batch_size": 1}},
            "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["12", 0], "clip": ["4", 1]}},
            "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "text, watermark", "clip": ["4", 1]}},
            "10": {"class_type": "LoraLoader", "inputs": {"lora_name": "snow.safetensors", "strength_model": 0.8,
                "model": ["4", 0], "clip": ["4", 1]}},
            "11": {"class_type": "ControlNetApplyAdvanced", "inputs": {"positive": ["6", 0], "negative": ["7", 0],
                "strength": 1.0, "image": ["13", 0]}},
            "12": {"class_type": "StringConcatenate", "inputs": {"string_a": "a fox", "string_b": "in snow"}},
            "20": {"class_type": "PrimitiveInt", "inputs": {"value": 512}},
            "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
            "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "ComfyUI"}}
        }))
    }

    #[test]
    fn the_usual_graph_is_walked() {
        let found = read(&[usual()]).unwrap();
        assert_eq!(found.prompt.as_deref(), Some("a fox\nin snow"));
        assert_eq!(found.negative_prompt.as_deref(), Some("text, watermark"));
        assert_eq!((found.model.as_deref(), found.seed), (Some("v1-5.safetensors"), Some(156_680_208_700_286)));
        assert_eq!(found.size, Some(Size { width: 512, height: 768 }));
        for (name, value) in [("Steps", "20"), ("CFG", "8.0"), ("Sampler", "euler"), ("LoRA", "snow.safetensors (0.8)")]
        {
            assert_eq!(row(&found, name), Some(value), "{name}");
        }
    }

    #[test]
    fn the_custom_sampler_of_flux_is_walked() {
        let graph = of(json!({
            "13": {"class_type": "SamplerCustomAdvanced", "inputs": {"noise": ["25", 0], "guider": ["22", 0],
                "sampler": ["16", 0], "sigmas": ["17", 0], "latent_image": ["27", 0]}},
            "22": {"class_type": "BasicGuider", "inputs": {"model": ["30", 0], "conditioning": ["26", 0]}},
            "26": {"class_type": "FluxGuidance", "inputs": {"guidance": 3.5, "conditioning": ["6", 0]}},
            "6": {"class_type": "CLIPTextEncodeFlux", "inputs": {"t5xxl": "a fox", "clip_l": "a fox", "guidance": 3.5}},
            "25": {"class_type": "RandomNoise", "inputs": {"noise_seed": 7}},
            "16": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "euler"}},
            "17": {"class_type": "BasicScheduler", "inputs": {"scheduler": "simple", "steps": 4, "model": ["30", 0]}},
            "27": {"class_type": "EmptySD3LatentImage", "inputs": {"width": 1024, "height": 1024}},
            "30": {"class_type": "UNETLoader", "inputs": {"unet_name": "flux1-schnell.safetensors"}}
        }));
        let found = read(&[graph]).unwrap();
        assert_eq!((found.prompt.as_deref(), &found.negative_prompt), (Some("a fox"), &None));
        assert_eq!((found.model.as_deref(), found.seed), (Some("flux1-schnell.safetensors"), Some(7)));
        assert_eq!((row(&found, "Steps"), row(&found, "Scheduler")), (Some("4"), Some("simple")));
    }

    #[test]
    fn the_first_of_two_samplers_tells() {
        let mut graph = usual();
        let second = json!({"class_type": "KSampler", "inputs": {"seed": 2, "steps": 9, "positive": ["7", 0],
            "negative": ["7", 0], "model": ["4", 0], "latent_image": ["3", 0]}});
        graph.shift_insert(0, "1".into(), second);
        assert_eq!(read(&[graph]).unwrap().seed, Some(156_680_208_700_286));
    }

    #[test]
    fn graphs_that_bite_their_own_tail_end() {
        let graph = of(json!({
            "1": {"class_type": "KSampler", "inputs": {"positive": ["2", 0], "negative": ["1", 1], "model": ["1", 0],
                "latent_image": ["1", 0], "seed": ["3", 0]}},
            "2": {"class_type": "ConditioningCombine", "inputs": {"conditioning_1": ["2", 0], "conditioning_2": ["1", 0]}},
            "3": {"class_type": "Seed", "inputs": {"seed": ["3", 0]}}
        }));
        assert_eq!(read(&[graph]).unwrap(), named());
    }

    #[test]
    fn of_a_drawing_the_longest_text_is_taken() {
        let drawn = of(json!({"links": [], "nodes": [
            {"id": 1, "type": "CLIPTextEncode", "widgets_values": ["a fox in the deep snow"]},
            {"id": 2, "type": "CLIPTextEncode", "widgets_values": ["text, blurry"]},
            {"id": 3, "type": "Note", "widgets_values": ["a long note that is about something else entirely"]},
            {"id": 4, "type": "KSampler", "widgets_values": [5, "randomize", 20]}]}));
        assert_eq!(read(&[drawn]).unwrap().prompt.as_deref(), Some("a fox in the deep snow"));
        for other in [json!({}), json!({"a": 1}), json!({"nodes": []}), json!({"1": {"class_type": 3}})] {
            assert_eq!(read(&[of(other.clone())]), None, "{other}");
        }
    }
}
