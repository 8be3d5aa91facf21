"""Runs Django's collectstatic once and says what it took: collect.py STORAGE SOURCE ROOT.

For S3 the root is http://endpoint/bucket; keys come from the environment, as boto3 reads them.
"""

import resource
import sys

import django
from django.conf import settings
from django.core.management import call_command

storage, source, root = sys.argv[1:]
storage, _, js = storage.partition("+")
options = {}
if storage == "s3":
    endpoint, _, bucket = root.rpartition("/")
    options = {
        "bucket_name": bucket,
        "endpoint_url": endpoint,
        "region_name": "us-east-1",
        "addressing_style": "path",
    }
    root = "/nowhere"
backend = {
    "manifest": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
    "whitenoise": "whitenoise.storage.CompressedManifestStaticFilesStorage",
    "s3": "storages.backends.s3.S3ManifestStaticStorage",
}[storage]
settings.configure(
    INSTALLED_APPS=["django.contrib.staticfiles"],
    STATIC_URL="/static/",
    STATIC_ROOT=root,
    STATICFILES_DIRS=[source],
    STORAGES={
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": backend, "OPTIONS": options},
    },
)
django.setup()
if js:
    from django.contrib.staticfiles.storage import HashedFilesMixin

    HashedFilesMixin.support_js_module_import_aggregation = True
call_command("collectstatic", interactive=False, verbosity=0)
used = resource.getrusage(resource.RUSAGE_SELF)
print(f"processors={used.ru_utime + used.ru_stime} peak={used.ru_maxrss * 1024}")
