//! `ListObjectsV2`: prefix, delimiter, pages, and the `url` encoding as S3 really writes it.
//!
//! Keys come in the order of their UTF-8 bytes. A common prefix counts against `max-keys` like a key and sorts as
//! itself among them. Continuation tokens are opaque and remember whether the page ended with a key or with a common
//! prefix; without that a page boundary inside a "directory" would list the directory twice.

use std::ops::Bound;
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::dto::{
    ChecksumAlgorithm as WireAlgorithm, CommonPrefix, EncodingType, ListObjectsV2Input, ListObjectsV2Output,
    Object as Entry, ObjectStorageClass, Timestamp,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::acl;
use super::backend::Backend;
use super::bucket::Bucket;
use super::conditions::strong;
use super::state::{Object, checksum_type};

/// The most of one page, whatever the client asks for.
pub(crate) const MAX_PAGE: usize = 1000;

/// What a page holds, in order.
#[derive(Debug)]
enum Item<'a> {
    Key(&'a str, &'a Arc<Object>),
    Prefix(&'a str),
}

/// Where a page starts.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Start {
    /// Behind this key (`start-after`, or a page that ended with a key).
    AfterKey(String),
    /// Behind every key with this prefix (a page that ended with a common prefix).
    AfterPrefix(String),
}

impl Start {
    /// Opaque to the client: the kind and the UTF-8 bytes in hexadecimal.
    fn to_token(&self) -> String {
        match self {
            Self::AfterKey(key) => format!("k{}", super::receive::hex(key.as_bytes())),
            Self::AfterPrefix(prefix) => format!("p{}", super::receive::hex(prefix.as_bytes())),
        }
    }

    fn from_token(token: &str) -> Option<Self> {
        let (kind, digits) = token.split_at_checked(1)?;
        let bytes: Option<Vec<u8>> = digits
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect();
        let name = String::from_utf8(bytes?).ok()?;
        let start = match kind {
            "k" => Self::AfterKey(name),
            "p" => Self::AfterPrefix(name),
            _ => return None,
        };
        // Only what the server could have written itself.
        (start.to_token() == token).then_some(start)
    }
}

impl Backend {
    /// `ListObjectsV2`.
    ///
    /// # Errors
    /// `NoSuchBucket`; `InvalidArgument` for a negative `max-keys`, a token that the server did not write and an unknown
    /// `encoding-type`.
    pub(crate) fn list(
        &self,
        req: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = req.input;
        let encoding = Encoding::new(input.encoding_type.as_ref())?;
        let max_keys = page_of(input.max_keys, "max-keys")?.min(self.page_size());
        let start =
            match (&input.continuation_token, &input.start_after) {
                (Some(token), _) => Some(Start::from_token(token).ok_or_else(|| {
                    s3_error!(InvalidArgument, "The continuation token provided is incorrect")
                })?),
                (None, Some(key)) => Some(Start::AfterKey(key.clone())),
                (None, None) => None,
            };
        let prefix = input.prefix.clone().unwrap_or_default();
        let delimiter = input.delimiter.clone().filter(|delimiter| !delimiter.is_empty());

        let state = self.state();
        let bucket = state.bucket(&input.bucket)?;
        let (items, next) = if self.habits().walks_directories {
            walked_page(bucket, &prefix, delimiter.as_deref(), start.as_ref(), max_keys)
        } else {
            page(bucket, &prefix, delimiter.as_deref(), start.as_ref(), max_keys)
        };

        let fetch_owner = input.fetch_owner.unwrap_or(false);
        let (mut contents, mut common_prefixes) = (Vec::new(), Vec::new());
        for item in &items {
            match item {
                Item::Key(key, object) => contents.push(entry(encoding.apply(key), object, fetch_owner)),
                Item::Prefix(prefix) => {
                    common_prefixes.push(CommonPrefix { prefix: Some(encoding.apply(prefix)) });
                }
            }
        }
        Ok(S3Response::new(ListObjectsV2Output {
            name: Some(input.bucket),
            prefix: Some(encoding.apply(&prefix)),
            delimiter: delimiter.map(|delimiter| encoding.apply(&delimiter)),
            start_after: input.start_after.map(|key| encoding.apply(&key)),
            max_keys: Some(count(max_keys)),
            key_count: Some(count(items.len())),
            is_truncated: Some(next.is_some()),
            continuation_token: input.continuation_token,
            next_continuation_token: next.map(|next| next.to_token()),
            contents: Some(contents),
            common_prefixes: Some(common_prefixes),
            encoding_type: input.encoding_type,
            ..ListObjectsV2Output::default()
        }))
    }
}

fn entry(key: String, object: &Object, fetch_owner: bool) -> Entry {
    let class = object.attributes.storage_class.as_deref().unwrap_or(ObjectStorageClass::STANDARD);
    Entry {
        key: Some(key),
        size: i64::try_from(object.size).ok(),
        e_tag: Some(strong(&object.etag)),
        last_modified: Some(Timestamp::from(object.last_modified)),
        storage_class: Some(ObjectStorageClass::from(class.to_owned())),
        checksum_algorithm: Some(vec![WireAlgorithm::from_static(object.checksum.algorithm.as_str())]),
        checksum_type: Some(checksum_type(&object.checksum)),
        owner: fetch_owner.then(acl::owner),
        ..Entry::default()
    }
}

