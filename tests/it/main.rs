//! All tests that look at the program from outside, in one binary so that it is linked once.
//!
//! Every file of this folder must be listed here; a test checks it.

#![cfg(test)]

mod answers;
mod bench;
mod cards;
mod cli;
mod compare;
mod compose;
mod corpus;
mod crash;
mod culling;
mod desk;
mod dialogs;
mod engine;
mod fuzzing;
mod gallery;
mod heavy;
mod history;
mod icon;
mod importing;
mod isolating;
mod keys;
mod kill;
mod layers;
mod models;
mod modes;
mod network;
mod overlays;
mod painter;
mod panels;
mod partials;
mod reading;
mod recipes;
mod reference_editor;
mod secrets;
mod shell;
mod sorting;
mod source;
mod start;
mod studio;
mod support;
mod tending;
mod unasked;
mod vanishing;
mod viewer;
mod widgets;
mod windows;
mod wire;

#[test]
fn every_file_of_this_folder_is_listed() {
    let main = include_str!("main.rs");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let is_module = path.is_dir() || path.extension().is_some_and(|e| e == "rs");
        assert!(
            !is_module || name == "main" || main.contains(&format!("mod {name};")),
            "`mod {name};` is missing in main.rs"
        );
    }
}
