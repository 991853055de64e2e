import { useQuery } from '@tanstack/react-query';
import { api, data, tagged } from '../../api/client';
import { byId, ofVersion, useChange, useList } from '../../api/resource';
import { type ListState, listQuery } from '../../ui/list-state';

export type NameForm = { name: string; description: string };

const KEY = ['projects'];
const FOLDERS = ['folders'];

export function useProjects(state: ListState<never>) {
  const query = listQuery(state);
  return useList([...KEY, query], () => data(api.GET('/api/projects', { params: { query } })));
}

export const useProject = (id: string) =>
  useQuery({ queryKey: [...KEY, id], queryFn: () => tagged(api.GET('/api/projects/{id}', byId(id))) });

export function useFolders(project: string) {
  const query = { project_id: project, per_page: 100, sort: 'name' as const };
  return useList([...FOLDERS, query], () => data(api.GET('/api/folders', { params: { query } })));
}

export const useCreateProject = () => useChange([KEY], (body: NameForm) => data(api.POST('/api/projects', { body })));
export const useUpdateProject = (id: string, etag: string) =>
  useChange([KEY], (body: NameForm) => data(api.PUT('/api/projects/{id}', { ...ofVersion(id, etag), body })));
export const useDeleteProject = () =>
  useChange([KEY, ['contents']], (id: string) => api.DELETE('/api/projects/{id}', { params: { path: { id }, query: { force: true } } }));

export const useCreateFolder = (project: string) =>
  useChange([FOLDERS], (body: NameForm) => data(api.POST('/api/folders', { body: { ...body, project_id: project } })));
export const useUpdateFolder = (id: string) =>
  useChange([FOLDERS], (body: NameForm) => data(api.PUT('/api/folders/{id}', { ...byId(id), body })));
export const useDeleteFolder = () =>
  useChange([FOLDERS, ['contents']], (id: string) => api.DELETE('/api/folders/{id}', { params: { path: { id }, query: { force: true } } }));
