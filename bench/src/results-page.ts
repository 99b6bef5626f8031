import { holds, type Finding, type Report } from './benchmark.js';

/** The result of one benchmark for people. */
export function asMarkdown(name: string, { findings, table, notes }: Report, machine: string): string {
  const columns = [...new Set(table.flatMap(Object.keys))];
  const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [
    `# ${name}`,
    '',
    `Measured on ${machine}. Ratios within one run mean something; absolute figures are those of this machine.`,
    '',
    ...findings.map(inWords),
    '',
    row(columns),
    row(columns.map(() => '---')),
    ...table.map((cells) => row(columns.map((column) => cells[column] ?? ''))),
    '',
    ...notes.map((note) => `- ${note}`),
    '',
  ].join('\n');
}

function inWords(finding: Finding): string {
  const { what, measured, unit, bound } = finding;
  const asked = 'atLeast' in bound ? `at least ${bound.atLeast}` : `at most ${bound.atMost}`;
  return `- ${what}: **${Number(measured.toPrecision(3))} ${unit}**, asked: ${asked}${holds(finding) ? '' : ' — **not kept**'}`;
}
