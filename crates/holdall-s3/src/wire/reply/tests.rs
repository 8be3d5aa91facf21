use super::{Body, Progress};

#[test]
fn bodies_are_told_apart() {
    let whole = Body::Xml { is_whole: true };
    let cut = Body::Xml { is_whole: false };
    for (text, body) in [
        ("", Body::Empty),
        (" \r\n", Body::Empty),
        ("<?xml version=\"1.0\"?>\n<Error><Code>X</Code></Error>\n", Body::Error),
        ("<Error><Code>X</Code>", cut),
        ("<ListBucketResult xmlns=\"x\"><Name>a</Name></ListBucketResult>", whole),
        ("<?xml version=\"1.0\"?><!-- c --><s3:List xmlns:s3=\"x\"></s3:List >", whole),
        ("<LocationConstraint/>", whole),
        ("<LocationConstraint xmlns=\"a/b\" />", whole),
        ("<A><B/>", cut),
        ("<A", cut),
        ("<?xml version=\"1.0\"", cut),
        ("<ListBucketResult><Contents><Key>a</Key></Contents>", cut),
        ("<!DOCTYPE html><html><head></head></html>", Body::Html),
        ("<!doctype HTML PUBLIC \"x\">\n<p>", Body::Html),
        ("<HTML><body>", Body::Html),
        ("{\"ok\":true}", Body::Other),
        ("OK", Body::Other),
    ] {
        assert_eq!(Body::look(text.as_bytes(), false), body, "{text:?}");
    }
    assert_eq!(Body::look(b"\xef\xbb\xbf<a></a>", false), whole);
    assert_eq!(Body::look(b"Sign in", true), Body::Html);
}

/// Every way of going in circles ends, and a long listing does not.
#[test]
fn pages_that_lead_nowhere_are_noticed() {
    let rounds = |first: &dyn Fn(u64) -> Option<Vec<u8>>, mark: &dyn Fn(u64) -> String| {
        let mut progress = Progress::default();
        (0..5000).find(|&page| progress.page(first(page).as_deref(), &mark(page)).is_err())
    };
    let key = |page: u64| Some(page.to_string().into_bytes());
    let mark = |page: u64| format!("t{page}");
    assert_eq!(rounds(&key, &mark), None);
    assert_eq!(rounds(&key, &|_| "same".to_owned()), Some(1));
    assert!(rounds(&|page| key(page % 7), &mark).is_some_and(|page| page < 1000));
    assert!(rounds(&key, &|page| mark(page % 300)).is_some_and(|page| page < 1500));
    assert_eq!(rounds(&|_| None, &mark), Some(1000));
    assert_eq!(rounds(&|page| key(page).filter(|_| page % 50 == 0), &mark), None);
}
