//! Listings and bulk deletion.

use aws_sdk_s3::types::{Delete, EncodingType, ObjectIdentifier};

use super::{Feature, ProbeReport};
use crate::verbs::asking::{Answer, Scratch, settled};
use crate::wire::encoding::decode;
use crate::wire::error::Failure;

/// Ends of keys, in the order of their bytes. No slash: some servers make directories of those.
const KEYS: [&str; 5] = ["list!", "list-", "list0", "listA", "lista"];
/// Letters that an encoding can get wrong: a blank, a plus, an escape that is none, other scripts.
const ODD: &str = "odd a+b%20&é";
/// Fewer than there are, so that the listing goes over pages.
const PAGE: i32 = 2;

/// Ends of keys of a tree, in the order of their bytes: a directory sorts as its name plus `/`, behind names that go on
/// with `-` or `.`. Some servers walk directories by name and get that wrong.
const TREE: [&str; 4] = ["tree-a", "tree.b", "tree/c", "tree0"];

/// Asks about listings, then deletes what was listed: at most 30 requests.
pub(super) async fn ask(scratch: &Scratch, report: &mut ProbeReport) {
    report.record(Feature::ListOrder, settled(order(scratch).await));
    report.record(Feature::ListTree, settled(tree(scratch).await));
    report.record(Feature::ListEncoding, settled(encoding(scratch).await));
    report.record(Feature::BulkDelete, settled(bulk_delete(scratch).await));
}

/// The keys behind a prefix as the server tells them, page by page.
async fn listed(scratch: &Scratch, prefix: &str) -> Result<Vec<String>, Failure> {
    let mut keys = Vec::new();
    let mut token = None;
    // More pages than there are keys: a server that repeats itself is not listened to for ever.
    for _ in 0..=KEYS.len() {
        let request = scratch.client.list_objects_v2().bucket(scratch.bucket()).prefix(prefix);
        let request = request.encoding_type(EncodingType::Url).max_keys(PAGE).set_continuation_token(token);
        let page = request.send().await.map_err(|error| scratch.inner.failure(&error))?;
        let encoded = page.encoding_type() == Some(&EncodingType::Url);
        let text = |key: &str| if encoded { decode(key) } else { key.as_bytes().to_vec() };
        keys.extend(page.contents().iter().filter_map(|object| object.key()).map(text));
        token = page.next_continuation_token;
        if token.is_none() {
            break;
        }
    }
    Ok(keys.into_iter().map(|key| String::from_utf8_lossy(&key).into_owned()).collect())
}

async fn order(scratch: &Scratch) -> Result<Answer, Failure> {
    let keys = KEYS.map(|key| scratch.key(key));
    // Not in the order that they must come back in.
    for key in keys.iter().rev() {
        scratch.store(key).await?;
    }
    let listed = listed(scratch, &format!("{}list", scratch.prefix)).await?;
    if listed == keys {
        return Ok(Answer::Yes);
    }
    let is_complete = keys.iter().all(|key| listed.contains(key)) && listed.len() == keys.len();
    Ok(Answer::no(if is_complete {
        "keys do not come in the order of their bytes"
    } else {
        "a listing over several pages leaves keys out, or repeats them"
    }))
}

async fn tree(scratch: &Scratch) -> Result<Answer, Failure> {
    let keys = TREE.map(|key| scratch.key(key));
    for key in keys.iter().rev() {
        scratch.store(key).await?;
    }
    // Where directories are more than parts of keys, this one would stay.
    scratch.key("tree/");
    let all = listed(scratch, &format!("{}tree", scratch.prefix)).await?;
    let request = scratch.client.list_objects_v2().bucket(scratch.bucket());
    let request = request.prefix(format!("{}tree", scratch.prefix)).start_after(&keys[1]);
    let behind = request.encoding_type(EncodingType::Url).send().await;
    let behind = behind.map_err(|error| scratch.inner.failure(&error))?.contents().len();
    Ok(match () {
        () if all != keys => Answer::no("keys of a tree do not come in the order of their bytes over pages"),
        () if behind != 2 => Answer::no("start-after is compared with something else than whole keys"),
        () => Answer::Yes,
    })
}

async fn encoding(scratch: &Scratch) -> Result<Answer, Failure> {
    let key = scratch.key(ODD);
    scratch.store(&key).await?;
    let listed = listed(scratch, &format!("{}odd", scratch.prefix)).await?;
    Ok(Answer::yes_if(listed == [key], "a key with a blank, a plus and an escape is listed as another key"))
}

async fn bulk_delete(scratch: &Scratch) -> Result<Answer, Failure> {
    let mut delete = Delete::builder();
    for key in KEYS {
        let key = ObjectIdentifier::builder().key(scratch.key(key)).build();
        delete = delete.objects(key.expect("the key is set"));
    }
    let delete = delete.build().expect("the keys are set");
    let request = scratch.client.delete_objects().bucket(scratch.bucket()).delete(delete);
    let reply = request.send().await.map_err(|error| scratch.inner.failure(&error))?;
    if let Some(error) = reply.errors().first() {
        let code = error.code().unwrap_or("no code");
        return Ok(Answer::no(format!("it refuses to delete a key in this way ({code})")));
    }
    let left = listed(scratch, &format!("{}list", scratch.prefix)).await?;
    Ok(Answer::yes_if(left.is_empty(), "it says that it deleted objects which are still there"))
}
