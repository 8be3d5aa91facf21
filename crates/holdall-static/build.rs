//! Tells the crate which platform it is built for: cargo knows, and nothing in the program does.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=HOLDALL_TARGET={}", std::env::var("TARGET").unwrap_or_default());
}
