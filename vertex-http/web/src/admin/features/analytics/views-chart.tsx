import { Button, Table, TableBody, TableCell, TableHead, TableRow } from '@mui/material';
import { LineChart } from '@mui/x-charts/LineChart';
import { useState } from 'react';
import type { Schema } from '../../api/client';
import { useLocale, useText } from '../../words';
import { analyticsWords } from './words';

/** Views by day as a line, or as a table for who reads it so. */
export default function ViewsChart({ days }: { days: Schema['DayViews'][] }) {
  const text = useText(analyticsWords);
  const { day, number } = useLocale();
  const [asTable, setAsTable] = useState(false);
  return (
    <>
      {asTable ? (
        <Table size="small" aria-label={text.byDay}>
          <TableHead>
            <TableRow>
              <TableCell>{text.day}</TableCell>
              <TableCell align="right">{text.views}</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {days.map(({ day: date, views }) => (
              <TableRow key={date}>
                <TableCell>{day(date)}</TableCell>
                <TableCell align="right">{number(views)}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      ) : (
        <LineChart
          height={260}
          hideLegend
          skipAnimation
          xAxis={[{ data: days.map(({ day: date }) => new Date(`${date}T12:00:00`)), scaleType: 'time' }]}
          yAxis={[{ min: 0, tickMinStep: 1 }]}
          series={[{ data: days.map(({ views }) => views), label: text.views, area: true, showMark: days.length <= 31 }]}
        />
      )}
      <Button size="small" onClick={() => setAsTable(!asTable)}>
        {asTable ? text.chart : text.table}
      </Button>
    </>
  );
}
