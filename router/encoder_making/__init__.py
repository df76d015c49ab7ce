"""Make encoders, for authors and not for devices: each module imports its libraries when it is asked to work."""
