import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

const LONGEST_WAIT_MS = 30_000;

/** What has to be asked for again when an event comes; everything when some were lost. */
export function staleKeys(event: { type?: string; content_id?: string }): QueryKey[] | 'all' {
  switch (event.type) {
    case 'marker_ready':
    case 'marker_measured':
    case 'marker_failed':
      return [['contents'], ['dashboard']];
    case 'notification':
      return [['notifications']];
    case 'news_lost':
      return 'all';
    default:
      return [];
  }
}

/** Hears of changes while the page is open, and has what they concern loaded again. */
export function useLiveEvents() {
  const client = useQueryClient();
  useEffect(() => {
    let socket: WebSocket | null = null;
    let wait = 1000;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hear = ({ data }: MessageEvent<string>) => {
      const keys = staleKeys(JSON.parse(data));
      if (keys === 'all') void client.invalidateQueries();
      else for (const queryKey of keys) void client.invalidateQueries({ queryKey });
    };
    const open = () => {
      socket = new WebSocket(`${location.protocol.replace('http', 'ws')}//${location.host}/api/ws`);
      socket.onmessage = hear;
      socket.onopen = () => (wait = 1000);
      socket.onclose = () => {
        timer = setTimeout(open, wait);
        wait = Math.min(2 * wait, LONGEST_WAIT_MS);
      };
    };
    open();
    return () => {
      clearTimeout(timer);
      if (socket) socket.onclose = null;
      socket?.close();
    };
  }, [client]);
}
