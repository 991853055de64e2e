/** Days from the first to the last, both inside, as `2026-11-30`. */
export interface Period {
  from: string;
  to: string;
}

const DAY_MS = 86_400_000;
const text = (time: number) => new Date(time).toISOString().slice(0, 10);
const time = (day: string) => Date.parse(`${day}T00:00:00Z`);

/** The last days up to today. */
export const lastDays = (days: number, today = Date.now()): Period => ({ from: text(today - (days - 1) * DAY_MS), to: text(today) });

/** As many days just before these. */
export function before({ from, to }: Period): Period {
  const length = time(to) - time(from) + DAY_MS;
  return { from: text(time(from) - length), to: text(time(from) - DAY_MS) };
}

/** How much more there is than there was, such as `+12 %`; null where there was nothing. */
export function change(now: number, then: number, language: string): string | null {
  if (then === 0) return null;
  return new Intl.NumberFormat(language, { style: 'percent', signDisplay: 'exceptZero', maximumFractionDigits: 0 }).format(now / then - 1);
}
