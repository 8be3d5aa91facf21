//! Files that boto3 stored, with every argument that its `put_object` has, on two servers that others wrote: looked at
//! with boto3 before and after each verb, and equal but for what the verb says that it changes.

use std::collections::BTreeMap;

use holdall_core::{Attributes, CopyOptions, Store, Visibility};
use holdall_s3::{ChecksumMode, S3Storage, S3StorageBuilder};
use holdall_testing::foreign::{ForeignServer, Product, Programs};

use crate::support::{SECRET, at};

const LOOK: &str = include_str!("look.py");
const BUCKET: &str = "foreign";
const OTHER: &str = "archive";

/// The properties of an object, by name.
type Told = BTreeMap<String, String>;

/// Stands for the SHA of an object made of parts, which is one of the SHAs of its parts.
const OF_PARTS: &str = "of two parts";

/// The verbs that the objects go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Copy,
    CopyByParts,
    Rename,
    OtherAttributes,
    OtherAttributesByParts,
    Across,
    Private,
    Public,
}

impl Verb {
    const ALL: [Self; 8] = [
        Self::Copy,
        Self::CopyByParts,
        Self::Rename,
        Self::OtherAttributes,
        Self::OtherAttributesByParts,
        Self::Across,
        Self::Private,
        Self::Public,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::CopyByParts => "copy by parts",
            Self::Rename => "rename",
            Self::OtherAttributes => "other attributes",
            Self::OtherAttributesByParts => "other attributes by parts",
            Self::Across => "across buckets",
            Self::Private => "private",
            Self::Public => "public",
        }
    }

    /// Does it to a key, and says where the result is.
    async fn perform(
        self,
        key: &str,
        from: &S3Storage,
        to: &S3Storage,
    ) -> holdall_core::Result<(String, String)> {
        let store = Store::new(from.clone());
        let here = |key: String| (BUCKET.to_owned(), key);
        Ok(match self {
            Self::Copy | Self::CopyByParts => {
                here(store.copy(key, format!("{key} copy")).overwrite().await?.name.to_string())
            }
            Self::Rename => {
                here(store.rename(key, format!("{key} renamed")).overwrite().await?.name.to_string())
            }
            Self::OtherAttributes | Self::OtherAttributesByParts => {
                store.copy(key, key).attributes(changed()).await?;
                here(key.to_owned())
            }
            Self::Across => {
                let options = CopyOptions::default().with_mode(holdall_core::SaveMode::Overwrite);
                let copy = from.copy_to(key, to, key, options).await?;
                (OTHER.to_owned(), copy.name.to_string())
            }
            Self::Private | Self::Public => {
                let visibility = if self == Self::Public { Visibility::Public } else { Visibility::Private };
                store.set_visibility(key, visibility).await?;
                here(key.to_owned())
            }
        })
    }

    /// The properties that are due afterwards.
    fn expected(self, mut told: Told) -> Told {
        let everybody = |name: &str| {
            name.starts_with("Grant http") && (name.ends_with(" READ") || name.ends_with(" FULL_CONTROL"))
        };
        if matches!(self, Self::CopyByParts | Self::OtherAttributesByParts)
            && let Some(value) =
                told.iter_mut().find_map(|(name, value)| name.contains("SHA").then_some(value))
        {
            OF_PARTS.clone_into(value);
            if let Some(kind) = told.get_mut("ChecksumType") {
                "COMPOSITE".clone_into(kind);
            }
        }
        match self {
            Self::OtherAttributes | Self::OtherAttributesByParts => {
                for header in ["ContentDisposition", "ContentEncoding", "ContentLanguage"] {
                    told.remove(header);
                }
                // Names that an attribute can have are attributes.
                told.retain(|name, _| !name.starts_with("Metadata ") || name.contains('_'));
                told.insert("CacheControl".to_owned(), "max-age=60".to_owned());
                told.insert("ContentType".to_owned(), "text/plain".to_owned());
            }
            Self::Private => told.retain(|name, _| !everybody(name)),
            Self::Public => {
                let group = "http://acs.amazonaws.com/groups/global/AllUsers";
                told.insert(format!("Grant {group} READ"), "True".to_owned());
            }
            _ => {}
        }
        told
    }
}

fn changed() -> Attributes {
    let mut attributes = Attributes::default();
    attributes.cache_control = Some("max-age=60".to_owned());
    attributes.content_type = Some("text/plain".to_owned());
    attributes
}

/// A property that a server itself loses: kind (empty for any), the end of the verb, the beginning of its name, and
/// why.
struct Known(&'static str, &'static str, &'static str, &'static str);

/// Of objects made by one request, both servers leave it out.
const TYPE: &str = "tells the type only of what is made of parts";

const SEAWEEDFS: &[Known] = &[
    Known("kms", "", "refused", "knows no key service unless one is set up"),
    Known("", "by parts", "ChecksumType", TYPE),
];

/// A lock of a copy.
const LOCKED_COPY: &str = "wants a checksum of the body with CopyObject, which has none";
/// An upload of parts.
const CREATE: &str = "ignores it when a multipart upload begins";
/// Several grantees.
const FIRST_GRANTEE: &str = "shows the first grantee of each x-amz-grant header";

