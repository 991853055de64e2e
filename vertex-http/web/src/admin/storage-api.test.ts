import { afterEach, expect, test, vi } from 'vitest';
import { listCompanies } from './storage-api';

afterEach(() => vi.unstubAllGlobals());

test('companies of every page are listed', async () => {
  const total = 250;
  vi.stubGlobal('fetch', async (path: string) => {
    const { searchParams } = new URL(path, 'http://localhost');
    const [page, per_page] = ['page', 'per_page'].map((name) => Number(searchParams.get(name)));
    const ids = Array.from({ length: total }, (_, index) => ({ id: `${index}`, name: `Studio ${index}` }));
    const items = ids.slice((page! - 1) * per_page!, page! * per_page!);
    return Response.json({ items, total, page, per_page });
  });

  const companies = await listCompanies();

  expect(companies.map(({ id }) => Number(id))).toEqual(Array.from({ length: total }, (_, index) => index));
});
