//! Keys in every form, and the sentences for those that cannot be used.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, RsaKeyPair};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use holdall_core::ErrorKind;
use holdall_s3::{CloudFrontSigner, S3Storage};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;

use super::viewer::Viewer;
use super::{EC, KEY_ID, RSA, at, signer};

/// Keys that are nobody's: `openssl genrsa 1024`, `openssl ecparam -name secp384r1 -genkey -noout`, `openssl
/// genpkey -algorithm ed25519`.
const RSA_1024: &str = "\
-----BEGIN PRIVATE KEY-----
MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBAJ2oAS2uB4tEP3jo
8PfpO5Br1hJE91Yk+GAIIWHYouHWbNcrhwY4T2zPzAo5EUkDm2uB9DB0F7cqNnk3
s1OHX/iFAyYSBWKxRbNDjn8ucI9UzhpuoOjOsdkpynKFNHj6thXCqN1qniKfK7ln
pN2Uv5UljbUhrQbts3uNp6dKW2NjAgMBAAECgYAfFJfm4YArPHEm7QVUWm6bsiap
w17fZLpydCfgmkzCKPucD8C2wTMnSG/5M/bsZgGl2CDDzJ9ARNooW4rG1NFeZd8R
cvfte0CfM0+qjdcBEJf7QhDAYiibQLWBcNHQtROoKhdvtIjNEe6e06l7ffWo+2Ds
auWFJVlpvR9pGgcUgQJBAM2RtkzpQ7IBcQTRMYXXhU+9jHhLqra9UZGR703FDP10
Ic7qlpXJTBkdj/M4tkBpUeqPEhcsnspAVClvE08//hkCQQDEVTwN1yiafUZyb/2o
kSKY7/udApu3t7Yr8NJZIlqTIBXrMQFS1wZ/zNbS5AHFz2NjYMLTngxNU3gapdRP
HaTbAkB7sgE7GGWml91045fkDIJoMAt1WzqXCSYq7OBNMJQXcqjhRCFmciD7P+Gd
nfN0oKss8/gTv8KwurKp1++LkVsJAkEAiB1/sSjGIbVQre4usjtM/TMEAmrYgpp/
Vh9z9g/3M6E/EPu8qy4gd2IQXc1t3TJW+YMQD563cLS5w9/MPb2TmQJAbrVsfPTU
Ek1A6Ls+dqjOS9749+/4jnSISEHzijqGX0RWCw8A+Htep8sQV7vODzOuqJOEjm1K
Ygo80e27n7Q0MA==
-----END PRIVATE KEY-----
";
const P384: &str = "\
-----BEGIN EC PRIVATE KEY-----
MIGkAgEBBDBfjoMyMAwjxJCMQ+IqmLcllGhLh0WLkKs02e6I6V8tvHf9237+Lbbn
cLMjALBO59KgBwYFK4EEACKhZANiAAR2qpBcADwo76iO7rXyYrpFDDfaKFn+3ce9
WZzWepW4ri/A9ZAPtS/RqzZbgj2sHcp4O90JIY41j5WjFyCOrO0HYrLQkCdBt3VT
RZ7K50cWAvT/HyCfhSxpM0dJ9BPpNAk=
-----END EC PRIVATE KEY-----
";
const ED25519: &str = "\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINsQcPYXFzEhDSkzFtRo8izOnjJ/nyLTuNTimlMHlsd5
-----END PRIVATE KEY-----
";

fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn pkcs8(text: &str) -> String {
    match PrivateKeyDer::from_pem_slice(text.as_bytes()).unwrap() {
        PrivateKeyDer::Pkcs1(key) => {
            let pair = RsaKeyPair::from_der(key.secret_pkcs1_der()).unwrap();
            let der: Pkcs8V1Der<'static> = pair.as_der().unwrap();
            pem("PRIVATE KEY", der.as_ref())
        }
        key => {
            let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
            let pair = EcdsaKeyPair::from_private_key_der(algorithm, key.secret_der()).unwrap();
            pem("PRIVATE KEY", pair.to_pkcs8v1().unwrap().as_ref())
        }
    }
}

