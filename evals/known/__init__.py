"""Whether known values are found, and what that takes."""
