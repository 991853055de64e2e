import type { QueryClient } from '@tanstack/react-query';
import { createBrowserRouter, type LoaderFunctionArgs, type RouteObject, redirect } from 'react-router';
import { Problem } from '../api/problem';
import { isAtLeast, meQuery, type Role } from '../features/auth/queries';
import { PageError } from './page-error';
import { Shell } from './shell/shell';

/** Stands there until the first page is loaded. */
const Nothing = () => null;

/** Lets those pass who are signed in; others sign in and come back. */
const guard =
  (client: QueryClient, role: Role) =>
  async ({ request }: LoaderFunctionArgs) => {
    try {
      const me = await client.ensureQueryData(meQuery);
      if (!isAtLeast(me.role, role)) throw new Response(null, { status: 404 });
      return null;
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      const { pathname, search } = new URL(request.url);
      const here = pathname.replace(/^\/admin/, '') + search;
      throw redirect(`/sign-in?next=${encodeURIComponent(here || '/')}`);
    }
  };

const PAGES: RouteObject[] = [
  { index: true, lazy: () => import('../features/dashboard/dashboard-page') },
  { path: 'contents', lazy: () => import('../features/contents/contents-page') },
  { path: 'contents/:id', lazy: () => import('../features/contents/content-page') },
  { path: 'projects', lazy: () => import('../features/projects/projects-page') },
  { path: 'projects/:id', lazy: () => import('../features/projects/project-page') },
  { path: 'clients', lazy: () => import('../features/clients/clients-page') },
  { path: 'clients/:id', lazy: () => import('../features/clients/client-page') },
  { path: 'orders', lazy: () => import('../features/orders/orders-page') },
  { path: 'analytics', lazy: () => import('../features/analytics/analytics-page') },
  { path: 'notifications', lazy: () => import('../features/notifications/notifications-page') },
  { path: 'users', lazy: () => import('../features/users/users-page') },
  { path: 'companies', lazy: () => import('../features/companies/companies-page') },
  { path: 'companies/:id', lazy: () => import('../features/companies/company-page') },
  { path: 'companies/:id/storage', lazy: () => import('../features/storage/storage-page') },
  { path: 'storages', lazy: () => import('../features/storage/storages-page') },
  { path: 'system', lazy: () => import('../features/system/system-page') },
  { path: 'audit', lazy: () => import('../features/audit/audit-page') },
  { path: 'profile', lazy: () => import('../features/profile/profile-page') },
];

/** Every page, loaded when it is first opened, each with a boundary of its own. */
export function router(client: QueryClient) {
  const withBoundary = PAGES.map((page) => ({ ...page, ErrorBoundary: PageError }) as RouteObject);
  return createBrowserRouter(
    [
      { path: '/join/:token', lazy: () => import('../features/auth/join-page'), ErrorBoundary: PageError },
      { path: '/confirm-email', lazy: () => import('../features/auth/confirm-email-page'), ErrorBoundary: PageError },
      { path: '/sign-in', lazy: () => import('../features/auth/sign-in-page'), ErrorBoundary: PageError },
      {
        path: '/',
        loader: guard(client, 'user'),
        Component: Shell,
        ErrorBoundary: PageError,
        HydrateFallback: Nothing,
        children: [
          ...withBoundary,
          { path: '*', loader: () => Promise.reject(new Response(null, { status: 404 })), ErrorBoundary: PageError },
        ],
      },
    ],
    { basename: '/admin' },
  );
}
