import { Stack, Typography } from '@mui/material';
import { type ReactNode, useEffect, useRef } from 'react';

/** The title of a page, which takes the focus when the page is opened, and what can be done there. */
export function PageHead({ title, children }: { title: string; children?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Vertex AR`;
  }, [title]);
  useEffect(() => heading.current?.focus(), []);
  return (
    <Stack direction="row" useFlexGap spacing={1} sx={{ alignItems: 'center', flexWrap: 'wrap', rowGap: 1, mb: 2 }}>
      <Typography variant="h1" ref={heading} tabIndex={-1} sx={{ flexGrow: 1, outline: 'none' }}>
        {title}
      </Typography>
      {children}
    </Stack>
  );
}
