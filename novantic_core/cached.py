"""A property that is worked out once for each object, without a lock."""

from __future__ import annotations

from functools import cached_property as locked_property
from typing import Any, Self, TypeVar, overload

T = TypeVar("T")


class cached_property(locked_property[T]):  # noqa: N801 - it stands where the standard library's would
    """The standard library's, as it is from Python 3.12 on.

    Before, all objects of a class share one lock: a plugin that hangs while it is asked for one request's menu would
    hold up every other request.
    """

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> T: ...

    def __get__(self, instance: Any, owner: type[Any] | None = None) -> Any:
        if instance is None:
            return self
        value = instance.__dict__[self.attrname] = self.func(instance)
        return value
