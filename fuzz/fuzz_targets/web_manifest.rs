#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| holdall_static::fuzzing::web_manifest(bytes));
