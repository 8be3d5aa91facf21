#!/usr/bin/env python3
"""Golden values of SigV4: what boto3 signs for the same inputs, keys and clock.

Made with Python 3.11, boto3 and botocore 1.44.5. Again:

    python3 -m venv venv && venv/bin/pip install boto3
    venv/bin/python presign.py > presign.json

URLs are boto3's `generate_presigned_url`, forms its `generate_presigned_post`. Three things are set so that there is
one right answer: the clock; the regional host, which boto3 takes by itself everywhere but in us-east-1; and checksums
"when required", since boto3 would add one of an empty body to a PUT that somebody else sends. The policy document of a
form is written without blanks, as ours: servers compare its signature, not its looks.
"""

import datetime
import functools
import json

import boto3
import botocore.auth
import botocore.signers
from botocore.config import Config

NOW = datetime.datetime(2027, 1, 15, 8, 0, 3, tzinfo=datetime.timezone.utc)
BUCKET = "my-site"
HOSTILE = "usr/a b+c&d=é?#%41;~'(1)*!@:$,[x]|^`{}\"<>/日本\U0001f431.txt"


class Json:
    """json, but compact."""

    dumps = staticmethod(functools.partial(json.dumps, separators=(",", ":")))


botocore.auth.get_current_datetime = lambda *_, **__: NOW
botocore.auth.json = Json
botocore.signers.get_current_datetime = lambda *_, **__: NOW

CLIENTS = {
    "aws": {"region": "eu-central-1", "style": "virtual"},
    "us-east-1": {"region": "us-east-1", "style": "virtual", "us_east_1": True},
    "session": {"region": "eu-central-1", "style": "virtual", "token": "IQoJb3JpZ2luX2VjE/+=="},
    "path": {"region": "eu-central-1", "style": "path"},
    "endpoint": {"region": "us-east-1", "style": "path", "endpoint": "http://127.0.0.1:9000"},
    "default-port": {"region": "us-east-1", "style": "path", "endpoint": "https://files.example.com"},
    "endpoint-virtual": {"region": "auto", "style": "virtual", "endpoint": "https://s3.example.com:8443"},
}


def client(settings):
    s3 = {"addressing_style": settings["style"]}
    if settings.get("us_east_1"):
        s3["us_east_1_regional_endpoint"] = "regional"
    return boto3.client(
        "s3",
        region_name=settings["region"],
        endpoint_url=settings.get("endpoint"),
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        aws_session_token=settings.get("token"),
        config=Config(signature_version="s3v4", s3=s3, request_checksum_calculation="when_required"),
    )


OVERRIDES = {
    "ResponseContentType": "text/plain; charset=utf-8",
    "ResponseContentDisposition": "attachment; filename=\"na_ve 2.txt\"; filename*=UTF-8''na%C3%AFve%202.txt",
    "ResponseContentEncoding": "gzip",
    "ResponseContentLanguage": "de, en",
    "ResponseCacheControl": "private, max-age=60",
    "ResponseExpires": datetime.datetime(2027, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc),
}

PUT = {
    "ContentType": "image/png",
    "ContentLength": 5,
    "IfNoneMatch": "*",
    "CacheControl": "private, max-age=60",
    "ContentDisposition": "attachment",
    "ContentEncoding": "gzip",
    "ContentLanguage": "de",
    "Metadata": {"album": "summer 2026", "holdall-acl": "1"},
    "ACL": "public-read",
    "ChecksumCRC64NVME": "rosUhgp5mIg=",
}

# (client, operation, parameters beside the bucket, seconds)
URLS = [
    *((name, "get_object", {"Key": "usr/cat.jpg"}, 3600) for name in CLIENTS),
    *((name, "get_object", {"Key": HOSTILE}, 1) for name in ("aws", "path", "endpoint")),
    ("aws", "get_object", {"Key": "a.txt", **OVERRIDES}, 604800),
    ("session", "get_object", {"Key": "a.txt", "VersionId": "3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY=", **OVERRIDES}, 60),
    ("aws", "head_object", {"Key": HOSTILE}, 600),
    ("aws", "head_object", {"Key": "a.txt", "VersionId": "v1"}, 600),
    ("aws", "get_object", {"Key": "a.txt", "Range": "bytes=0-9", "IfMatch": '"abc"', "PartNumber": 2}, 600),
    ("aws", "get_object_tagging", {"Key": "a.txt"}, 600),
    ("aws", "put_object", {"Key": HOSTILE, "ContentType": "text/plain"}, 600),
    ("aws", "put_object", {"Key": "a.png", "Metadata": {"album": "two  blanks"}}, 600),
    ("aws", "put_object", {"Key": "a.png", **PUT}, 600),
    ("session", "put_object", {"Key": "a.png", **PUT}, 600),
    ("endpoint", "put_object", {"Key": "a.png", **PUT}, 600),
    ("aws", "put_object", {"Key": "a.png", "ContentType": "image/png", "IfMatch": '"abc"', "ChecksumSHA256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}, 600),
    ("aws", "upload_part", {"Key": "a.mp4", "UploadId": "VXBsb2FkIElE~+/=", "PartNumber": 17, "ContentLength": 8388608}, 600),
    ("aws", "delete_object", {"Key": "a.txt", "VersionId": "a/b+c="}, 600),
    ("session", "delete_object", {"Key": HOSTILE}, 600),
]

# (client, key, fields, conditions, seconds)
FORMS = [
    ("aws", "usr/cat.jpg", {"Content-Type": "image/jpeg"}, [], 3600),
    ("session", "usr/cat.jpg", {"Content-Type": "image/jpeg"}, [["content-length-range", 1, 5242880]], 60),
    ("endpoint", "ünïcode/日本\U0001f431 \"q\" $.txt", {"Content-Type": "text/plain"}, [], 600),
    ("path", "usr/inbox/${filename}", {}, [["content-length-range", 0, 10], ["starts-with", "$Content-Type", "image/"]], 600),
    (
        "endpoint-virtual",
        "a.png",
        {
            "Cache-Control": "private, max-age=60",
            "Content-Disposition": "attachment",
            "Content-Encoding": "gzip",
            "Content-Type": "image/png",
            "acl": "public-read",
            "success_action_redirect": "https://www.example.com/done?a=b",
            "x-amz-checksum-sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "x-amz-meta-album": "summer 2026",
            "x-amz-meta-holdall-acl": "1",
        },
        [["content-length-range", 5, 5]],
        600,
    ),
]


def plain(value):
    return value.isoformat() if isinstance(value, datetime.datetime) else value


def main():
    urls = []
    for name, operation, params, seconds in URLS:
        url = client(CLIENTS[name]).generate_presigned_url(
            operation, Params={"Bucket": BUCKET, **params}, ExpiresIn=seconds
        )
        params = {key: plain(value) for key, value in params.items()}
        urls.append({"client": name, "operation": operation, "params": params, "seconds": seconds, "url": url})
    forms = []
    for name, key, fields, conditions, seconds in FORMS:
        # Each field has its condition, in the order of their names.
        exact = [{field: value} for field, value in sorted(fields.items())]
        made = client(CLIENTS[name]).generate_presigned_post(
            BUCKET, key, Fields=dict(fields), Conditions=[*conditions, *exact], ExpiresIn=seconds
        )
        forms.append({"client": name, "key": key, "seconds": seconds, "url": made["url"], "fields": made["fields"]})
    print(json.dumps({"now": int(NOW.timestamp()), "clients": CLIENTS, "urls": urls, "forms": forms}, indent=1))


main()
