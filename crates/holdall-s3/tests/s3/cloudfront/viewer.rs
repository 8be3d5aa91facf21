//! CloudFront as a viewer meets it, after the Developer Guide: it has public keys only, and builds the canned
//! policy from the request itself.

use std::collections::{BTreeMap, HashMap};
use std::net::Ipv4Addr;
use std::sync::LazyLock;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _,
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey,
    VerificationAlgorithm,
};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::Value;

/// A request: when, from where.
#[derive(Clone, Copy)]
pub(super) struct Viewer {
    pub(super) now: u64,
    pub(super) address: Ipv4Addr,
}

/// The parameters of a grant, without the names' prefix for cookies.
type Grant<'a> = BTreeMap<&'a str, &'a str>;

impl Viewer {
    pub(super) fn at(now: u64) -> Self {
        Self { now, address: Ipv4Addr::new(198, 51, 100, 1) }
    }

    /// Whether the distribution would serve that URL.
    pub(super) fn may_read(self, pem: &str, url: &str) -> bool {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut grant, mut rest) = (Grant::new(), Vec::new());
        for pair in query.split('&') {
            match pair.split_once('=') {
                Some((name, value)) if is_own(name) => {
                    if grant.insert(name, value).is_some() {
                        return false;
                    }
                }
                _ => rest.push(pair),
            }
        }
        let rest = rest.join("&");
        let bare = if rest.is_empty() { path.to_owned() } else { format!("{path}?{rest}") };
        self.is_granted(pem, &bare, &grant)
    }

    /// The same with the pairs of a `Cookie` header.
    pub(super) fn may_read_with(self, pem: &str, url: &str, cookies: &[(String, String)]) -> bool {
        let mut grant = Grant::new();
        for (name, value) in cookies {
            if let Some(name) = name.strip_prefix("CloudFront-").filter(|name| is_own(name))
                && grant.insert(name, value).is_some()
            {
                return false;
            }
        }
        self.is_granted(pem, url, &grant)
    }

    fn is_granted(self, pem: &str, url: &str, grant: &Grant<'_>) -> bool {
        self.grants(pem, url, grant).unwrap_or(false)
    }

    /// `None` for what cannot even be read.
    fn grants(self, pem: &str, url: &str, grant: &Grant<'_>) -> Option<bool> {
        let policy = match (grant.get("Expires"), grant.get("Policy")) {
            (Some(expires), None) => {
                let seconds: u64 = expires.parse().ok()?;
                format!(
                    r#"{{"Statement":[{{"Resource":"{url}","Condition":{{"DateLessThan":{{"AWS:EpochTime":{seconds}}}}}}}]}}"#
                )
            }
            (None, Some(policy)) => String::from_utf8(decode(policy)?).ok()?,
            _ => return None,
        };
        if *grant.get("Key-Pair-Id")? != super::KEY_ID {
            return None;
        }
        let signature = decode(grant.get("Signature")?)?;
        if !verifies(pem, grant.get("Hash-Algorithm").copied(), policy.as_bytes(), &signature)? {
            return Some(false);
        }
        let policy: Value = serde_json::from_str(&policy).ok()?;
        let statement = &policy["Statement"][0];
        let resource = statement["Resource"].as_str()?;
        let is_canned = grant.contains_key("Expires");
        let covers = if is_canned { resource == url } else { matches(resource.as_bytes(), url.as_bytes()) };
        let condition = &statement["Condition"];
        let until = condition["DateLessThan"]["AWS:EpochTime"].as_u64()?;
        let from = condition["DateGreaterThan"]["AWS:EpochTime"].as_u64();
        let in_range = match condition["IpAddress"]["AWS:SourceIp"].as_str() {
            None => true,
            Some(range) => {
                let (network, bits) = range.split_once('/')?;
                let mask = u32::MAX.checked_shl(32 - bits.parse::<u32>().ok()?).unwrap_or(0);
                let network: Ipv4Addr = network.parse().ok()?;
                network.to_bits() & mask == self.address.to_bits() & mask
            }
        };
        Some(covers && in_range && self.now < until && from.is_none_or(|from| self.now > from))
    }
}

fn is_own(name: &str) -> bool {
    ["Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"].contains(&name)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    if text.contains(['+', '=', '/']) {
        return None;
    }
    BASE64_STANDARD.decode(text.replace('-', "+").replace('_', "=").replace('~', "/")).ok()
}

/// The public half of a key.
enum Public {
    Rsa(Vec<u8>),
    Ecdsa(Vec<u8>),
}

/// Those of the test keys, by their PEM.
static PUBLIC: LazyLock<HashMap<&str, Public>> =
    LazyLock::new(|| [super::RSA, super::EC].into_iter().map(|pem| (pem, public(pem))).collect());

fn public(pem: &str) -> Public {
    match PrivateKeyDer::from_pem_slice(pem.as_bytes()).expect("a test key") {
        PrivateKeyDer::Pkcs1(key) => {
            let pair = RsaKeyPair::from_der(key.secret_pkcs1_der()).expect("a test key");
            Public::Rsa(pair.public_key().as_ref().to_vec())
        }
        key => {
            let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
            let pair = EcdsaKeyPair::from_private_key_der(algorithm, key.secret_der()).expect("a test key");
            Public::Ecdsa(pair.public_key().as_ref().to_vec())
        }
    }
}

/// Checks a signature with the public half of that key.
fn verifies(pem: &str, hash: Option<&str>, message: &[u8], signature: &[u8]) -> Option<bool> {
    let (algorithm, public): (&'static dyn VerificationAlgorithm, _) = match (&PUBLIC[pem], hash) {
        (Public::Rsa(key), None | Some("SHA1")) => (&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, key),
        (Public::Rsa(key), Some("SHA256")) => (&RSA_PKCS1_2048_8192_SHA256, key),
        (Public::Ecdsa(key), Some("SHA256")) => (&ECDSA_P256_SHA256_ASN1, key),
        _ => return None,
    };
    Some(UnparsedPublicKey::new(algorithm, public).verify(message, signature).is_ok())
}

/// The Developer Guide's wildcards, in the plainest form that can be right.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|at| matches(rest, &text[at..])),
        Some((byte, rest)) => text
            .split_first()
            .is_some_and(|(first, text)| (byte == first || *byte == b'?') && matches(rest, text)),
    }
}
