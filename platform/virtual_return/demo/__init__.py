"""The demonstration programme: invented people, institutions and needs, the same on every run."""

from virtual_return.demo.generator import generate
from virtual_return.demo.loader import is_loaded, load, load_demonstration
from virtual_return.demo.sign_ins import DEMO_SIGN_INS

__all__ = ["DEMO_SIGN_INS", "generate", "is_loaded", "load", "load_demonstration"]
