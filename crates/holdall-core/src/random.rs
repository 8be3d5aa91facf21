//! Random letters for names that nobody can guess or collide on.

/// The characters of Django's `get_random_string`, which people know from its file names.
const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// `length` characters of `[A-Za-z0-9]`, each equally likely, from the operating system's generator.
///
/// # Panics
///
/// If the operating system has no randomness to give. No name can be chosen safely then, and on the
/// systems that Rust's standard library supports this does not happen after boot.
pub fn alphanumeric(length: usize) -> String {
    let mut text = String::with_capacity(length);
    let mut buffer = [0_u8; 16];
    while text.len() < length {
        getrandom::fill(&mut buffer).expect("the operating system must provide randomness");
        for byte in buffer {
            // 248 is the largest multiple of 62 that fits a byte: what lies above would favour the
            // first letters.
            if byte < 248 && text.len() < length {
                text.push(char::from(ALPHABET[usize::from(byte % 62)]));
            }
        }
    }
    text
}
