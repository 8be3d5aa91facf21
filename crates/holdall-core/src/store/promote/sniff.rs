//! What the first bytes of a file say about its type.

/// How many bytes are looked at: what the longest signatures need (office documents among ZIP files).
pub(super) const HEAD: usize = 8192;

/// The type of content that has no signature we know.
pub(super) const UNRECOGNISED: &str = "application/octet-stream";

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sniffed {
    /// The type under which it is stored where the caller did not name those that are allowed: text that a
    /// browser would run is no text then.
    pub(super) content_type: &'static str,
    /// The type that it has, to be compared with those that are allowed.
    pub(super) allowed_as: &'static str,
}

/// Looks at the head of a file.
pub(super) fn sniff(head: &[u8]) -> Sniffed {
    match infer::get(head) {
        Some(found) => {
            let content_type = if is_active(&found) { UNRECOGNISED } else { found.mime_type() };
            Sniffed { content_type, allowed_as: found.mime_type() }
        }
        None => Sniffed { content_type: UNRECOGNISED, allowed_as: UNRECOGNISED },
    }
}

/// HTML, XML (an SVG that begins with an XML declaration looks so) and scripts.
fn is_active(found: &infer::Type) -> bool {
    found.matcher_type() == infer::MatcherType::Text
}

/// Whether content of that type can be told by its bytes, or stands for content that cannot.
pub(super) fn is_provable(content_type: &str) -> bool {
    content_type == UNRECOGNISED || infer::is_mime_supported(content_type)
}
