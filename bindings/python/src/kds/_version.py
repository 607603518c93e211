"""The release of this package; its first two numbers are those of the libraries that it needs."""

VERSION = "0.1.0"
