import { Box, Tooltip, Typography } from '@mui/material';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { Schema } from '../../api/client';
import { useLocale, useText } from '../../words';
import type { Video } from '../videos/queries';
import { rotationWords } from './words';

type Day = Schema['PreviewDay'];

const COLORS = ['#1f6feb', '#b35900', '#1a7f37', '#8250df', '#bf3989', '#0a7ea4', '#9a6700', '#5a5f66'];

interface Props {
  days: Day[];
  videos: Video[];
  /** Called with the first and the last of the days that were drawn over. */
  onRange?: ((first: string, last: string) => void) | undefined;
}

/** The weekday of a day, 0 for Monday. */
const weekday = (date: string) => (new Date(`${date}T12:00:00Z`).getUTCDay() + 6) % 7;

/** What plays on the coming days: a grid of weeks in which days are drawn over with the pointer or with Shift and arrows. */
export function Calendar({ days, videos, onRange }: Props) {
  const text = useText(rotationWords);
  const { language } = useLocale();
  const [anchor, setAnchor] = useState<number | null>(null);
  const [focus, setFocus] = useState(0);
  const grid = useRef<HTMLDivElement>(null);
  const picked = (index: number) => anchor !== null && index >= Math.min(anchor, focus) && index <= Math.max(anchor, focus);
  const finish = () => {
    const [first, last] = [days[Math.min(anchor ?? focus, focus)], days[Math.max(anchor ?? focus, focus)]];
    if (anchor !== null && first && last) onRange?.(first.date, last.date);
    setAnchor(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      if (anchor === null) setAnchor(focus);
      else finish();
    }
    if (event.key === 'Escape') setAnchor(null);
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(days.length - 1, focus + step));
    setAnchor(event.shiftKey ? (anchor ?? focus) : null);
    setFocus(next);
    grid.current?.querySelector<HTMLElement>(`[data-day="${next}"]`)?.focus();
  };
  const first = days[0];
  const blanks = first ? weekday(first.date) : 0;
  const names = Array.from({ length: 7 }, (_, day) =>
    new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' }).format(Date.UTC(2024, 0, 1 + day)),
  );
  const cells: (number | null)[] = [...Array<null>(blanks).fill(null), ...days.keys()];
  const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, week) => cells.slice(7 * week, 7 * week + 7));
  return (
    <Box
      role="grid"
      aria-label={text.calendar}
      ref={grid}
      onKeyDown={onKeyDown}
      onPointerUp={finish}
      sx={{ userSelect: 'none', touchAction: 'pan-y' }}
    >
      <Box role="row" sx={{ display: 'grid', gridTemplateColumns: 'repeat(7, minmax(0, 1fr))', gap: 0.5, mb: 0.5 }}>
        {names.map((name) => (
          <Typography key={name} role="columnheader" variant="caption" color="textSecondary" sx={{ textAlign: 'center' }}>
            {name}
          </Typography>
        ))}
      </Box>
      {weeks.map((week) => (
        <Box
          role="row"
          key={week.find((index) => index !== null)}
          sx={{ display: 'grid', gridTemplateColumns: 'repeat(7, minmax(0, 1fr))', gap: 0.5, mb: 0.5 }}
        >
          {week.map((index, place) => {
            const day = index === null ? undefined : days[index];
            if (index === null || !day) return <Box role="gridcell" key={`blank-${names[place]}`} />;
            return (
              <DayCell
                key={day.date}
                day={day}
                index={index}
                videos={videos}
                picked={picked(index)}
                reachable={index === focus}
                onDown={() => {
                  setAnchor(index);
                  setFocus(index);
                }}
                onOver={() => anchor !== null && setFocus(index)}
              />
            );
          })}
        </Box>
      ))}
    </Box>
  );
}

interface CellProps {
  day: Day;
  index: number;
  videos: Video[];
  picked: boolean;
  reachable: boolean;
  onDown: () => void;
  onOver: () => void;
}

function DayCell({ day, index, videos, picked, reachable, onDown, onOver }: CellProps) {
  const text = useText(rotationWords);
  const locale = useLocale();
  const spans = day.spans.map(({ from, video_id, reason }) => {
    const at = videos.findIndex(({ id }) => id === video_id);
    const name = videos[at]?.title ?? text.reason[reason ?? 'no_video'] ?? '';
    return { from, name, color: at < 0 ? undefined : COLORS[at % COLORS.length] };
  });
  const said = `${locale.day(day.date)}: ${spans.map(({ name }) => name).join(', ')}`;
  return (
    <Tooltip title={said}>
      <Box
        role="gridcell"
        tabIndex={reachable ? 0 : -1}
        data-day={index}
        aria-label={said}
        aria-selected={picked}
        onPointerDown={onDown}
        onPointerEnter={onOver}
        sx={{
          border: 1,
          borderColor: picked ? 'primary.main' : 'divider',
          bgcolor: picked ? 'action.selected' : 'background.paper',
          borderRadius: 1,
          p: 0.5,
          minHeight: 58,
          overflow: 'hidden',
          cursor: 'pointer',
        }}
      >
        <Typography variant="caption">{Number(day.date.slice(8))}</Typography>
        {spans.map(({ from, name, color }) => (
          <Box
            key={from}
            sx={{
              bgcolor: color ?? 'transparent',
              color: color ? '#fff' : 'text.secondary',
              borderRadius: 0.5,
              px: 0.5,
              mt: 0.25,
              fontSize: 11,
              whiteSpace: 'nowrap',
              overflow: 'hidden',
              textOverflow: 'ellipsis',
            }}
          >
            {name}
          </Box>
        ))}
      </Box>
    </Tooltip>
  );
}
