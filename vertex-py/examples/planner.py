"""Prints which of three videos plays on each day of a week with a holiday in it."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from vertex_ar import RotationRule, Video, resolve_video

MOSCOW = ZoneInfo("Europe/Moscow")
NAMES = {UUID(int=1): "everyday", UUID(int=2): "new year", UUID(int=3): "christmas"}
HOLIDAYS = {
    "schedules": [
        {"start_date": "2026-12-31", "end_date": "2027-01-01", "video_id": UUID(int=2)},
        {"start_date": "2027-01-07", "end_date": "2027-01-07", "video_id": UUID(int=3)},
    ]
}


def main() -> None:
    """Print a line for each day."""
    videos = [Video(video) for video in NAMES]
    first = datetime(2026, 12, 29, 12, tzinfo=MOSCOW)
    rule = RotationRule("date_specific", first.date(), HOLIDAYS, default_video_id=UUID(int=1))
    for day in (first + timedelta(days=number) for number in range(11)):
        playback = resolve_video(videos, rule, now=day, timezone=MOSCOW)
        name = NAMES[playback.video_id] if playback.video_id else playback.reason
        print(f"{day:%Y-%m-%d}  {name}")


if __name__ == "__main__":
    main()
