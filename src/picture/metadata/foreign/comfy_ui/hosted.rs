//! Graphs without a sampler: a node stands for a service that gets a prompt and gives a picture.

use std::collections::{HashSet, VecDeque};

use serde_json::Value;

use super::super::super::Foreign;
use super::super::{digits, scalar, words};
use super::{CHECKPOINTS, Graph, MOST, Node, WORDS, named};

/// Inputs of the node itself that hold its prompt, and what it is not to show.
const PROMPT: [&str; 5] = ["prompt", "positive_prompt", "text_prompt", "text", "positive"];
const NEGATIVE: [&str; 2] = ["negative_prompt", "negative"];
const MODEL: [&str; 2] = ["model", "model_id"];
const SEED: [&str; 2] = ["seed", "noise_seed"];

impl<'a> Graph<'a> {
    /// Reads what the node was told that is nearest to a picture that was saved or shown.
    pub(super) fn hosted(self) -> Option<Foreign> {
        let node = self.before_outputs().into_iter().find(|node| self.first(*node, &PROMPT).is_some())?;
        let (prompt, of_prompt) = self.first(node, &PROMPT)?;
        let negative = self.first(node, &NEGATIVE);
        let plain = |names: &[&'static str], read: fn(&Value) -> Option<String>| {
            let all =
                names.iter().filter_map(|name| Some((read(self.resolved(node.inputs.get(*name)?, name)?)?, *name)));
            all.into_iter().next()
        };
        let model = plain(&MODEL, words).or_else(|| plain(&CHECKPOINTS, words));
        let seed = plain(&SEED, digits);
        let taken =
            [Some(of_prompt), negative.as_ref().map(|n| n.1), model.as_ref().map(|m| m.1), seed.as_ref().map(|s| s.1)];
        let is_field = |(name, value): &(&String, &Value)| {
            !taken.contains(&Some(name.as_str())) && (scalar(value).is_some() || words(value).is_some())
        };
        let text = |found: Option<(String, &str)>| found.map(|(text, _)| text);
        Some(Foreign {
            prompt: Some(prompt),
            negative_prompt: text(negative),
            model: text(model),
            seed: text(seed),
            fields: node.inputs.iter().filter(is_field).map(|(name, value)| (name.clone(), value.clone())).collect(),
            ..named()
        })
    }

    /// Lists the nodes that lead to pictures that were saved or shown, the nearest first.
    fn before_outputs(self) -> Vec<Node<'a>> {
        let all = || self.0.iter().filter_map(Node::new);
        let is_output = |node: &Node<'a>| node.kind.contains("Save") || node.kind.contains("Preview");
        let mut next: VecDeque<_> = all().filter(is_output).collect();
        if next.is_empty() {
            next = all().collect();
        }
        let (mut seen, mut found) = (HashSet::new(), Vec::new());
        while let Some(node) = next.pop_front().filter(|_| found.len() < MOST * MOST) {
            if seen.insert(node.id) {
                found.push(node);
                next.extend(node.inputs.values().filter_map(|link| self.follow(link)).map(|(node, _)| node));
            }
        }
        found
    }

    /// Finds the first of these inputs that holds words, itself or through nodes that do nothing but hold words.
    fn first(self, node: Node<'a>, names: &[&'static str]) -> Option<(String, &'static str)> {
        names.iter().find_map(|name| {
            let value = node.inputs.get(*name)?;
            let held = || {
                // What a language model was asked is not what it answered.
                let holds = |node: &Node<'a>| !node.inputs.contains_key("prompt");
                let nodes = self.upstream(Some(value), &WORDS);
                let nodes = nodes.iter().filter(|node| holds(node));
                let texts = nodes.flat_map(|node| WORDS.iter().filter_map(|key| words(node.inputs.get(*key)?)));
                let texts: Vec<_> = texts.take(MOST).collect();
                (!texts.is_empty()).then(|| texts.join("\n"))
            };
            Some((words(value).or_else(held)?, *name))
        })
    }
}
