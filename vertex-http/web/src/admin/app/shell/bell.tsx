import BellIcon from '@mui/icons-material/NotificationsOutlined';
import { Badge, IconButton } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { api, data } from '../../api/client';
import { useText } from '../../words';
import { shellWords } from '../words';

/** How many notifications are unread, and the way to them. */
export function Bell() {
  const text = useText(shellWords);
  const query = { unread: true, per_page: 1 };
  const { data: list } = useQuery({
    queryKey: ['notifications', 'unread'],
    queryFn: () => data(api.GET('/api/notifications', { params: { query } })),
  });
  const unread = list?.total ?? 0;
  return (
    <IconButton component={Link} to="/notifications" color="inherit" aria-label={text.unread(unread)}>
      <Badge badgeContent={unread} color="error">
        <BellIcon />
      </Badge>
    </IconButton>
  );
}
