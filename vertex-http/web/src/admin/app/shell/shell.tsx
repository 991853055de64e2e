import MenuIcon from '@mui/icons-material/Menu';
import { AppBar, Box, Drawer, IconButton, Link, Toolbar, Typography, useMediaQuery, useTheme } from '@mui/material';
import { useState } from 'react';
import { Outlet } from 'react-router';
import { Uploads } from '../../features/uploads/uploads';
import { useText } from '../../words';
import { useLiveEvents } from '../live';
import { shellWords } from '../words';
import { AccountMenu } from './account-menu';
import { Bell } from './bell';
import { useHotkeys } from './hotkeys';
import { Navigation } from './navigation';

const RAIL = 220;

/** What stands round every page of somebody who is signed in. */
export function Shell() {
  const text = useText(shellWords);
  const theme = useTheme();
  const wide = useMediaQuery(theme.breakpoints.up('md'));
  const [open, setOpen] = useState(false);
  useLiveEvents();
  useHotkeys();
  return (
    <Box sx={{ display: 'flex', minHeight: '100vh' }}>
      <Link
        href="#content"
        sx={{ position: 'absolute', left: -9999, '&:focus': { left: 8, top: 8, zIndex: 2000, bgcolor: 'background.paper', p: 1 } }}
      >
        {text.skip}
      </Link>
      <AppBar
        position="fixed"
        color="default"
        elevation={0}
        sx={{ zIndex: theme.zIndex.drawer + 1, borderBottom: 1, borderColor: 'divider' }}
      >
        <Toolbar variant="dense" sx={{ gap: 1 }}>
          {!wide && (
            <IconButton edge="start" aria-label={text.menu} onClick={() => setOpen(true)}>
              <MenuIcon />
            </IconButton>
          )}
          <Typography sx={{ fontWeight: 700, flexGrow: 1 }}>{text.product}</Typography>
          <Bell />
          <AccountMenu />
        </Toolbar>
      </AppBar>
      <Drawer
        variant={wide ? 'permanent' : 'temporary'}
        open={wide || open}
        onClose={() => setOpen(false)}
        sx={{ width: wide ? RAIL : 0, flexShrink: 0 }}
        slotProps={{ paper: { sx: { width: RAIL, bgcolor: 'background.default' } } }}
      >
        <Toolbar variant="dense" />
        <Navigation onGo={() => setOpen(false)} />
      </Drawer>
      <Box component="main" id="content" sx={{ flexGrow: 1, minWidth: 0, p: { xs: 2, md: 3 } }}>
        <Toolbar variant="dense" />
        <Outlet />
      </Box>
      <Uploads />
    </Box>
  );
}
