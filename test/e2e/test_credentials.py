"""Keys that run out: every source of them, against stand-ins whose keys last seconds and a store that verifies them."""

import concurrent.futures
import itertools
import time

import pytest

from conftest import cover, encoded
from credential_services import CredentialServices
from thimble import PATIENCE_SECONDS, Server, run

pytestmark = pytest.mark.waits

LIFE_SECONDS = 3


def until(condition, what):
    """Waits for a condition; looked for often, given up late."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < give_up, what
        time.sleep(0.05)


@pytest.fixture
def services():
    with CredentialServices(encoded(cover(320, 240), "JPEG", quality=80), LIFE_SECONDS) as running:
        yield running


@pytest.fixture
def home(tmp_path):
    (tmp_path / ".aws").mkdir()
    return tmp_path


class Client:
    """A server on the stand-in's store; every picture is another one, so that no cache answers."""

    def __init__(self, services, home, *arguments, **env):
        self.server = Server("--origin", f"s3://{services.bucket}", "--s3-endpoint", services.endpoint, *arguments,
                             env={"HOME": str(home), **env})
        self._names = itertools.count()

    def __enter__(self):
        self.server.__enter__()
        return self

    def __exit__(self, *exception):
        self.server.__exit__(*exception)
        assert not [line for line in self.server.lines if "CANARY" in line], "a secret in the log"

    def fetch(self):
        return self.server.get(f"/resize/{next(self._names)}.jpg?size=50").status_code


def write_keys(home, keys):
    """As the AWS tools do: a new file in the old one's place."""
    lines = ["[default]", f"aws_access_key_id = {keys['AccessKeyId']}",
             f"aws_secret_access_key = {keys['SecretAccessKey']}"]
    if "Token" in keys:
        lines.append(f"aws_session_token = {keys['Token']}")
    new = home / ".aws" / "new"
    new.write_text("\n".join(lines) + "\n")
    new.rename(home / ".aws" / "credentials")


def web_identity(services, home):
    (home / "token").write_text(services.web_token + "\n")
    return {"AWS_WEB_IDENTITY_TOKEN_FILE": str(home / "token"), "AWS_ROLE_ARN": services.role,
            "AWS_ENDPOINT_URL_STS": services.endpoint}


def web_identity_of_a_profile(services, home):
    (home / "token").write_text(services.web_token)
    (home / ".aws" / "config").write_text(
        f"[profile pod]\nrole_arn = {services.role}\nweb_identity_token_file = {home}/token\n")
    return {"AWS_PROFILE": "pod", "AWS_ENDPOINT_URL_STS": services.endpoint}


def assumed_role(services, home):
    write_keys(home, services.issue(lasting=True))
    (home / ".aws" / "config").write_text(
        f"[profile pictures]\nrole_arn = {services.role}\nsource_profile = default\n")
    return {"AWS_PROFILE": "pictures", "AWS_ENDPOINT_URL_STS": services.endpoint}


def container(services, home):
    (home / "authorization").write_text(services.authorization + "\n")
    return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": services.endpoint + "/container",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(home / "authorization")}


def role_of_a_container(services, home):
    (home / ".aws" / "config").write_text(
        f"[default]\nrole_arn = {services.role}\ncredential_source = EcsContainer\n")
    return {**container(services, home), "AWS_ENDPOINT_URL_STS": services.endpoint}


def instance(services, home):
    return {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": services.endpoint + "/"}


SOURCES = [web_identity, web_identity_of_a_profile, assumed_role, container, role_of_a_container, instance]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.__name__)
def test_pictures_come_across_several_expiries(services, home, source):
    with Client(services, home, **source(services, home)) as client:
        statuses = []

        def several_keys_were_used():
            statuses.append(client.fetch())
            return len(services.keys_used) >= 3

        until(several_keys_were_used, "the keys were not renewed")
        assert set(statuses) == {200}
        samples = client.server.metrics()
        assert samples['thimble_credentials_renewals_total{outcome="obtained"}'] >= 3
        assert samples["thimble_credentials_expiry_timestamp_seconds"] > 1.7e9
    assert services.requests["instance without a token"] == 0


def test_the_store_believes_in_no_other_keys(services, home):
    """What the tests above stand on: a wrong secret shows no picture."""
    write_keys(home, {**services.issue(lasting=True), "SecretAccessKey": "another"})
    with Client(services, home) as client:
        assert client.fetch() >= 400
    assert not services.keys_used


