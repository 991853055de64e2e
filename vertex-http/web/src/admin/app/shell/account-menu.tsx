import AccountIcon from '@mui/icons-material/AccountCircleOutlined';
import { Divider, IconButton, ListSubheader, Menu, MenuItem, useColorScheme } from '@mui/material';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useMe, useSignOut } from '../../features/auth/queries';
import { authWords } from '../../features/auth/words';
import { type Language, useLocale, useText } from '../../words';
import { shellWords } from '../words';

const LANGUAGES: [Language, string][] = [
  ['en', 'English'],
  ['ru', 'Русский'],
];

/** Profile, language, appearance and the way out. */
export function AccountMenu() {
  const text = useText(shellWords);
  const { signOut: leave } = useText(authWords);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const { language, setLanguage } = useLocale();
  const { mode, setMode } = useColorScheme();
  const me = useMe();
  const signOut = useSignOut();
  const navigate = useNavigate();
  const close = () => setAnchor(null);
  const modes = [
    ['system', text.automatic],
    ['light', text.light],
    ['dark', text.dark],
  ] as const;
  return (
    <>
      <IconButton color="inherit" aria-label={text.profile} aria-haspopup="menu" onClick={(event) => setAnchor(event.currentTarget)}>
        <AccountIcon />
      </IconButton>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={close}>
        <MenuItem
          onClick={() => {
            close();
            void navigate('/profile');
          }}
        >
          {me.full_name ?? me.username}
        </MenuItem>
        <Divider />
        <ListSubheader sx={{ lineHeight: 2 }}>{text.language}</ListSubheader>
        {LANGUAGES.map(([code, name]) => (
          <MenuItem key={code} lang={code} selected={code === language} onClick={() => setLanguage(code)}>
            {name}
          </MenuItem>
        ))}
        <ListSubheader sx={{ lineHeight: 2 }}>{text.appearance}</ListSubheader>
        {modes.map(([value, label]) => (
          <MenuItem key={value} selected={value === mode} onClick={() => setMode(value)}>
            {label}
          </MenuItem>
        ))}
        <Divider />
        <MenuItem onClick={() => void signOut()}>{leave}</MenuItem>
      </Menu>
    </>
  );
}