/// One page, and where the next one starts if there is one.
fn page<'a>(
    bucket: &'a Bucket,
    prefix: &'a str,
    delimiter: Option<&str>,
    start: Option<&Start>,
    max: usize,
) -> (Vec<Item<'a>>, Option<Start>) {
    let mut items = Vec::new();
    if max == 0 {
        return (items, None);
    }
    // Keys with a prefix lie together, so both ends of the walk are known before it starts.
    let from = match start {
        Some(Start::AfterKey(key)) if key.as_str() >= prefix => Bound::Excluded(key.as_str()),
        Some(Start::AfterPrefix(done)) if done.as_str() >= prefix => Bound::Included(done.as_str()),
        _ => Bound::Included(prefix),
    };
    let mut finished: Option<&str> = match start {
        Some(Start::AfterPrefix(done)) => Some(done),
        _ => None,
    };
    let mut last = None;
    for (key, object) in bucket.objects.range::<str, _>((from, Bound::Unbounded)) {
        let Some(rest) = key.strip_prefix(prefix) else { break };
        if finished.is_some_and(|done| key.starts_with(done)) {
            continue;
        }
        if items.len() == max {
            return (items, last);
        }
        let cut =
            delimiter.and_then(|delimiter| Some(prefix.len() + rest.find(delimiter)? + delimiter.len()));
        if let Some(end) = cut {
            let common = &key[..end];
            finished = Some(common);
            last = Some(Start::AfterPrefix(common.to_owned()));
            items.push(Item::Prefix(common));
        } else {
            last = Some(Start::AfterKey(key.clone()));
            items.push(Item::Key(key, object));
        }
    }
    (items, None)
}

/// The same as a server that walks directories by their names: pages are cut in the order of that walk.
fn walked_page<'a>(
    bucket: &'a Bucket,
    prefix: &'a str,
    delimiter: Option<&str>,
    start: Option<&Start>,
    max: usize,
) -> (Vec<Item<'a>>, Option<Start>) {
    fn name<'a>(item: &Item<'a>) -> &'a str {
        match item {
            Item::Key(key, _) => key,
            Item::Prefix(prefix) => prefix,
        }
    }
    // A file comes before the directory of its name.
    fn walk(name: &str) -> (Vec<&str>, &str) {
        (name.trim_end_matches('/').split('/').collect(), name)
    }
    let (mut items, _) = page(bucket, prefix, delimiter, None, usize::MAX);
    items.sort_by(|left, right| walk(name(left)).cmp(&walk(name(right))));
    if let Some(Start::AfterKey(after) | Start::AfterPrefix(after)) = start {
        items.retain(|item| walk(name(item)) > walk(after));
    }
    let is_cut = items.len() > max;
    items.truncate(max);
    let next = items.last().filter(|_| is_cut).map(|last| Start::AfterKey(name(last).to_owned()));
    items.sort_by_key(name);
    (items, next)
}

/// A page size from the request: S3 cuts it to 1,000 and refuses a negative one.
pub(crate) fn page_of(asked: Option<i32>, parameter: &str) -> S3Result<usize> {
    match asked.map(usize::try_from) {
        None => Ok(MAX_PAGE),
        Some(Ok(asked)) => Ok(asked.min(MAX_PAGE)),
        Some(Err(_)) => Err(s3_error!(
            InvalidArgument,
            "Argument {parameter} must be an integer between 0 and 2147483647"
        )),
    }
}

/// A count of at most a page, as the wire has it.
pub(crate) fn count(items: usize) -> i32 {
    i32::try_from(items).expect("a page has at most 1,000 items")
}

/// What S3 leaves alone under `encoding-type=url`: the set of Java's `URLEncoder`, and the slash.
const KEPT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*').remove(b'/').remove(b' ');

/// How names are written in a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Plain,
    Url,
}

impl Encoding {
    /// Reads `encoding-type`.
    pub(crate) fn new(asked: Option<&EncodingType>) -> S3Result<Self> {
        match asked.map(EncodingType::as_str) {
            None => Ok(Self::Plain),
            Some(EncodingType::URL) => Ok(Self::Url),
            Some(_) => Err(s3_error!(InvalidArgument, "Invalid Encoding Method specified in Request")),
        }
    }

    /// A name as S3 writes it: with `url`, a space is `+`, a plus is `%2B`, and `/` stays. (Measured on AWS by others:
    /// `a b.txt` is listed as `a+b.txt` and `a+b.txt` as `a%2Bb.txt`.) Some other servers write `%20`, so a client
    /// turns `+` into a space and then decodes the percents.
    pub(crate) fn apply(self, name: &str) -> String {
        match self {
            Self::Plain => name.to_owned(),
            Self::Url => utf8_percent_encode(name, KEPT).to_string().replace(' ', "+"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Encoding, Start};

    #[test]
    fn url_encoding_is_that_of_s3() {
        for (key, written) in [
            ("a b.txt", "a+b.txt"),
            ("a+b.txt", "a%2Bb.txt"),
            ("100%.csv", "100%25.csv"),
            ("한글/x.txt", "%ED%95%9C%EA%B8%80/x.txt"),
            ("run books/x.txt", "run+books/x.txt"),
            ("test_file(3).png", "test_file%283%29.png"),
            ("\u{1}\n~*", "%01%0A%7E*"),
        ] {
            assert_eq!(Encoding::Url.apply(key), written);
            assert_eq!(Encoding::Plain.apply(key), key);
        }
    }

    #[test]
    fn tokens_come_back_as_they_went() {
        for start in [Start::AfterKey("a b/\u{1}한".into()), Start::AfterPrefix("x//".into())] {
            assert_eq!(Start::from_token(&start.to_token()), Some(start));
        }
        for foreign in ["", "kzz", "q61", "k6", "k+1", "한", "kff"] {
            assert_eq!(Start::from_token(foreign), None, "{foreign}");
        }
    }
}
