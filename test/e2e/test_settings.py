"""The command line, settings and exit statuses."""

import io
import re
import tempfile

import pytest
from PIL import Image

from conftest import opened
from thimble import ROOT, Server, clean_environment, run


@pytest.mark.parametrize("arguments, named", [
    (["serve", "--listen", "nonsense"], "listen"),
    (["serve", "--origin", "ftp://x"], "origin"),
    (["serve", "--workers", "-1"], "workers"),
    (["serve", "--cache-memory", "12 bananas"], "cache"),
    (["serve", "--no-such-flag"], "no-such-flag"),
    (["serve", "--config", "/nonexistent.toml"], "nonexistent.toml"),
])
def test_wrong_settings_end_with_status_2_and_say_which(arguments, named):
    done = run(*arguments)
    assert done.returncode == 2, done
    assert named in done.stderr.decode()


def test_check_config_names_every_wrong_setting(tmp_path):
    config = tmp_path / "thimble.toml"
    config.write_text('[http]\nkeep_alive = "soon"\nlissten = "x"\n[nonsense]\na = 1\n')
    done = run("check-config", "--config", config)
    assert done.returncode == 2
    for name in ("keep_alive", "lissten", "nonsense"):
        assert name in done.stderr.decode(), name


def test_check_config_refuses_what_serving_would_refuse(tmp_path):
    for arguments, named in [
        ([], "origin.url"),
        (["--origin", f"file:{tmp_path}/missing"], "missing"),
        (["--origin", "s3://bucket"], "AWS_ACCESS_KEY_ID"),
    ]:
        done = run("check-config", *arguments,
                   env={"PATH": "/usr/bin", "HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true"})
        assert done.returncode == 2, arguments
        assert named in done.stderr.decode()
    done = run("check-config", "--origin", f"file:{tmp_path}")
    assert (done.returncode, done.stdout) == (0, b"ok\n")


