//! The keys of `[static]` that are tables themselves.

use holdall_core::{Result, Visibility};
use holdall_static::{Headers, ImportMap, MissingKind, Prehashed, Scan, Severity};

use crate::options::StorageSettings;

/// How much something matters. `warn` is short for `warning`.
const SEVERITIES: [(&str, Severity); 4] = [
    ("error", Severity::Error),
    ("warn", Severity::Warning),
    ("warning", Severity::Warning),
    ("ignore", Severity::Ignore),
];

/// `[static.severity]`: one key for each kind of reference.
pub(super) fn severities(options: &mut StorageSettings) -> Result<Vec<(MissingKind, Severity)>> {
    let kinds = MissingKind::ALL.map(|kind| (kind, options.take_choice(kind.as_str(), &SEVERITIES)));
    let mut severities = Vec::new();
    for (kind, severity) in kinds {
        severities.extend(severity?.map(|severity| (kind, severity)));
    }
    Ok(severities)
}

/// One `[[static.missing]]`.
pub(super) fn missing(options: &mut StorageSettings) -> Result<(String, String, Severity)> {
    let files = options.take_str("files");
    let references = options.take_str("references");
    let severity = options.require_choice("severity", &SEVERITIES);
    let any = || "*".to_owned();
    Ok((files?.unwrap_or_else(any), references?.unwrap_or_else(any), severity?))
}

/// One `[[static.headers]]`. The keys are the calls of [`Headers`].
pub(super) fn headers(options: &mut StorageSettings) -> Result<(String, Headers)> {
    type Set = fn(Headers, String) -> Headers;
    const TEXTS: [(&str, Set); 6] = [
        ("content_type", Headers::content_type),
        ("content_language", Headers::content_language),
        ("content_disposition", Headers::content_disposition),
        // The two more precise ones go on top of this one.
        ("cache_control", Headers::cache_control),
        ("hashed_cache_control", Headers::hashed_cache_control),
        ("copy_cache_control", Headers::copy_cache_control),
    ];
    let files = options.require_str("files");
    let texts: Vec<_> = TEXTS.map(|(key, set)| (set, options.take_str(key))).into();
    let visibilities = [("public", Visibility::Public), ("private", Visibility::Private)];
    let visibility = options.take_choice("visibility", &visibilities);
    let user = options.take_map("user_metadata");

    let mut headers = Headers::new();
    for (set, text) in texts {
        headers = text?.into_iter().fold(headers, set);
    }
    if let Some(visibility) = visibility? {
        headers = headers.visibility(visibility);
    }
    for (name, value) in user?.unwrap_or_default() {
        headers = headers.user_metadata(name, value);
    }
    Ok((files?, headers))
}

/// `[static.scan]`. The keys are the calls of [`Scan`].
pub(super) fn scan(options: &mut StorageSettings) -> Result<Scan> {
    type Set = fn(Scan, bool) -> Scan;
    const SWITCHES: [(&str, Set); 5] = [
        ("javascript", Scan::javascript),
        ("html", Scan::html),
        ("svg", Scan::svg),
        ("web_manifests", Scan::web_manifests),
        ("import_scripts", Scan::import_scripts),
    ];
    let switches: Vec<_> = SWITCHES.map(|(key, set)| (set, options.take_bool(key))).into();
    let names = options.take_texts("web_manifest_names");
    let mut scan = Scan::new();
    for (set, switch) in switches {
        scan = switch?.into_iter().fold(scan, set);
    }
    Ok(names?.unwrap_or_default().into_iter().fold(scan, Scan::web_manifest_names))
}

/// One `[[static.prehashed]]`: a bundler's manifest, or a pattern.
pub(super) fn prehashed(options: &mut StorageSettings) -> Result<Prehashed> {
    let (vite, webpack) = (options.take_path("vite"), options.take_path("webpack"));
    let pattern = options.take_str("pattern");
    let (prefix, public_path) = (options.take_str("prefix"), options.take_str("public_path"));
    let mut prehashed = match (vite?, webpack?, pattern?) {
        (Some(manifest), None, None) => Prehashed::vite(manifest),
        (None, Some(manifest), None) => Prehashed::webpack(manifest),
        (None, None, Some(pattern)) => {
            Prehashed::pattern(&pattern).map_err(|error| options.refused("pattern", error))?
        }
        _ => {
            let reason = "is needed, or \"webpack\" or \"pattern\" instead: one of them";
            return Err(options.invalid("vite", reason));
        }
    };
    if let Some(prefix) = prefix? {
        prehashed = prehashed.prefix(&prefix).map_err(|error| options.refused("prefix", error))?;
    }
    if let Some(public_path) = public_path? {
        prehashed = prehashed.public_path(public_path);
    }
    Ok(prehashed)
}

/// `[static.import_map]`, where a name that ends with a slash is a prefix, and `import_map_modules`.
pub(super) fn import_map(options: &mut StorageSettings) -> Result<Option<ImportMap>> {
    let names = options.take_map("import_map");
    let modules = options.take_texts("import_map_modules");
    let (names, modules) = (names?, modules?);
    if names.is_none() && modules.is_none() {
        return Ok(None);
    }
    let mut import_map = ImportMap::new();
    for (name, target) in names.unwrap_or_default() {
        import_map = if name.ends_with('/') {
            import_map.pin_prefix(name, target)
        } else {
            import_map.pin(name, target)
        };
    }
    Ok(Some(modules.unwrap_or_default().into_iter().fold(import_map, ImportMap::modules)))
}
