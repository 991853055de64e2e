import { Button, List, ListItem, ListItemText, Typography } from '@mui/material';
import { useSnack } from '../../ui/snack';
import { useLocale, useText } from '../../words';
import { useInvitations, useTakeBack } from './queries';
import { userWords } from './words';

/** Who is invited and has not come yet. */
export function Invitations() {
  const text = useText(userWords);
  const { ago } = useLocale();
  const invitations = useInvitations();
  const takeBack = useTakeBack();
  const snack = useSnack();
  return (
    <section>
      <Typography variant="h2" sx={{ mt: 4, mb: 1 }}>
        {text.invitations}
      </Typography>
      {invitations.data?.total === 0 && <Typography color="textSecondary">{text.noInvitations}</Typography>}
      <List dense>
        {invitations.data?.items.map(({ id, email, role, expires_at: end }) => (
          <ListItem
            key={id}
            secondaryAction={<Button onClick={() => takeBack.mutate(id, { onError: snack.failed })}>{text.takeBack}</Button>}
          >
            <ListItemText primary={email} secondary={`${text.roles[role] ?? role}. ${text.expires(ago(end))}`} />
          </ListItem>
        ))}
      </List>
    </section>
  );
}
