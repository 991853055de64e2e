import { Button } from '@mui/material';
import { type ChangeEvent, useRef } from 'react';
import type { Tagged } from '../../api/client';
import { useConfirm } from '../../ui/confirm';
import { useSnack } from '../../ui/snack';
import { useText } from '../../words';
import { type Content, useReplacePicture } from './queries';
import { contentWords } from './words';

/** Lets somebody choose a better picture for a content whose code is printed already. */
export function ReplacePicture({ content }: { content: Tagged<Content> }) {
  const text = useText(contentWords);
  const replace = useReplacePicture();
  const confirm = useConfirm();
  const snack = useSnack();
  const input = useRef<HTMLInputElement>(null);
  const chosen = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const file = target.files?.[0];
    target.value = '';
    if (
      !file ||
      !(await confirm({ title: `${text.replacePicture}: ${content.title}?`, detail: text.replaceHint, confirm: text.replacePicture }))
    )
      return;
    replace.mutate({ id: content.id, etag: content.etag, file }, { onSuccess: () => snack.done(text.replaced), onError: snack.failed });
  };
  return (
    <>
      <Button loading={replace.isPending} onClick={() => input.current?.click()}>
        {text.replacePicture}
      </Button>
      <input
        ref={input}
        type="file"
        accept="image/*,.heic,.avif,.jxl"
        hidden
        aria-label={text.replacePicture}
        onChange={(event) => void chosen(event)}
      />
    </>
  );
}
