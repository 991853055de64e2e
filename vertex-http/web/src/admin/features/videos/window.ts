/** An instant as `<input type="datetime-local">` holds it: minutes of the device's own time. */
export function toInput(instant: string | null | undefined): string {
  if (!instant) return '';
  const date = new Date(instant);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** The instant that such a field means. */
export const toInstant = (input: string): string | null => (input === '' ? null : new Date(input).toISOString());
