#!/usr/bin/env python3
"""Golden values of CloudFront signatures, made by botocore's CloudFrontSigner and by django-storages.

Made with Python 3.11, botocore 1.44.5, cryptography 50.0.2, Django 5.2.19, django-storages 1.14.6. Again:

    python3 -m venv venv && venv/bin/pip install boto3 cryptography django django-storages
    venv/bin/python cloudfront.py > cloudfront.json

The keys beside this file, cloudfront_rsa.pem and cloudfront_ec.pem, were made for these tests and sign nothing else:

    openssl genrsa -traditional 2048
    openssl ecparam -name prime256v1 -genkey -noout

botocore leaves hash and key to the caller and knows no cookies; theirs are put together here from its own policy and
encoding, as "Use signed cookies" in the CloudFront Developer Guide says. ECDSA is random: its signatures are checked
with the public key instead, and only the policies stand here.
"""

import datetime
import json
import pathlib
import sys

import botocore
import cryptography
import django
import django.conf
from botocore.signers import CloudFrontSigner
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

HERE = pathlib.Path(__file__).parent
KEY_ID = "K2TESTHOLDALL"
PEM = (HERE / "cloudfront_rsa.pem").read_text()
KEY = serialization.load_pem_private_key(PEM.encode(), password=None)
CF = CloudFrontSigner(KEY_ID, lambda text: KEY.sign(text, padding.PKCS1v15(), hashes.SHA256()))


def when(seconds):
    return None if seconds is None else datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)


CANNED = [
    ("https://cdn.example.com/media/file.txt", 1_800_000_000),
    ("https://cdn.example.com/media/a%20b%2Bc%26d%3D%C3%A9.txt", 1_800_000_000),
    ("https://cdn.example.com/a?response-content-type=text%2Fplain&b", 3600),
    ("http://d111111abcdef8.cloudfront.net/", 2_147_483_646),
]
CUSTOM = [
    # URL, resource, until, from, address
    ("https://cdn.example.com/a.mp4", "https://cdn.example.com/a.mp4", 1_800_000_000, None, None),
    ("https://cdn.example.com/films/1.ts", "https://cdn.example.com/films/*", 1_800_000_000, 1_700_000_000, None),
    ("https://cdn.example.com/films/1.ts?x=1", "https://cdn.example.com/films/?.ts*", 1_800_000_000, None, "192.0.2.0/24"),
    ("https://cdn.example.com/a.mp4", "https://*.example.com/*", 1_800_000_000, 1, "192.0.2.7"),
]


def canned(url, until):
    policy = CF.build_policy(url, when(until))
    signature = CF._url_b64encode(CF.rsa_signer(policy.encode())).decode()
    return {
        "url": url,
        "until": until,
        "policy": policy,
        "signed": CF.generate_presigned_url(url, date_less_than=when(until)),
        "cookies": [["CloudFront-Expires", str(until)], ["CloudFront-Signature", signature],
                    ["CloudFront-Key-Pair-Id", KEY_ID]],
    }


def custom(url, resource, until, start, address):
    policy = CF.build_policy(resource, when(until), when(start), address)
    signature = CF._url_b64encode(CF.rsa_signer(policy.encode())).decode()
    return {
        "url": url,
        "resource": resource,
        "until": until,
        "from": start,
        "address": address,
        "policy": policy,
        "signed": CF.generate_presigned_url(url, policy=policy),
        "cookies": [["CloudFront-Policy", CF._url_b64encode(policy.encode()).decode()],
                    ["CloudFront-Signature", signature], ["CloudFront-Key-Pair-Id", KEY_ID]],
    }


def django_storages():
    """What django-storages makes of these settings, at the beginning of the epoch as in its own test.

    It signs with SHA-1, so that its signatures are not compared.
    """
    django.conf.settings.configure(USE_TZ=True)
    from storages.backends import s3

    class AtZero(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return cls(1970, 1, 1)

    s3.datetime = AtZero
    made = []
    for location, name, expire in [("", "file.txt", 3600), ("media", "whacky & filename.mp4", 600)]:
        storage = s3.S3Storage(bucket_name="b", custom_domain="mock.cloudfront.net", location=location,
                               cloudfront_key_id=KEY_ID, cloudfront_key=PEM)
        made.append({"location": location, "name": name, "expire": expire, "signed": storage.url(name, expire=expire)})
    return made


json.dump(
    {
        "versions": [f"botocore {botocore.__version__}", f"cryptography {cryptography.__version__}",
                     f"Django {django.__version__}"],
        "key_id": KEY_ID,
        "canned": [canned(*case) for case in CANNED],
        "custom": [custom(*case) for case in CUSTOM],
        "django_storages": django_storages(),
    },
    sys.stdout,
    indent=1,
)
print()
