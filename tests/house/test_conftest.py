"""Tests run without the network, and what they lack is said; on a build machine nothing may be lacking."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError

pytest_plugins = ["pytester"]


@pytest.fixture
def suite(pytester: pytest.Pytester, repository, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    pytester.makeconftest((repository / "tests" / "conftest.py").read_text(encoding="utf-8"))
    pytester.makepyfile(
        """
        def test_data(real_data):
            assert real_data.is_dir()

        def test_program(require_program):
            assert require_program("a-program-that-nobody-has")
        """
    )
    monkeypatch.delenv("LAADPLAN_REAL_DATA", raising=False)
    monkeypatch.delenv("CI", raising=False)
    return pytester


def test_what_is_absent_skips_with_the_reason(suite: pytest.Pytester):
    run = suite.runpytest_inprocess("-rs", "-p", "no:xdist")

    run.assert_outcomes(skipped=2)
    run.stdout.fnmatch_lines_random(["*LAADPLAN_REAL_DATA is not set*", "*a-program-that-nobody-has is not installed*"])


def test_what_is_absent_fails_on_a_build_machine(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CI", "true")

    run = suite.runpytest_inprocess("-p", "no:xdist")

    assert run.parseoutcomes().get("passed", 0) == 0
    assert sum(run.parseoutcomes().get(what, 0) for what in ("failed", "error", "errors")) == 2


def test_data_that_is_there_is_used(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LAADPLAN_REAL_DATA", str(suite.path))

    suite.runpytest_inprocess("-p", "no:xdist").assert_outcomes(passed=1, skipped=1)


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_the_network_is_out_of_reach():
    with pytest.raises(SocketConnectBlockedError), socket.socket() as outside:
        outside.connect(("192.0.2.1", 80))


def test_loopback_is_within_reach():
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())
