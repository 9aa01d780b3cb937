#![no_main]

libfuzzer_sys::fuzz_target!(init: easel_fuzz::let_caught_panics_pass(), |data: &[u8]| easel_fuzz::targets::first_look(data));