#[test]
fn every_form_of_a_key_signs_alike() {
    let url = "https://cdn.example.com/a";
    let (pkcs1, pkcs8_rsa) = (signer(RSA), signer(&pkcs8(RSA)));
    assert_eq!(pkcs1.sign_url(url, at(1000)).unwrap(), pkcs8_rsa.sign_url(url, at(1000)).unwrap());
    // OpenSSL writes the name of the curve in front; Windows ends its lines in its own way.
    let parameters =
        format!("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{EC}");
    for key in [EC.to_owned(), pkcs8(EC), parameters, EC.replace('\n', "\r\n")] {
        let signed = signer(&key).sign_url(url, at(1000)).unwrap();
        assert!(Viewer::at(999).may_read(EC, &signed.url));
    }
}

#[test]
fn what_is_no_key_is_refused_with_what_to_do() {
    let public = pem("PUBLIC KEY", b"anything");
    let encrypted = pem("ENCRYPTED PRIVATE KEY", b"anything");
    let proc_type =
        RSA.replace("KEY-----\nMII", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nMII");
    let cut = RSA[..RSA.len() / 2].to_owned();
    let flipped = RSA.replacen("MII", "MIJ", 1);
    let one_line = RSA.replace('\n', "\\n");
    let cases = [
        ("", "it is empty"),
        ("K2JCJMDEHXQW5F", "not PEM"),
        (&public, "not a private key"),
        (&encrypted, "encrypted"),
        (&proc_type, "encrypted"),
        (&pem("OPENSSH PRIVATE KEY", b"anything"), "ssh-keygen"),
        (&cut, "whole, unchanged PEM"),
        (&flipped, "private key of RSA with 2,048 bits, or of ECDSA"),
        (&one_line, "line breaks are lost"),
        (RSA_1024, "too small; CloudFront takes RSA keys of 2,048 bits"),
        (P384, "curve P-256"),
        (ED25519, "private key of RSA with 2,048 bits, or of ECDSA"),
    ];
    for (key, reason) in cases {
        let error = CloudFrontSigner::new(KEY_ID, key).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig);
        assert!(error.to_string().contains(reason), "{error}, not {reason}");
        // Nothing of a key gets into an error.
        for line in key.lines().filter(|line| line.len() > 40) {
            assert!(!format!("{error:?}").contains(line), "{error:?}");
        }
    }
    for id in ["", "a b", "a&Policy=", "ä"] {
        let error = CloudFrontSigner::new(id, RSA).unwrap_err().to_string();
        assert!(error.contains("key id cannot be used"), "{error}");
    }
}

#[test]
fn half_given_keys_are_refused_when_the_storage_is_built() {
    let aws = || S3Storage::builder("my-site").region("eu-central-1");
    let cdn = || aws().custom_domain("cdn.example.com");
    let refused = [
        (cdn().cloudfront_key_id(KEY_ID), "cloudfront_key_id is set, but cloudfront_key is not"),
        (cdn().cloudfront_key(RSA), "cloudfront_key is set, but cloudfront_key_id is not"),
        (
            aws().cloudfront_key(RSA).cloudfront_key_id(KEY_ID),
            "but custom_domain, the distribution's host, is not",
        ),
        (cdn().cloudfront_key_id(KEY_ID).cloudfront_key(RSA_1024), "too small"),
        (cdn().cloudfront_key_id("").cloudfront_key(RSA), "key id cannot be used"),
        (
            aws().custom_domain("cdn.example.com/é").cloudfront_key_id(KEY_ID).cloudfront_key(RSA),
            "cannot be used with CloudFront",
        ),
    ];
    for (builder, reason) in refused {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig);
        assert!(error.to_string().contains(reason), "{error}, not {reason}");
    }
    let good = cdn().cloudfront_key_id(KEY_ID).cloudfront_key(RSA);
    let shown = format!("{good:?} {:?}", good_storage());
    for line in RSA.lines().filter(|line| line.len() > 40) {
        assert!(!shown.contains(line), "{shown}");
    }
}

fn good_storage() -> S3Storage {
    let builder = S3Storage::builder("my-site").region("eu-central-1").custom_domain("cdn.example.com");
    builder.cloudfront_key_id(KEY_ID).cloudfront_key(RSA).build().expect("good settings")
}