def test_a_renewed_token_file_is_read_again(services, home):
    with Client(services, home, **web_identity(services, home)) as client:
        assert client.fetch() == 200
        services.web_token = "web-token-2"
        (home / "token").write_text("web-token-2")
        until(lambda: client.fetch() == 200 and len(services.keys_used) >= 2, "the token file was not read again")


def test_a_changed_credentials_file_is_read_again(services, home):
    write_keys(home, services.issue(lasting=True))
    with Client(services, home) as client:
        assert client.fetch() == 200
        new = services.issue(lasting=True)
        write_keys(home, new)
        until(lambda: client.fetch() == 200 and new["AccessKeyId"] in services.keys_used, "the file was not read again")


def test_keys_that_the_store_knows_no_more_are_replaced(services, home):
    services.life = 3600
    with Client(services, home, **web_identity(services, home)) as client:
        assert client.fetch() == 200
        services.revoke_all()
        until(lambda: client.fetch() == 200, "the keys were not replaced")
        assert services.requests["sts"] == 2


def test_requests_that_wait_for_keys_share_one_renewal(services, home):
    with Client(services, home, **web_identity(services, home)) as client:
        assert client.fetch() == 200
        services.hold()
        first = services.requests["sts"]
        time.sleep(LIFE_SECONDS)  # until the keys have run out; nothing is measured
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            fetches = [pool.submit(client.fetch) for _ in range(20)]
            until(lambda: client.server.metrics()["thimble_requests_in_flight"] >= 21, "requests do not come")
            services.release()
            assert [fetch.result() for fetch in fetches] == [200] * 20
        assert services.requests["sts"] == first + 1


def test_the_server_starts_while_its_source_is_away_and_recovers(services, home):
    services.failing = True
    with Client(services, home, **web_identity(services, home)) as client:
        assert client.fetch() == 502
        until(lambda: any("no S3 credentials from the web identity" in line for line in list(client.server.lines)), "it is not said")
        assert client.server.metrics()['thimble_credentials_renewals_total{outcome="failed"}'] >= 1
        services.failing = False
        until(lambda: client.fetch() == 200, "no recovery")


def test_a_refusal_of_sts_names_the_remedy(services, home):
    environment = web_identity(services, home)
    services.web_token = "another"
    with Client(services, home, **environment) as client:
        assert client.fetch() == 502
        until(lambda: any("ExpiredTokenException: is the token file renewed" in line for line in list(client.server.lines)), "it is not said")


def test_where_nobody_has_keys_the_server_does_not_start(home):
    done = run("serve", "--listen", "127.0.0.1:0", "--origin", "s3://bucket",
               env={"PATH": "/usr/bin", "HOME": str(home), "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1"})
    assert done.returncode == 2
    assert "metadata service" in done.stderr.decode()
    assert "s3.anonymous" in done.stderr.decode()


def test_a_profile_that_wants_single_sign_on_is_a_wrong_setting(home):
    (home / ".aws" / "config").write_text("[default]\nsso_session = work\n")
    done = run("serve", "--listen", "127.0.0.1:0", "--origin", "s3://bucket",
               env={"PATH": "/usr/bin", "HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true"})
    assert done.returncode == 2
    assert "sso_session" in done.stderr.decode()


def test_a_public_bucket_is_read_without_a_signature(services, home):
    with Client(services, home, "--s3-anonymous") as client:
        assert client.fetch() == 200
    assert services.unsigned >= 1 and not services.keys_used


@pytest.mark.parametrize("where, region", [("AWS_REGION", "eu-west-4"), ("AWS_DEFAULT_REGION", "eu-west-3"),
                                           ("config", "eu-west-1"), ("flag", "eu-west-5")])
def test_the_region_is_signed_for_wherever_it_is_named(services, home, where, region):
    write_keys(home, services.issue(lasting=True))
    (home / ".aws" / "config").write_text("[default]\nregion = eu-west-1\n")
    arguments = ["--s3-region", region] if where == "flag" else []
    environment = {where: region} if where.startswith("AWS") else {}
    with Client(services, home, *arguments, **environment) as client:
        assert client.fetch() == 200
    assert services.regions == {region}
