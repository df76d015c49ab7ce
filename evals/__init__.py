"""The project's own measurements. They use the public interface of `router` and of its documented modules."""