def test_the_sample_settings_are_accepted():
    sample = ROOT / "docs" / "thimble.toml"
    keys = clean_environment(AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")
    done = run("check-config", "--config", sample, env=keys)
    assert (done.returncode, done.stdout) == (0, b"ok\n"), done.stderr
    # What is commented out there shows the default, and is accepted too.
    text = re.sub(r"^# ?(?=\w+ = )", "", sample.read_text(), flags=re.MULTILINE)
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as whole:
        whole.write(text)
        whole.flush()
        done = run("check-config", "--config", whole.name, env=keys)
    assert (done.returncode, done.stdout) == (0, b"ok\n"), done.stderr


def test_one_and_zero_are_booleans_in_the_file_too(tmp_path):
    config = tmp_path / "thimble.toml"
    config.write_text("[urls]\nenlarge_by_default = 1\n[origin]\nshow_forbidden = 0\n")
    assert run("check-config", "--config", config, "--origin", f"file:{tmp_path}").returncode == 0
    config.write_text("[urls]\nenlarge_by_default = 2\n")
    assert run("check-config", "--config", config, "--origin", f"file:{tmp_path}").returncode == 2


def test_unknown_environment_settings_are_errors():
    done = run("check-config", env=clean_environment(THIMBLE_NO_SUCH_SETTING="1"))
    assert done.returncode == 2
    assert "THIMBLE_NO_SUCH_SETTING" in done.stderr.decode()


def test_sizes_snap_to_the_allowed_ones_or_are_refused(small_tree, tmp_path_factory):
    config = tmp_path_factory.mktemp("config") / "thimble.toml"
    text = "[urls]\nallowed_sizes = [100, 300, 640]\nallowed_qualities = [60, 80]\nmax_height = 500\n"
    config.write_text(text)
    with Server("--origin", f"file:{small_tree}", "--config", config) as server:
        assert [opened(server.get(f"/resize/a.jpg?size={s}")).width for s in (1, 100, 101, 640)] == [100, 100, 300, 640]
        tags = {server.get(f"/resize/a.jpg?size=100&quality={q}").headers["ETag"] for q in (61, 70, 80)}
        assert len(tags) == 1
    config.write_text(text + 'when_not_allowed = "reject"\n')
    with Server("--origin", f"file:{small_tree}", "--config", config) as server:
        assert server.get("/resize/a.jpg?size=100&quality=80").status_code == 200
        for query in ("size=101&quality=80", "size=100&quality=81"):
            response = server.get(f"/resize/a.jpg?{query}")
            assert (response.status_code, response.headers["X-Error"]) == (400, "variant_not_allowed")


def test_enlarging_can_be_the_default_as_in_the_original_system(small_tree):
    with Server("--origin", f"file:{small_tree}", env={"THIMBLE_URLS_ENLARGE_BY_DEFAULT": "true"}) as server:
        assert opened(server.get("/resize/a.jpg?size=1280")).width == 1280


def test_json_logs_have_a_line_a_request_without_secrets(small_tree):
    with Server("--origin", f"file:{small_tree}", "--log-format", "json") as server:
        server.get("/resize/a.jpg?size=80", headers={"X-Request-ID": "log-test-1"})
        server.get("/resize/a.jpg?X-Amz-Signature=AKIASECRETCANARY")
    lines = [entry for entry in server.access_log() if entry.get("request_id") == "log-test-1"]
    assert lines and lines[0]["status"] == 200
    assert "AKIASECRETCANARY" not in "\n".join(server.lines)


def test_the_command_line_resizes_in_the_same_sandbox(small_tree, tmp_path):
    out = tmp_path / "out.webp"
    done = run("resize", small_tree / "a.jpg", out, "--width", "300", "--height", "300", "--quality", "80",
               "--format", "webp", "--fit", "cover")
    assert done.returncode == 0, done.stderr
    image = Image.open(io.BytesIO(out.read_bytes()))
    assert (image.format, image.size) == ("WEBP", (300, 300))


def test_the_command_line_takes_the_text_that_logs_and_stores_have(small_tree, tmp_path):
    by_options, by_text = tmp_path / "a.webp", tmp_path / "b"
    for out, words in ((by_options, ("--width", "200", "--height", "100", "--fit", "fill", "--quality", "70")),
                       (by_text, ("--spec", "w200_h100_fill_q70_webp"))):
        done = run("resize", small_tree / "a.jpg", out, *words)
        assert done.returncode == 0, done.stderr
    assert by_options.read_bytes() == by_text.read_bytes()
    for words in (("--spec", "w0200_q70"), ("--spec", "w200_q70", "--width", "200")):
        done = run("resize", small_tree / "a.jpg", tmp_path / "c", *words)
        assert done.returncode == 2 and b"--spec" in done.stderr
    assert not (tmp_path / "c").exists()


def test_the_ending_of_the_name_chooses_the_format(small_tree, tmp_path):
    for name, form in [("b.webp", "WEBP"), ("b.PNG", "PNG"), ("b.jpeg", "JPEG"), ("b", "JPEG"), ("b.tmp", "JPEG")]:
        done = run("resize", small_tree / "a.jpg", tmp_path / name, "--width", "100")
        assert done.returncode == 0, done.stderr
        assert Image.open(tmp_path / name).format == form, name
    done = run("resize", small_tree / "a.jpg", tmp_path / "c.webp", "--width", "100", "--format", "png")
    assert done.returncode == 0, done.stderr
    assert Image.open(tmp_path / "c.webp").format == "PNG"


def test_a_result_over_the_limits_is_said_to_be_so(small_tree, tmp_path):
    done = run("resize", small_tree / "a.jpg", tmp_path / "b.jpg", "--width", "9000", "--enlarge")
    assert done.returncode == 1
    assert "result_too_large: over the limits of one picture: 9000x7500" in done.stderr.decode()


def test_the_command_line_says_what_is_wrong(tmp_path):
    text = tmp_path / "text.jpg"
    text.write_text("no picture")
    done = run("resize", text, tmp_path / "out.jpg", "--width", "100")
    assert done.returncode == 1
    assert "unsupported_format" in done.stderr.decode()
    assert not (tmp_path / "out.jpg").exists()


def test_a_missing_secret_is_a_wrong_setting():
    done = run("serve", "--listen", "127.0.0.1:0", "--origin", "s3://bucket", "--s3-region", "us-east-1",
               env={"PATH": "/usr/bin", "HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true"})
    assert done.returncode == 2
    assert "AWS_ACCESS_KEY_ID" in done.stderr.decode()
