import { expect, test } from 'vitest';
import { movedTo, nextOf, type Order } from './board';

const order = { id: 'o', status: 'completed' } as Order;

test('an order goes only where the server lets it', () => {
  expect(movedTo(order, 'in_progress')?.status).toBe('in_progress');
  expect(movedTo(order, 'cancelled')).toBeNull();
  expect(movedTo(order, 'completed')).toBeNull();
  expect(nextOf('unheard of')).toEqual([]);
});
