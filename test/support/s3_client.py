"""A boto3 client for the S3 servers of the tests: a second opinion on how requests are signed."""


def make_client(server, secret_key=None, **config):
    """`server` names its endpoint, region and keys; `secret_key` to sign with a wrong one."""
    import boto3
    import botocore.config

    config.setdefault("s3", {"addressing_style": "path"})
    config.setdefault("retries", {"max_attempts": 1})
    # Newer clients send checksums of uploads in a way that no server here knows.
    if "request_checksum_calculation" in botocore.config.Config.OPTION_DEFAULTS:
        config.setdefault("request_checksum_calculation", "when_required")
    return boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        region_name=server.region,
        aws_access_key_id=server.access_key,
        aws_secret_access_key=secret_key or server.secret_key,
        config=botocore.config.Config(signature_version="s3v4", proxies={}, **config),
    )