const MOTO: &[Known] = &[
    Known("", "by parts", "ChecksumType", TYPE),
    Known("", "by parts", "ChecksumSHA", "leaves out how many parts there are"),
    Known("", "by parts", "GrantsCannotBeRead", "answers 500 to GetObjectAcl of parts without an ACL"),
    Known("", "by parts", "Grant 75aa57f09aa0c8ca", "the owner, see above"),
    Known("kms", "by parts", "BucketKeyEnabled", CREATE),
    Known("retention", "by parts", "ObjectLock", CREATE),
    Known("hold", "by parts", "ObjectLock", CREATE),
    Known("retention", "", "error", LOCKED_COPY),
    Known("hold", "", "error", LOCKED_COPY),
    Known("signed", "public", "Grant http://acs.amazonaws.com/groups/global/AllUsers", FIRST_GRANTEE),
    Known("grants", "public", "Grant http://acs.amazonaws.com/groups/global/AllUsers", FIRST_GRANTEE),
];

/// The script, in the Python of the servers.
async fn look(programs: &Programs, server: &ForeignServer, arguments: &[&str]) -> serde_json::Value {
    let python = programs.python().expect("a Python");
    let mut command = std::process::Command::new(python);
    command.args(["-c", LOOK, &server.endpoint(), server.access_key(), server.secret_key()]).args(arguments);
    // The environment's settings of AWS are not for this one.
    for name in ["AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE", "HTTP_PROXY", "http_proxy"] {
        command.env_remove(name);
    }
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn show(
    programs: &Programs,
    server: &ForeignServer,
    bucket: &str,
    keys: &[String],
) -> BTreeMap<String, Told> {
    let arguments: Vec<_> = ["show", bucket].into_iter().chain(keys.iter().map(String::as_str)).collect();
    serde_json::from_value(look(programs, server, &arguments).await).unwrap()
}

fn settings(server: &ForeignServer, bucket: &str) -> S3StorageBuilder {
    at(server.endpoint(), bucket)
        .checksum_mode(ChecksumMode::WhenSupported)
        // moto ignores some of these, and attributes could not be changed there. Nobody else writes here.
        .conditional_writes(true)
        .conditional_copies(true)
        .max_copy_size(5 << 20)
        .copy_part_size(5 << 20)
        .max_attempts(1)
}

async fn compare(product: Product, known: &[Known]) {
    let Some(programs) = Programs::from_env() else { return };
    let server = ForeignServer::builder(product).credentials("AKIDCANARY", SECRET);
    let server = server.start(&programs).await.expect("the server starts");
    let verbs: Vec<_> = Verb::ALL.iter().map(|verb| verb.name()).collect();
    let stored = look(&programs, &server, &[&["store"], verbs.as_slice()].concat()).await;
    let refused: BTreeMap<String, String> = serde_json::from_value(stored["refused"].clone()).unwrap();
    let kinds: Vec<String> = serde_json::from_value(stored["kinds"].clone()).unwrap();
    let mut problems = Vec::new();
    let mut used = vec![false; known.len()];
    let mut excuse = |kind: &str, verb: &str, name: &str| {
        let found = known.iter().position(|Known(of, by, begins, _)| {
            (of.is_empty() || *of == kind) && verb.ends_with(by) && name.starts_with(begins)
        });
        found.map(|index| used[index] = true).is_some()
    };

    let (from, to) = (settings(&server, BUCKET).build().unwrap(), settings(&server, OTHER).build().unwrap());
    let kinds: Vec<_> = kinds.into_iter().filter(|kind| !refused.contains_key(kind)).collect();
    for (kind, words) in &refused {
        if !excuse(kind, "", "refused") {
            problems.push(format!("{kind} is refused: {words}"));
        }
    }
    let keys: Vec<_> = Verb::ALL
        .iter()
        .flat_map(|verb| kinds.iter().map(move |kind| format!("{kind}/{}", verb.name())))
        .collect();
    let before = show(&programs, &server, BUCKET, &keys).await;
    let mut after: BTreeMap<String, Vec<(String, String, Verb)>> = BTreeMap::new();
    for verb in Verb::ALL {
        for kind in &kinds {
            let key = format!("{kind}/{}", verb.name());
            match verb.perform(&key, &from, &to).await {
                Ok((bucket, now)) => after.entry(bucket).or_default().push((key, now, verb)),
                Err(error) if excuse(kind, verb.name(), "error") => drop(error),
                Err(error) => problems.push(format!("{kind}, {}: {error}", verb.name())),
            }
        }
    }
    for (bucket, objects) in after {
        let keys: Vec<_> = objects.iter().map(|(_, now, _)| now.clone()).collect();
        let found = show(&programs, &server, &bucket, &keys).await;
        for (key, now, verb) in objects {
            let (kind, _) = key.split_once('/').unwrap();
            let mut found = found[&now].clone();
            for value in found.iter_mut().filter_map(|(name, value)| name.contains("SHA").then_some(value)) {
                if value.ends_with("-2") {
                    OF_PARTS.clone_into(value);
                }
            }
            let expected = verb.expected(before[&key].clone());
            let names = expected.keys().chain(found.keys()).collect::<std::collections::BTreeSet<_>>();
            for name in names {
                let (was, is) = (expected.get(name), found.get(name));
                if was != is && !excuse(kind, verb.name(), name) {
                    problems.push(format!("{kind}, {}: {name} was {was:?} and is {is:?}", verb.name()));
                }
            }
        }
    }
    let stale = known.iter().zip(&used).filter(|(_, used)| !**used);
    problems.extend(stale.map(|(Known(kind, verb, name, reason), _)| {
        format!("no longer so: {kind} {verb} {name} ({reason})")
    }));
    assert!(problems.is_empty(), "{product}:\n{}", problems.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_boto3_stored_on_seaweedfs_stays() {
    Box::pin(compare(Product::SeaweedFs, SEAWEEDFS)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_boto3_stored_on_moto_stays() {
    Box::pin(compare(Product::Moto, MOTO)).await;
}
