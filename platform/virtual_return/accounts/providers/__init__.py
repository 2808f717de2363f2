"""Providers of sign-ins: whom programme staff trust to say who somebody is, and how far."""
