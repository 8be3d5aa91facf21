"""Stores objects with everything that boto3's put_object takes, and tells what they have.

    look.py ENDPOINT ACCESS_KEY SECRET_KEY store VERB...    stores one object for each kind and verb
    look.py ENDPOINT ACCESS_KEY SECRET_KEY show BUCKET KEY...   tells what each of these objects has

Both print one JSON document. boto3 knows nothing of Holdall: it is how other programs see a bucket.
"""

import datetime
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

FUTURE = datetime.datetime(2100, 1, 1, tzinfo=datetime.timezone.utc)
STRANGER = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
EVERYBODY = 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'

# Every argument of put_object is in one of these kinds of objects, or among the arguments below.
KINDS = {
    "plain": {},
    "headers": {
        "CacheControl": "no-cache",
        "ContentDisposition": "inline; filename*=UTF-8''%C3%A9.txt",
        "ContentEncoding": "x-odd",
        "ContentLanguage": "de, ko",
        "ContentType": "text/x-odd; charset=x-odd",
        "Expires": FUTURE,
    },
    "redirect": {"WebsiteRedirectLocation": "/elsewhere"},
    "class": {"StorageClass": "STANDARD_IA"},
    "public": {"ACL": "public-read"},
    "signed": {"ACL": "authenticated-read"},
    "grants": {
        "GrantFullControl": "id=OWNER",
        "GrantRead": f"id={STRANGER}, {EVERYBODY}",
        "GrantReadACP": f"id={STRANGER}",
        "GrantWriteACP": f"id={STRANGER}",
    },
    "tags": {"Tagging": "team=web&empty=&odd=a%20%2Bb"},
    "metadata": {
        "Metadata": {"plain": "1", "UPPER-Case": "2", "under_score": "3", "encoded": "=?UTF-8?B?R3LDvMOfZQ==?="}
    },
    "own keys": {"ServerSideEncryption": "AES256"},
    "kms": {
        "ServerSideEncryption": "aws:kms",
        "SSEKMSKeyId": "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-4000-8000-00000000000f",
        "BucketKeyEnabled": True,
    },
    "retention": {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": FUTURE},
    "hold": {"ObjectLockLegalHoldStatus": "ON"},
    "crc32": {"ChecksumAlgorithm": "CRC32"},
    "crc32c": {"ChecksumAlgorithm": "CRC32C"},
    "sha1": {"ChecksumAlgorithm": "SHA1"},
    "sha256": {"ChecksumAlgorithm": "SHA256"},
    "crc64nvme": {"ChecksumAlgorithm": "CRC64NVME"},
}

# Arguments that leave nothing with the object that could be told from outside, each with the reason.
NOTHING_TO_KEEP = {
    "Bucket": "where",
    "Key": "where",
    "Body": "every object has one",
    "ContentLength": "of the body",
    "ContentMD5": "of the body",
    "IfMatch": "when",
    "IfNoneMatch": "when",
    "WriteOffsetBytes": "an append to an object of a directory bucket",
    "RequestPayer": "who pays",
    "ExpectedBucketOwner": "whose bucket",
    "SSECustomerAlgorithm": "whoever lacks the key cannot look at the object; keys are in every_request.rs",
    "SSECustomerKey": "see above",
    "SSECustomerKeyMD5": "see above",
    "SSEKMSEncryptionContext": "no reply tells it",
    "ObjectLockEventHold": "neither server knows it",
    "ObjectLockEventHoldDurationDays": "neither server knows it",
    "ObjectLockEventHoldDurationYears": "neither server knows it",
}

# The values of checksums come with the algorithm.
CHECKSUMS = "Checksum"

BUCKET = "foreign"
OTHER = "archive"
SMALL = b"ten bytes."
LARGE = b"0123456789abcdef" * (6 * 64 * 1024)


def client(endpoint, access_key, secret_key):
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
    )


def check_arguments(s3):
    members = s3.meta.service_model.operation_model("PutObject").input_shape.members
    given = {name for kind in KINDS.values() for name in kind} | set(NOTHING_TO_KEEP)
    missing = [name for name in members if name not in given and not name.startswith(CHECKSUMS)]
    if missing:
        sys.exit(f"put_object has arguments that no kind of object has: {missing}")


def store(s3, verbs):
    """Returns the kinds that the server refused to store, each with its words."""
    check_arguments(s3)
    for bucket in (BUCKET, OTHER):
        s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True, ObjectOwnership="ObjectWriter")
    s3.put_object(Bucket=BUCKET, Key="probe", Body=b"")
    owner = s3.get_object_acl(Bucket=BUCKET, Key="probe")["Owner"]["ID"]
    refused = {}
    for kind, arguments in KINDS.items():
        arguments = {
            name: value.replace("OWNER", owner) if isinstance(value, str) else value
            for name, value in arguments.items()
        }
        for verb in verbs:
            body = LARGE if "parts" in verb else SMALL
            try:
                s3.put_object(Bucket=BUCKET, Key=f"{kind}/{verb}", Body=body, **arguments)
            except ClientError as error:
                refused[kind] = str(error)
    return refused


def show(s3, bucket, keys):
    return {key: look(s3, bucket, key) for key in keys}


def look(s3, bucket, key):
    head = s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    # The tag of a copy may be another one, and so may its time and its version.
    for name in ("ResponseMetadata", "ETag", "LastModified", "VersionId", "AcceptRanges", "PartsCount", "TagCount"):
        head.pop(name, None)
    told = {name: value for name, value in head.items() if name != "Metadata"}
    told |= {
        f"Metadata {name}": value
        for name, value in head.get("Metadata", {}).items()
        if not name.startswith("holdall-")
    }
    try:
        grants = s3.get_object_acl(Bucket=bucket, Key=key)["Grants"]
    except ClientError as error:
        grants = []
        told["GrantsCannotBeRead"] = str(error)
    for grant in grants:
        grantee = grant["Grantee"]
        told[f"Grant {grantee.get('ID') or grantee.get('URI')} {grant['Permission']}"] = True
    for tag in s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]:
        told[f"Tag {tag['Key']}"] = tag["Value"]
    return {name: str(value) for name, value in told.items()}


def main():
    endpoint, access_key, secret_key, command, *rest = sys.argv[1:]
    s3 = client(endpoint, access_key, secret_key)
    if command == "store":
        answer = {"kinds": list(KINDS), "refused": store(s3, rest)}
    else:
        answer = show(s3, rest[0], rest[1:])
    json.dump(answer, sys.stdout)


main()
