import { api, data, type Schema } from '../../api/client';
import { byId, useChange, useList } from '../../api/resource';
import { type ListState, listQuery } from '../../ui/list-state';

export type User = Schema['User'];

const KEY = ['users'];
const INVITATIONS = ['invitations'];

export function useUsers(state: ListState<'role'>) {
  const query = listQuery(state) as Record<string, never>;
  return useList([...KEY, query], () => data(api.GET('/api/users', { params: { query } })));
}

/** What can be done with one user. */
export function useUserActions(id: string) {
  return {
    change: useChange([KEY], (body: Schema['UserChanges']) => data(api.PUT('/api/users/{id}', { ...byId(id), body }))),
    lock: useChange([KEY], () => api.POST('/api/users/{id}/lock', byId(id))),
    unlock: useChange([KEY], () => api.POST('/api/users/{id}/unlock', byId(id))),
    reset: useChange([KEY], () => data(api.POST('/api/users/{id}/reset-password', { ...byId(id), body: {} }))),
    remove: useChange([KEY], () => api.DELETE('/api/users/{id}', byId(id))),
  };
}

export function useInvitations() {
  const query = { per_page: 100 };
  return useList([...INVITATIONS, query], () => data(api.GET('/api/users/invitations', { params: { query } })));
}

export const useInvite = () =>
  useChange([INVITATIONS], (body: Schema['NewInvitation']) => data(api.POST('/api/users/invitations', { body })));
export const useTakeBack = () => useChange([INVITATIONS], (id: string) => api.DELETE('/api/users/invitations/{id}', byId(id)));
