import { useState } from 'react';

/** The ids that are picked after one was clicked; with shift all from the last one picked to it. */
export function toggled(picked: ReadonlySet<string>, order: string[], id: string, last: string | null, shift: boolean): Set<string> {
  const next = new Set(picked);
  const [from, to] = [order.indexOf(last ?? ''), order.indexOf(id)];
  if (shift && from >= 0 && to >= 0) {
    for (const between of order.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(between);
  } else if (!next.delete(id)) {
    next.add(id);
  }
  return next;
}

/** Rows of a list that are picked for work on all of them. */
export function useSelection(order: string[]) {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [last, setLast] = useState<string | null>(null);
  return {
    ids: [...picked],
    has: (id: string) => picked.has(id),
    toggle: (id: string, shift: boolean) => {
      setPicked((now) => toggled(now, order, id, last, shift));
      setLast(id);
    },
    clear: () => setPicked(new Set()),
  };
}
