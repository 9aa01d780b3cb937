pub mod paint;
