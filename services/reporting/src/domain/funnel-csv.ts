import { STAGES } from './courses.js';
import type { FunnelReport } from './funnel.js';

type Cell = string | number | undefined;

/**
 * One cell (RFC 4180). Text that a spreadsheet would take for a formula is given an apostrophe in front, so that a name
 * that came from elsewhere can never run on the computer of whoever opens the file.
 */
function cell(value: Cell): string {
  if (typeof value !== 'string') return String(value ?? '');
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/**
 * The report as one table for a spreadsheet: section, key, name, measure, value; a line for each figure.
 * Lines end in CR LF, as the format asks.
 */
export function funnelCsv(report: FunnelReport): string {
  const lines: Cell[][] = [['section', 'key', 'name', 'measure', 'value']];
  for (const { stage, count } of report.stages) lines.push(['funnel', stage, undefined, 'count', count]);
  lines.push(['funnel', 'people', undefined, 'count', report.people]);
  lines.push(['funnel', 'declined', undefined, 'count', report.declined]);
  for (const [end, count] of Object.entries(report.ended)) lines.push(['ended', end, undefined, 'count', count]);
  for (const [end, count] of Object.entries(report.casesEnded))
    lines.push(['cases-ended', end, undefined, 'count', count]);
  for (const { from, to, count, medianMinutes, p90Minutes } of report.waitingTimes)
    lines.push(
      ['waiting-time', `${from} to ${to}`, undefined, 'count', count],
      ['waiting-time', `${from} to ${to}`, undefined, 'median-minutes', medianMinutes],
      ['waiting-time', `${from} to ${to}`, undefined, 'p90-minutes', p90Minutes],
    );
  for (const [state, count] of Object.entries(report.chargeHolds))
    lines.push(['charge-holds', state, undefined, 'count', count as number]);
  for (const [dimension, groups] of Object.entries(report.groups))
    for (const { key, name, counts } of groups)
      for (const stage of STAGES) lines.push([`by-${dimension}`, key, name, stage, counts[stage]]);
  for (const { category, needs, requested, accepted, completed } of report.needs)
    for (const [measure, count] of Object.entries({ needs, requested, accepted, completed }))
      lines.push(['needs', category, undefined, measure, count]);
  for (const { serviceId, name, requested, accepted, completed } of report.services)
    for (const [measure, count] of Object.entries({ requested, accepted, completed }))
      lines.push(['services', serviceId, name, measure, count]);
  return lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}
