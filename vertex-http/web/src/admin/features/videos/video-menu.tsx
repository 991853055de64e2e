import MoreIcon from '@mui/icons-material/MoreVert';
import { IconButton, Menu, MenuItem } from '@mui/material';
import { useState } from 'react';
import { useConfirm } from '../../ui/confirm';
import { useSnack } from '../../ui/snack';
import { useText } from '../../words';
import { common } from '../../words/common';
import { useVideoActions, type Video } from './queries';
import { WindowDialog } from './window-dialog';
import { videoWords } from './words';

/** What can be done with one video. */
export function VideoMenu({ video }: { video: Video }) {
  const text = useText(videoWords);
  const words = useText(common);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [scheduling, setScheduling] = useState(false);
  const { activate, change, schedule, copy, remove } = useVideoActions(video.content_id);
  const confirm = useConfirm();
  const snack = useSnack();
  const { id, title, original_url: original, status } = video;
  const isArchived = status === 'archived';
  const close = () => setAnchor(null);
  const attempt = (action: () => Promise<unknown>, said?: string) => async () => {
    close();
    try {
      await action();
      if (said) snack.done(said);
    } catch (error) {
      snack.failed(error);
    }
  };
  const ask = async () => {
    const agreed = await confirm({ title: text.deleteTitle(title), detail: text.deleteHint, confirm: words.delete });
    if (agreed) await attempt(() => remove.mutateAsync(id), text.deleted)();
  };
  const archive = () => change.mutateAsync({ id, body: { status: isArchived ? 'inactive' : 'archived' } });
  return (
    <>
      <IconButton aria-label={`${words.more}: ${title}`} aria-haspopup="menu" onClick={(event) => setAnchor(event.currentTarget)}>
        <MoreIcon />
      </IconButton>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={close}>
        {!video.is_active && <MenuItem onClick={attempt(() => activate.mutateAsync(id))}>{text.makeActive}</MenuItem>}
        <MenuItem
          onClick={() => {
            close();
            setScheduling(true);
          }}
        >
          {text.window}
        </MenuItem>
        <MenuItem onClick={attempt(archive)}>{isArchived ? text.unarchive : text.archive}</MenuItem>
        <MenuItem onClick={attempt(() => copy.mutateAsync(id), text.copiesQueued)}>{text.copies}</MenuItem>
        {original && (
          <MenuItem component="a" href={original} download onClick={close}>
            {text.original}
          </MenuItem>
        )}
        <MenuItem
          onClick={() => {
            close();
            void ask();
          }}
          sx={{ color: 'error.main' }}
        >
          {words.delete}
        </MenuItem>
      </Menu>
      {scheduling && <WindowDialog video={video} save={(body) => schedule.mutateAsync({ id, body })} close={() => setScheduling(false)} />}
    </>
  );
}
