import type { Schema } from '../../api/client';

export type Order = Schema['Order'];
export const STATUSES = ['new', 'in_progress', 'completed', 'cancelled'] as const;
export type Status = (typeof STATUSES)[number];

const NEXT: Record<Status, Status[]> = {
  new: ['in_progress', 'completed', 'cancelled'],
  in_progress: ['new', 'completed', 'cancelled'],
  completed: ['in_progress'],
  cancelled: ['new'],
};

/** Where an order may go from where it is. */
export const nextOf = (status: string): Status[] => NEXT[status as Status] ?? [];

/** The order as it will stand in another column; null when it may not go there. */
export function movedTo(order: Order, status: string): Order | null {
  return nextOf(order.status).includes(status as Status) ? { ...order, status } : null;
}
