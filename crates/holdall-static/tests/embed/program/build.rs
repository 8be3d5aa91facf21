//! Embeds what lies in `static/`.

fn main() {
    holdall_static::build::Embed::new("static").generate();
}
