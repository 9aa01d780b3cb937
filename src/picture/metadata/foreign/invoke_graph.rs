//! InvokeAI's graph, `invokeai_graph`: what was carried out, in pictures that carry no settings of their own.
//!
//! `nodes` by their names, `edges` from a field of one to a field of another. Read from the node that removes the noise,
//! against the edges; a field that an edge leads to is what comes through it, whatever stands in the node.

use serde_json::{Map, Value};

use super::super::super::Size;
use super::super::{Foreign, Notation};
use super::{digits, empty, scalar, side, words};

/// Longest way against the edges.
const MOST: usize = 32;

/// What a picture of InvokeAI tells of which nothing else can be read.
pub(super) fn named() -> Foreign {
    Foreign { program: Some("InvokeAI".to_owned()), ..empty(Notation::InvokeAi) }
}

/// Reads a graph; `None`: it is none.
pub(super) fn read(object: &Map<String, Value>) -> Option<Foreign> {
    let graph = Graph { nodes: object.get("nodes")?.as_object()?, edges: object.get("edges")?.as_array()? };
    let Some((id, node)) = graph.nodes.iter().find(|(_, node)| kind(node).contains("denoise")) else {
        return Some(named());
    };
    let through = |field: &str| graph.source(id, field);
    let noise = through("noise").map_or((id.as_str(), node), |(id, node, _)| (id, node));
    let of_noise = |field: &str| graph.value(noise.0, noise.1, field);
    let model = ["unet", "transformer", "model"].iter().find_map(|field| graph.model(id, field));
    let number = |name: &str| side(&of_noise(name)?);
    let fields = ["steps", "cfg_scale", "scheduler", "denoising_start", "denoising_end", "guidance"];
    let fields = fields.iter().filter_map(|name| {
        let value = graph.value(id, node, name).filter(|value| scalar(value).is_some())?;
        Some(((*name).to_owned(), value))
    });
    Some(Foreign {
        prompt: graph.words(id, &["positive_conditioning", "positive_text_conditioning"]),
        negative_prompt: graph.words(id, &["negative_conditioning", "negative_text_conditioning"]),
        model,
        seed: of_noise("seed").as_ref().and_then(digits),
        size: number("width").zip(number("height")).map(|(width, height)| Size { width, height }),
        fields: fields.collect(),
        ..named()
    })
}

fn kind(node: &Value) -> &str {
    node.get("type").and_then(Value::as_str).unwrap_or_default()
}

struct Graph<'a> {
    nodes: &'a Map<String, Value>,
    edges: &'a [Value],
}

impl<'a> Graph<'a> {
    /// Finds the node and the field that lead to a field of a node.
    fn source(&self, id: &str, field: &str) -> Option<(&'a str, &'a Value, &'a str)> {
        let leads = |edge: &&Value| {
            let end = edge.get("destination");
            end.and_then(|end| end.get("node_id")?.as_str()) == Some(id)
                && end.and_then(|end| end.get("field")?.as_str()) == Some(field)
        };
        let start = self.edges.iter().find(leads)?.get("source")?;
        let (id, node) = self.nodes.get_key_value(start.get("node_id")?.as_str()?)?;
        Some((id, node, start.get("field")?.as_str()?))
    }

    /// The value of a field: through the edge that leads to it, else its own.
    fn value(&self, id: &str, node: &'a Value, field: &str) -> Option<Value> {
        let (mut id, mut node, mut field) = (id, node, field);
        for _ in 0..MOST {
            let Some((from, source, output)) = self.source(id, field) else { return node.get(field).cloned() };
            // What holds a value gives it under the name that it has as an input.
            let is_told = |name: &&str| self.source(from, name).is_some() || source.get(*name).is_some();
            field = [output, "value", field].into_iter().find(is_told)?;
            (id, node) = (from, source);
        }
        None
    }

    /// The words of a condition, also of several that are collected.
    fn words(&self, id: &str, fields: &[&str]) -> Option<String> {
        let (mut from, mut node, _) = fields.iter().find_map(|field| self.source(id, field))?;
        for _ in 0..MOST {
            if let Some(text) = self.value(from, node, "prompt").as_ref().and_then(words) {
                return Some(text);
            }
            let inputs = ["item", "collection", "conditioning"];
            (from, node, _) = inputs.iter().find_map(|field| self.source(from, field))?;
        }
        None
    }

    /// The name of the model that leads to a field.
    fn model(&self, id: &str, field: &str) -> Option<String> {
        let mut found = self.source(id, field);
        for _ in 0..MOST {
            let (from, node, output) = found?;
            let named = |model: &Value| ["name", "model_name", "key"].iter().find_map(|key| scalar(model.get(*key)?));
            if let Some(name) = node.get("model").and_then(|model| named(model).or_else(|| scalar(model))) {
                return Some(name);
            }
            found = self.source(from, output);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    fn edge(from: &str, field: &str, to: &str, end: &str) -> Value {
        json!({"source": {"node_id": from, "field": field}, "destination": {"node_id": to, "field": end}})
    }

    #[test]
    fn a_graph_is_followed_against_its_edges() {
        let graph = json!({"nodes": {
            "words": {"type": "string", "value": "a fox"},
            "pos": {"type": "sdxl_compel_prompt", "prompt": ""},
            "neg": {"type": "sdxl_compel_prompt", "prompt": "blurry"},
            "gather": {"type": "collect"},
            "random": {"type": "rand_int", "value": 42},
            "noise": {"type": "noise", "seed": 0, "width": 512, "height": 768},
            "loader": {"type": "sdxl_model_loader", "model": {"key": "k", "name": "Juggernaut"}},
            "lora": {"type": "lora_loader"},
            "denoise": {"type": "denoise_latents", "steps": 20, "cfg_scale": 7, "scheduler": "euler"}},
            "edges": [edge("words", "value", "pos", "prompt"), edge("pos", "conditioning", "gather", "item"),
                edge("gather", "collection", "denoise", "positive_conditioning"),
                edge("neg", "conditioning", "denoise", "negative_conditioning"),
                edge("random", "value", "noise", "seed"), edge("noise", "noise", "denoise", "noise"),
                edge("lora", "unet", "denoise", "unet"), edge("loader", "unet", "lora", "unet")]});
        let found = read(&of(graph)).unwrap();
        assert_eq!((found.prompt.as_deref(), found.negative_prompt.as_deref()), (Some("a fox"), Some("blurry")));
        assert_eq!((found.seed.as_deref(), found.model.as_deref()), (Some("42"), Some("Juggernaut")));
        assert_eq!(found.size, Some(Size { width: 512, height: 768 }));
        assert!(found.fields.contains(&("steps".into(), 20.into())), "{:?}", found.fields);
    }

    #[test]
    fn a_graph_that_tells_nothing_names_its_program_and_no_prompt() {
        let circle = json!({"nodes": {"denoise": {"type": "denoise_latents"}, "a": {"type": "b"}}, "edges": [
            edge("a", "x", "a", "item"), edge("a", "x", "a", "prompt"), edge("a", "x", "denoise", "positive_conditioning"),
            edge("a", "x", "a", "x"), edge("a", "x", "a", "seed"), edge("a", "x", "denoise", "noise")]});
        for graph in [circle, json!({"nodes": {}, "edges": []}), json!({"nodes": {"a": 3}, "edges": [3]})] {
            assert_eq!(read(&of(graph.clone())), Some(named()), "{graph}");
        }
        assert_eq!(read(&of(json!({"nodes": []}))), None);
    }
}
