import { Alert, Button, Link, Stack, Typography } from '@mui/material';
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, data } from '../../api/client';
import { ProblemAlert } from '../../ui/problem-alert';
import { dictionary, useText } from '../../words';

const telegramWords = dictionary(
  {
    title: 'Telegram',
    none: 'Have notifications come to a Telegram chat, too: yours, or that of your team.',
    connect: 'Connect Telegram',
    connected: (chat: string) => `Notifications go to the Telegram chat ${chat}.`,
    disconnect: 'Disconnect',
    open: 'Open Telegram and press Start',
    group: (code: string) => `For a group that the bot is in, send this there: /start ${code}`,
    waiting: 'This page notices when the chat is connected. The code holds for 15 minutes.',
    again: 'New code',
    off: 'This installation has no Telegram bot: ask its operator for TELEGRAM_BOT_TOKEN.',
  },
  {
    title: 'Telegram',
    none: 'Уведомления могут приходить и в чат Telegram: в ваш или в чат команды.',
    connect: 'Подключить Telegram',
    connected: (chat: string) => `Уведомления приходят в чат Telegram ${chat}.`,
    disconnect: 'Отключить',
    open: 'Открыть Telegram и нажать «Старт»',
    group: (code: string) => `Для группы, в которой есть бот, отправьте туда: /start ${code}`,
    waiting: 'Эта страница заметит, когда чат подключится. Код действует 15 минут.',
    again: 'Новый код',
    off: 'У этой установки нет бота Telegram: попросите оператора указать TELEGRAM_BOT_TOKEN.',
  },
);

interface Props {
  chat: string | null | undefined;
  available: boolean;
  disconnect: () => void;
  /** Has the page look again and again, until then, whether a chat was connected. */
  awaitUntil: (time: number) => void;
}

/** Connects the chat that notifications go to by a code that somebody sends from it. */
export function TelegramChat({ chat, available, disconnect, awaitUntil }: Props) {
  const text = useText(telegramWords);
  const offer = useMutation({
    mutationFn: () => data(api.POST('/api/notifications/telegram')),
    onSuccess: ({ expires_at: end }) => awaitUntil(Date.parse(end)),
  });
  const { data: held, reset } = offer;
  useEffect(() => {
    if (!held) return;
    if (chat) return reset();
    const ends = setTimeout(reset, Date.parse(held.expires_at) - Date.now());
    return () => clearTimeout(ends);
  }, [chat, held, reset]);
  if (chat) {
    return (
      <Stack direction="row" spacing={2} sx={{ alignItems: 'center', justifyContent: 'space-between' }}>
        <Typography>{text.connected(chat)}</Typography>
        <Button onClick={disconnect}>{text.disconnect}</Button>
      </Stack>
    );
  }
  if (!available) return <Typography color="text.secondary">{text.off}</Typography>;
  return (
    <Stack spacing={1}>
      <Typography color="text.secondary">{text.none}</Typography>
      {held ? (
        <Alert
          severity="info"
          action={
            <Button color="inherit" size="small" loading={offer.isPending} onClick={() => offer.mutate()}>
              {text.again}
            </Button>
          }
        >
          <Link href={held.link} target="_blank" rel="noreferrer">
            {text.open}
          </Link>
          <Typography variant="body2" sx={{ mt: 1, overflowWrap: 'anywhere' }}>
            {text.group(held.code)}
          </Typography>
          <Typography variant="body2">{text.waiting}</Typography>
        </Alert>
      ) : (
        <Button variant="outlined" sx={{ alignSelf: 'start' }} loading={offer.isPending} onClick={() => offer.mutate()}>
          {text.connect}
        </Button>
      )}
      {offer.error !== null && <ProblemAlert error={offer.error} />}
    </Stack>
  );
}
