import { CacheProvider } from '@emotion/react';
import { CssBaseline, ThemeProvider } from '@mui/material';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';
import { Problem } from './api/problem';
import { router } from './app/routes';
import { adoptedCache } from './theme/adopted-sheet';
import './theme/admin.css';
import { theme } from './theme/theme';
import { ConfirmProvider } from './ui/confirm';
import { SnackProvider } from './ui/snack';
import { LocaleProvider } from './words';

/** What the server has refused is not asked again; a line that was cut is. */
const retry = (failures: number, error: Error) => failures < 2 && !(error instanceof Problem && error.status < 500);

const client = new QueryClient({ defaultOptions: { queries: { retry, staleTime: 30_000 } } });
const page = document.getElementById('app');
if (page) {
  createRoot(page).render(
    <StrictMode>
      <CacheProvider value={adoptedCache()}>
        <ThemeProvider theme={theme}>
          <CssBaseline />
          <LocaleProvider>
            <QueryClientProvider client={client}>
              <SnackProvider>
                <ConfirmProvider>
                  <RouterProvider router={router(client)} />
                </ConfirmProvider>
              </SnackProvider>
            </QueryClientProvider>
          </LocaleProvider>
        </ThemeProvider>
      </CacheProvider>
    </StrictMode>,
  );
}
