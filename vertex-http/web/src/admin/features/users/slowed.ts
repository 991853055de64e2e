import type { User } from './queries';

/** Whether wrong passwords make an address wait that signs in as this user. */
export const isSlowed = ({ blocked_until: until }: Pick<User, 'blocked_until'>, now = Date.now()): boolean =>
  until != null && Date.parse(until) > now;
