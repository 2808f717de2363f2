"""The guards of the test run itself."""

import socket
import warnings

import pytest

from tests.support.network import NetworkForbiddenError


def test_a_test_cannot_reach_another_machine():
    with socket.socket() as probe, pytest.raises(NetworkForbiddenError):
        probe.connect(("192.0.2.1", 80))


def test_a_test_cannot_look_up_a_name():
    with pytest.raises(NetworkForbiddenError):
        socket.getaddrinfo("example.org", 80)


def test_warnings_are_errors():
    with pytest.raises(UserWarning):
        warnings.warn("this one", UserWarning, stacklevel=1)
