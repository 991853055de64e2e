import type { Schema } from '../../api/client';

export type Rule = Schema['RotationRule'];
export type NewRule = Schema['NewRule'];
export type RuleType = NewRule['rotation_type'];

export const TYPES: RuleType[] = ['none', 'date_specific', 'daily_cycle', 'sequential', 'random_daily'];

/** A range of days, both inside, and what plays on them. */
export interface Range {
  start_date: string;
  end_date: string;
  video_id: string;
}

/** A rule while it is edited; what other types need is kept until it is saved. */
export interface Draft {
  type: RuleType;
  /** For cycles, sequences and pools: ids of videos, in order. */
  videos: string[];
  ranges: Range[];
  defaultVideo: string | null;
  startDate: string;
}

interface Config {
  video_sequence?: string[];
  video_pool?: string[];
  schedules?: Range[];
}

/** The draft of a saved rule. `cyclic` is another name of `daily_cycle`. */
export function draftOf(rule: Rule | null): Draft {
  const config = (rule?.schedule_config ?? {}) as Config;
  const type = (rule?.rotation_type ?? 'none') as RuleType;
  return {
    type: type === 'cyclic' ? 'daily_cycle' : type,
    videos: config.video_sequence ?? config.video_pool ?? [],
    ranges: config.schedules ?? [],
    defaultVideo: rule?.default_video_id ?? null,
    startDate: rule?.start_date ?? '',
  };
}

/** The rule that a draft asks for. */
export function ruleOf({ type, videos, ranges, defaultVideo, startDate }: Draft): NewRule {
  return {
    rotation_type: type,
    ...(type !== 'none' && { schedule_config: configOf(type, videos, ranges) }),
    default_video_id: defaultVideo,
    ...(startDate !== '' && { start_date: startDate }),
  };
}

function configOf(type: RuleType, videos: string[], ranges: Range[]): Config {
  if (type === 'date_specific') return { schedules: ranges };
  return type === 'random_daily' ? { video_pool: videos } : { video_sequence: videos };
}

/** What is still missing before a draft can be saved. */
export function lacks({ type, videos, ranges }: Draft): 'videos' | 'ranges' | 'order' | null {
  if (type === 'none') return null;
  if (type !== 'date_specific') return videos.length === 0 ? 'videos' : null;
  if (ranges.length === 0) return 'ranges';
  return ranges.some(({ start_date, end_date }) => !start_date || !end_date || start_date > end_date) ? 'order' : null;
}

/** Ranges that an earlier one wins over on some day: the first that holds is the one that plays. */
export function overlapped(ranges: Range[]): Set<number> {
  const later = new Set<number>();
  ranges.forEach((range, index) => {
    const before = ranges.slice(0, index);
    if (before.some((other) => other.start_date <= range.end_date && range.start_date <= other.end_date)) later.add(index);
  });
  return later;
}

/** A list with one entry moved by some places. */
export function moved<T>(list: T[], index: number, by: number): T[] {
  const to = index + by;
  const entry = list[index];
  if (entry === undefined || to < 0 || to >= list.length) return list;
  const rest = list.filter((_, other) => other !== index);
  return [...rest.slice(0, to), entry, ...rest.slice(to)];
}
