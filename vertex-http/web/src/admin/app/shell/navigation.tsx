import type { SvgIconComponent } from '@mui/icons-material';
import AnalyticsIcon from '@mui/icons-material/BarChart';
import CompaniesIcon from '@mui/icons-material/Business';
import ClientsIcon from '@mui/icons-material/ContactsOutlined';
import ProjectsIcon from '@mui/icons-material/FolderOutlined';
import AuditIcon from '@mui/icons-material/History';
import PicturesIcon from '@mui/icons-material/ImageOutlined';
import SystemIcon from '@mui/icons-material/MonitorHeartOutlined';
import UsersIcon from '@mui/icons-material/PeopleOutlined';
import SettingsIcon from '@mui/icons-material/SettingsOutlined';
import DashboardIcon from '@mui/icons-material/SpaceDashboardOutlined';
import StorageIcon from '@mui/icons-material/StorageOutlined';
import OrdersIcon from '@mui/icons-material/ViewKanbanOutlined';
import { List, ListItem, ListItemButton, ListItemIcon, ListItemText, ListSubheader } from '@mui/material';
import { NavLink } from 'react-router';
import { isAtLeast, type Role, useMe } from '../../features/auth/queries';
import { useText } from '../../words';
import { shellWords } from '../words';

type Words = (typeof shellWords)['en'];
type Label = { [K in keyof Words]: Words[K] extends string ? K : never }[keyof Words];

interface Entry {
  label: Label;
  to: string;
  icon: SvgIconComponent;
  role?: Role;
}

interface Group {
  label: Label;
  entries: Entry[];
}

const groups = (company: string): Group[] => [
  {
    label: 'work',
    entries: [
      { label: 'dashboard', to: '/', icon: DashboardIcon },
      { label: 'pictures', to: '/contents', icon: PicturesIcon },
      { label: 'projects', to: '/projects', icon: ProjectsIcon },
    ],
  },
  {
    label: 'studio',
    entries: [
      { label: 'clients', to: '/clients', icon: ClientsIcon },
      { label: 'orders', to: '/orders', icon: OrdersIcon },
    ],
  },
  { label: 'insight', entries: [{ label: 'analytics', to: '/analytics', icon: AnalyticsIcon }] },
  {
    label: 'company',
    entries: [
      { label: 'users', to: '/users', icon: UsersIcon, role: 'admin' },
      { label: 'storage', to: `/companies/${company}/storage`, icon: StorageIcon, role: 'admin' },
      { label: 'settings', to: `/companies/${company}`, icon: SettingsIcon, role: 'admin' },
      { label: 'audit', to: '/audit', icon: AuditIcon, role: 'admin' },
    ],
  },
  {
    label: 'installation',
    entries: [
      { label: 'companies', to: '/companies', icon: CompaniesIcon, role: 'superadmin' },
      { label: 'storages', to: '/storages', icon: StorageIcon, role: 'superadmin' },
      { label: 'system', to: '/system', icon: SystemIcon, role: 'superadmin' },
    ],
  },
];

/** Where one can go, by role. */
export function Navigation({ onGo }: { onGo: () => void }) {
  const text = useText(shellWords);
  const me = useMe();
  const shown = groups(me.company_id)
    .map(({ label, entries }) => ({ label, entries: entries.filter(({ role }) => isAtLeast(me.role, role ?? 'user')) }))
    .filter(({ entries }) => entries.length > 0);
  return (
    <nav aria-label={text.menu}>
      {shown.map(({ label, entries }) => (
        <List
          key={label}
          dense
          sx={{ '& + &': { borderTop: 1, borderColor: 'divider' } }}
          subheader={<ListSubheader sx={{ bgcolor: 'transparent', lineHeight: 2.5 }}>{text[label]}</ListSubheader>}
        >
          {entries.map(({ label, to, icon: Icon }) => (
            <ListItem key={to} disablePadding>
              <ListItemButton
                component={NavLink}
                to={to}
                end={to === '/' || to.startsWith('/companies')}
                onClick={onGo}
                sx={{ borderRadius: 2, mx: 1, '&.active': { bgcolor: 'action.selected', fontWeight: 600 } }}
              >
                <ListItemIcon sx={{ minWidth: 36 }}>
                  <Icon fontSize="small" />
                </ListItemIcon>
                <ListItemText primary={text[label]} />
              </ListItemButton>
            </ListItem>
          ))}
        </List>
      ))}
    </nav>
  );
}
