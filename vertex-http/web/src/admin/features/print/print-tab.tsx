import { Box, Button, MenuItem, Stack, TextField, Typography } from '@mui/material';
import { useState } from 'react';
import { dictionary, useText } from '../../words';
import type { Content } from '../contents/queries';

const printWords = dictionary(
  {
    code: 'QR code',
    size: 'Size in pixels',
    correction: 'Error correction',
    levels: { L: 'Low: 7 %', M: 'Medium: 15 %', Q: 'Quartile: 25 %', H: 'High: 30 %' },
    svg: 'Download SVG (for print)',
    png: 'Download PNG',
    hint: 'Print the code at least 2 cm wide, dark on a light ground, with the white margin that it has.',
  },
  {
    code: 'QR-код',
    size: 'Размер в пикселях',
    correction: 'Коррекция ошибок',
    levels: { L: 'Низкая: 7 %', M: 'Средняя: 15 %', Q: 'Повышенная: 25 %', H: 'Высокая: 30 %' },
    svg: 'Скачать SVG (для печати)',
    png: 'Скачать PNG',
    hint: 'Печатайте код шириной не меньше 2 см, тёмным на светлом, вместе с белыми полями.',
  },
);

const SIZES = [512, 1024, 2048] as const;
const LEVELS = ['L', 'M', 'Q', 'H'] as const;

/** The code to be printed beside the picture. */
export default function PrintTab({ content }: { content: Content }) {
  const text = useText(printWords);
  const [size, setSize] = useState<number>(1024);
  const [level, setLevel] = useState('M');
  const address = (format: 'svg' | 'png') =>
    `/api/ar-content/${content.id}/qr?${new URLSearchParams({ format, error_correction: level, ...(format === 'png' && { size: String(size) }) })}`;
  const name = (format: string) => `${content.title.replace(/[\\/:*?"<>|]+/g, '-')}-qr.${format}`;
  return (
    <Stack direction={{ xs: 'column', sm: 'row' }} spacing={4}>
      <Box
        component="img"
        src={address('svg')}
        alt={`${text.code}: ${content.viewer_url}`}
        sx={{ width: 260, bgcolor: 'common.white', p: 1, borderRadius: 1, alignSelf: 'start' }}
      />
      <Stack spacing={2} sx={{ maxWidth: 320 }}>
        <Typography color="textSecondary">{text.hint}</Typography>
        <TextField select label={text.correction} value={level} onChange={(event) => setLevel(event.target.value)}>
          {LEVELS.map((key) => (
            <MenuItem key={key} value={key}>
              {text.levels[key]}
            </MenuItem>
          ))}
        </TextField>
        <TextField select label={text.size} value={size} onChange={(event) => setSize(Number(event.target.value))}>
          {SIZES.map((pixels) => (
            <MenuItem key={pixels} value={pixels}>
              {pixels}
            </MenuItem>
          ))}
        </TextField>
        <Button variant="contained" href={address('svg')} download={name('svg')}>
          {text.svg}
        </Button>
        <Button variant="outlined" href={address('png')} download={name('png')}>
          {text.png}
        </Button>
      </Stack>
    </Stack>
  );
}
