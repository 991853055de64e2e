"""Which video plays: the same as the service says, as docs/rotation.md tells it."""

from datetime import date, datetime, timedelta, timezone
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from vertex_ar import InvalidOptionError, RotationRule, Video, resolve_video

A, B, C = (UUID(int=number) for number in (10, 11, 12))
NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
VIDEOS = [Video(A), Video(B), Video(C)]


def playing(rule=None, videos=VIDEOS, **more):
    return resolve_video(videos, rule, **{"now": NOON, **more}).video_id


def sequence(kind, start="2026-03-01"):
    return RotationRule(kind, start, {"video_sequence": [A, B, C]})


def on_days(rule, days=5):
    return [playing(rule, now=NOON + timedelta(days=day)) for day in range(days)]


def test_one_plays_a_day() -> None:
    assert on_days(sequence("sequential")) == [A, B, C, C, C]
    assert on_days(sequence("cyclic")) == on_days(sequence("daily_cycle")) == [A, B, C, A, B]


def test_dates_are_honoured() -> None:
    christmas = {"start_date": "2026-12-24", "end_date": date(2026, 12, 26), "video_id": B}
    rule = RotationRule("date_specific", date(2026, 1, 1), {"schedules": [christmas]}, default_video_id=A)
    assert playing(rule) == A
    assert playing(rule, now=datetime(2026, 12, 25, 9, tzinfo=timezone.utc)) == B


def test_a_draw_is_the_same_for_everybody_on_a_day_and_differs_between_contents() -> None:
    rule = RotationRule("random_daily", "2026-01-01", {"video_pool": [A, B, C]})
    days = [NOON + timedelta(days=day) for day in range(40)]
    first, again, other = (
        [playing(rule, now=day, content_id=UUID(int=content)) for day in days] for content in (1, 1, 2)
    )
    assert first == again != other
    assert set(first) == {A, B, C}


def test_a_day_is_a_day_in_the_timezone() -> None:
    rule = sequence("cyclic")
    late = datetime(2026, 3, 1, 22, tzinfo=timezone.utc)
    assert playing(rule, now=late) == A
    assert playing(rule, now=late, timezone="Europe/Moscow") == B
    assert playing(rule, now=late.astimezone(ZoneInfo("Asia/Tokyo")), timezone=ZoneInfo("Asia/Tokyo")) == B


def test_what_cannot_play_is_passed_over() -> None:
    videos = [Video(A, "archived"), Video(B, ends_at=NOON), Video(C, starts_at=NOON)]
    assert playing(sequence("cyclic"), videos) == C
    silent = resolve_video(videos[:2], now=NOON)
    assert (silent.video_id, silent.reason) == (None, "no_video")


def test_answers_of_the_api_are_taken_as_they_are() -> None:
    videos = [
        {
            "id": str(A),
            "title": "old",
            "status": "active",
            "starts_at": None,
            "created_at": "2026-01-01T00:00:00Z",
        },
        {"id": str(B), "title": "new", "status": "active", "created_at": "2026-02-01T00:00:00.25Z"},
    ]
    assert playing(None, videos) == B
    rule = {
        "content_id": str(C),
        "rotation_type": "none",
        "default_video_id": str(A),
        "start_date": "2026-01-01",
    }
    assert playing({**rule, "schedule_config": {}}, videos) == A


def test_a_content_that_is_over_or_off_plays_nothing() -> None:
    assert resolve_video(VIDEOS, now=NOON, is_active=False).reason == "inactive"
    assert resolve_video(VIDEOS, now=NOON, expiry_date="2026-02-28").reason == "expired"
    assert resolve_video(VIDEOS, now=NOON, expiry_date=date(2026, 3, 1)).reason is None


@pytest.mark.parametrize(
    ("call", "expected", "message"),
    [
        (lambda: playing(now=NOON.replace(tzinfo=None)), InvalidOptionError, "now: .* has no time zone"),
        (lambda: playing(now="tomorrow"), InvalidOptionError, "now: "),
        (lambda: playing(now=NOON.date()), TypeError, "now: expected a datetime, not date"),
        (lambda: playing(timezone="Moon/Base"), InvalidOptionError, 'timezone: "Moon/Base"'),
        (lambda: playing(content_id="x"), InvalidOptionError, "content_id: "),
        (lambda: playing(expiry_date=NOON), TypeError, "expiry_date: expected a date, not datetime"),
        (
            lambda: playing(videos=[Video(A, "lost")]),
            InvalidOptionError,
            'videos: "lost" is not a video status',
        ),
        (lambda: playing(videos=[{"status": "active"}]), TypeError, "videos: .*'id'"),
        (lambda: playing(videos=[{"id": "x"}]), InvalidOptionError, "videos: id: "),
        (lambda: playing(videos=[A]), TypeError, "videos: expected Video or a record of it, not UUID"),
        (lambda: playing(videos="abc"), TypeError, "videos: expected several videos, not str"),
        (lambda: playing(sequence("weekly")), InvalidOptionError, 'rule: "weekly" is not a rotation type'),
        (lambda: playing(sequence("cyclic", "soon")), InvalidOptionError, "start_date: "),
        (
            lambda: playing(RotationRule("cyclic", NOON.date(), {"videos": []})),
            InvalidOptionError,
            "rule: schedule_config: unknown field `videos`",
        ),
        (
            lambda: playing(RotationRule("cyclic", NOON.date(), {"video_pool": {A}})),
            TypeError,
            "schedule_config: set is not JSON",
        ),
    ],
)
def test_what_is_wrong_is_named(call, expected, message) -> None:
    with pytest.raises(expected, match=f"^{message}"):
        call()
