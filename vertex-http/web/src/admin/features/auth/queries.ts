import { queryOptions, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { api, data, type Schema } from '../../api/client';

export type Role = 'user' | 'admin' | 'superadmin';

const ROLES: Role[] = ['user', 'admin', 'superadmin'];

/** Whether a role may do what this one may. */
export const isAtLeast = (role: string, least: Role) => ROLES.indexOf(role as Role) >= ROLES.indexOf(least);

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => data(api.GET('/api/auth/me')),
  staleTime: 300_000,
});

/** Who is signed in; only below the guard of the routes. */
export const useMe = (): Schema['User'] => useSuspenseQuery(meQuery).data;

/** Ends the session and forgets everything that was loaded in it. */
export function useSignOut() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    await api.POST('/api/auth/logout').catch(() => {});
    client.clear();
    await navigate('/sign-in');
  };
}
