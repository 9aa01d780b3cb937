//! The fuzz targets of Easel; see `targets`. `cargo +nightly fuzz run TARGET seeds/TARGET`, inside `fuzz/`.

pub mod targets;

/// Panics of decoders that the program catches are no findings: only what is not caught is told and ends the run.
///
/// The fuzzer's own hook would end it at any panic.
pub fn let_caught_panics_pass() {
    std::panic::set_hook(Box::new(|info| {
        if !easel::picture::is_guarded() {
            eprintln!("{info}\n{}", std::backtrace::Backtrace::force_capture());
        }
    }));
}
