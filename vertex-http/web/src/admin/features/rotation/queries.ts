import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, data, Problem, type Tagged, tagged } from '../../api/client';
import type { NewRule, Rule } from './draft';

const keyOf = (content: string) => ['contents', content, 'rotation'];
export const DAYS = 30;

/** The rule of a content; null when there is none yet. */
export function useRule(content: string) {
  const params = { path: { id: content } };
  return useQuery({
    queryKey: keyOf(content),
    queryFn: async (): Promise<Tagged<Rule> | null> => {
      try {
        return await tagged(api.GET('/api/ar-content/{id}/rotation-rule', { params }));
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return null;
        throw error;
      }
    },
  });
}

/** What plays on the coming days. */
export function usePlan(content: string) {
  const params = { path: { id: content }, query: { days: DAYS } };
  return useQuery({
    queryKey: [...keyOf(content), 'plan'],
    queryFn: () => data(api.GET('/api/ar-content/{id}/rotation-rule/preview', { params })),
  });
}

export function useSaveRule(content: string, etag: string | undefined) {
  const client = useQueryClient();
  const params = { path: { id: content }, ...(etag && { header: { 'If-Match': etag } }) };
  return useMutation({
    mutationFn: (body: NewRule) => data(api.PUT('/api/ar-content/{id}/rotation-rule', { params, body })),
    onSettled: () => client.invalidateQueries({ queryKey: keyOf(content) }),
  });
}
