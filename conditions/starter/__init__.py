"""The starter content: TOML files beside this one, and the loader that puts them in once."""

from .loader import load

__all__ = ["load"]
