//! Easel, a desktop image studio. This page is the architecture.
//!
//! Layers import one way only (a test checks it):
//! `api`, `picture` → `plan` → `library` → `engine` → `studio` → `ui` → `app`; `demo` stands beside.

pub mod api;
pub mod app;
pub mod cli;
pub mod demo;
pub mod engine;
pub mod library;
pub mod picture;
pub mod plan;
pub mod studio;
pub mod ui;
pub mod window;
