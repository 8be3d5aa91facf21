//! `compress = true`, or the table `[static.compress]`.

use std::str::FromStr;

use holdall_core::Result;
use holdall_static::{Compression, Encoding};

use crate::options::StorageSettings;

/// The key `compress`.
pub(super) fn take(options: &mut StorageSettings) -> Result<Option<Compression>> {
    if options.is_table("compress") {
        return options.take_table("compress", table);
    }
    let all =
        options.take_parsed::<bool>("compress", "true, false, or a table like { gzip = 9, brotli = 11 }");
    Ok(all?.map(|all| if all { Compression::all() } else { Compression::new() }))
}

fn table(options: &mut StorageSettings) -> Result<Compression> {
    let keys = [("gzip", Encoding::Gzip), ("brotli", Encoding::Brotli), ("zstd", Encoding::Zstd)];
    let levels = keys.map(|(key, encoding)| level(options, key, encoding).map(|level| (encoding, level)));
    let skip = options.take_texts("skip");
    let in_place = options.take_bool("in_place");

    let levels = levels.into_iter().collect::<Result<Vec<_>>>()?;
    let levels: Vec<(Encoding, u8)> =
        levels.into_iter().filter_map(|(encoding, level)| Some((encoding, level?))).collect();
    let compression = match (in_place?.unwrap_or(false), &levels[..]) {
        (false, levels) => {
            levels.iter().fold(Compression::new(), |all, (encoding, level)| all.with(*encoding, *level))
        }
        (true, [(encoding, level)]) => Compression::in_place(*encoding, *level),
        (true, _) => {
            let reason = "is true; then exactly one of \"gzip\", \"brotli\" and \"zstd\" has to be given";
            return Err(options.invalid("in_place", reason));
        }
    };
    Ok(skip?.unwrap_or_default().into_iter().fold(compression, Compression::skip))
}

/// `true`, `false`, or a number.
enum Level {
    Default,
    Off,
    Of(u8),
}

impl FromStr for Level {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "true" => Ok(Self::Default),
            "false" => Ok(Self::Off),
            number => number.parse().map(Self::Of),
        }
    }
}

fn level(options: &mut StorageSettings, key: &str, encoding: Encoding) -> Result<Option<u8>> {
    let (first, last) = encoding.levels().into_inner();
    let wanted = format!("a level from {first} to {last}, or true for {}", encoding.default_level());
    match options.take_parsed(key, &wanted)? {
        None | Some(Level::Off) => Ok(None),
        Some(Level::Default) => Ok(Some(encoding.default_level())),
        Some(Level::Of(level)) if (first..=last).contains(&level) => Ok(Some(level)),
        Some(Level::Of(level)) => {
            Err(options.invalid(key, format_args!("is {level}; it has to be {wanted}")))
        }
    }
}
