"""Which video plays: the rule of the service, for planners."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timezone, tzinfo
from typing import Any, Literal, TypeAlias, TypeVar
from uuid import UUID

from . import _native
from ._arguments import kind
from .errors import InvalidOptionError

T = TypeVar("T")
Reason: TypeAlias = Literal["expired", "inactive", "no_video"]

NIL = UUID(int=0)
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Video:
    """A video of a content, as far as the choice looks at it.

    Ids and instants may be strings as the API writes them.
    """

    id: UUID
    status: str = "inactive"
    """`active`, `inactive` or `archived`."""
    starts_at: datetime | None = None
    """It does not play before this instant."""
    ends_at: datetime | None = None
    """It does not play from this instant on."""
    created_at: datetime = EPOCH
    """Of several that may play, the newest does."""

    def __post_init__(self) -> None:
        _convert(self, "id", _uuid)
        _convert(self, "starts_at", _optional(_instant))
        _convert(self, "ends_at", _optional(_instant))
        _convert(self, "created_at", _instant)


@dataclass(frozen=True)
class RotationRule:
    """The rule of a content, in the words of `PUT /api/ar-content/{id}/rotation-rule`."""

    rotation_type: str
    """`none`, `sequential`, `cyclic`, `daily_cycle`, `date_specific` or `random_daily`."""
    start_date: date
    """The day the first entry plays."""
    schedule_config: Mapping[str, Any] = field(default_factory=dict)
    """`video_sequence`, `schedules` or `video_pool`, whichever the type reads; `schedules` go before the others."""
    default_video_id: UUID | None = None
    """What plays when the schedule names nothing that can play."""

    def __post_init__(self) -> None:
        _convert(self, "start_date", _day)
        _convert(self, "default_video_id", _optional(_uuid))

    @property
    def schedule_json(self) -> str:
        """The schedule as the API takes it."""
        return json.dumps(self.schedule_config, default=_plain)


@dataclass(frozen=True)
class Playback:
    """What a viewer sees: a video, or nothing and why."""

    video_id: UUID | None
    reason: Reason | None


def resolve_video(
    videos: Iterable[Video | Mapping[str, Any]],
    rule: RotationRule | Mapping[str, Any] | None = None,
    *,
    now: datetime,
    timezone: str | tzinfo = "UTC",
    content_id: UUID | str = NIL,
    is_active: bool = True,
    expiry_date: date | str | None = None,
) -> Playback:
    """Tell which of a content's videos plays at `now`, a day being a day in `timezone`.

    Videos and rule may be answers of the API as they are. `timezone` is a name of the IANA database or a `ZoneInfo`.
    `random_daily` draws by `content_id`, so that a content plays the same for everybody on one day.
    """
    if isinstance(videos, (str, bytes, Mapping)) or not isinstance(videos, Iterable):
        raise TypeError(f"videos: expected several videos, not {kind(videos)}")
    given = [_of(Video, "videos", video) for video in videos]
    ruled = None if rule is None else _of(RotationRule, "rule", rule)
    video_id, reason = _native.resolve_video(
        given,
        ruled,
        _named("now", _instant, now),
        getattr(timezone, "key", None) or str(timezone),
        _named("content_id", _uuid, content_id),
        bool(is_active),
        _named("expiry_date", _optional(_day), expiry_date),
    )
    return Playback(video_id, reason)


def _of(cls: type[T], name: str, given: T | Mapping[str, Any]) -> T:
    """A value of the class, made of a record if it is one; what else the record holds is passed over."""
    if isinstance(given, cls):
        return given
    if not isinstance(given, Mapping):
        raise TypeError(f"{name}: expected {cls.__name__} or a record of it, not {kind(given)}")
    known = {it.name for it in fields(cls)}  # type: ignore[arg-type]
    try:
        return cls(**{key: value for key, value in given.items() if key in known and value is not None})
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from error
    except ValueError as error:
        raise InvalidOptionError(f"{name}: {error}") from error


def _convert(record: object, name: str, reader: Callable[[Any], object]) -> None:
    object.__setattr__(record, name, _named(name, reader, getattr(record, name)))


def _named(name: str, reader: Callable[[Any], T], value: object) -> T:
    """What a reader makes of a value, or its complaint under this name."""
    try:
        return reader(value)
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from error
    except ValueError as error:
        raise InvalidOptionError(f"{name}: {error}") from error


def _optional(reader: Callable[[Any], T]) -> Callable[[Any], T | None]:
    return lambda value: None if value is None else reader(value)


def _uuid(value: object) -> UUID:
    if isinstance(value, UUID):
        return value
    if not isinstance(value, str):
        raise TypeError(f"expected a UUID, not {kind(value)}")
    return UUID(value)


def _instant(value: object) -> datetime:
    if isinstance(value, str):
        value = datetime.fromisoformat(value.removesuffix("Z") + "+00:00" * value.endswith("Z"))
    if not isinstance(value, datetime):
        raise TypeError(f"expected a datetime, not {kind(value)}")
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return value.astimezone(timezone.utc)


def _day(value: object) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError(f"expected a date, not {kind(value)}")
    return value


def _plain(value: object) -> str:
    if isinstance(value, (UUID, date)):
        return str(value)
    raise TypeError(f"schedule_config: {kind(value)} is not JSON")
