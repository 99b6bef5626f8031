import { readFile, readdir, writeFile } from 'node:fs/promises';
import { jest } from '@jest/globals';
import { startDirectory, type TestDirectory } from '../directory.fixture.js';
import { DATASET_NAMES } from './datasets.js';
import type { ImportResponse } from './imports.schemas.js';
import { upload } from './uploads.fixture.js';
import { zipOf } from './zip-files.fixture.js';

jest.setTimeout(120_000);

/** Rewritten with UPDATE_IMPORT_REPORTS=1, else held against what the imports report. */
const PAGE = new URL('../../../../docs/import-reports.md', import.meta.url);
const REPORTED = new URL('../../data/reported/', import.meta.url);
const TAXONOMIES = new URL('../../data/taxonomies/', import.meta.url);
const EXAMPLES = new URL('../../hsds/examples/csv/', import.meta.url);

let directory: TestDirectory;
beforeAll(async () => {
  directory = await startDirectory();
});
afterAll(() => directory.close());

const HEAD = `# Import reports

What an import makes of each row of the data that others have published and that comes with the directory. Generated from
imports by \`import-reports.int.spec.ts\`, which fails when this page is not what they report. Sources and licences:
[the data](../services/services-directory/data/README.md) and [the official examples](../services/services-directory/hsds/README.md).
A mended row is imported, and may have been mended in several ways. The terms of a taxonomy are those that every directory
begins with; they are put in at its first start.
`;

const row = (...cells: (string | number)[]): string => `| ${cells.join(' | ')} |`;

function summary([name, { report, problem }]: [string, ImportResponse]): string {
  const counts = report?.totals;
  return counts && report
    ? row(
        name,
        report.format,
        counts.in,
        counts.imported,
        counts.mended,
        counts.rejected,
        report.changes.services.published,
      )
    : row(name, 'refused', `\`${problem!.code}\``, '', '', '', 0);
}

function reasons([name, { report, problem }]: [string, ImportResponse]): string {
  const found = report?.reasons ?? problem?.reasons ?? [];
  const remarks = (report?.remarks ?? []).map(({ file, detail }) => `\n- \`${file}\`: ${detail}`);
  const lines = found.map((one) => row(one.file, one.outcome, `\`${one.code}\``, one.count, one.detail));
  return [
    `\n## ${name}\n`,
    ...(problem ? [`${problem.detail}\n`] : []),
    lines.length > 0
      ? `${row('file', 'outcome', 'reason', 'rows', 'of the first')}\n${row('---', '---', '---', '--:', '---')}`
      : 'Every row was plain.',
    ...lines,
    ...(remarks.length > 0 ? [remarks.join('')] : []),
  ].join('\n');
}

/** The files of the taxonomies that every directory begins with: each term is there as the file has it, or it is not. */
async function sharedTaxonomies(): Promise<string[]> {
  const lines: string[] = [];
  for (const name of (await readdir(TAXONOMIES)).sort()) {
    const path = new URL(`${name}/terms.json`, TAXONOMIES);
    const file = JSON.parse(await readFile(path, 'utf8')) as { name: string; terms: { code?: string; name: string }[] };
    const taxonomies = await recordsOf('taxonomies?search=' + encodeURIComponent(file.name.split(' ')[0]!));
    const taxonomy = taxonomies.find((one) => one.name === file.name);
    const terms = taxonomy ? await recordsOf(`taxonomy_terms?taxonomy_id=${taxonomy.id}`) : [];
    const there = new Set(terms.map(({ code = '', name: term }) => `${code}/${term}`));
    const imported = file.terms.filter(({ code = '', name: term }) => there.has(`${code}/${term}`)).length;
    const taken = terms.length === file.terms.length ? imported : 0;
    lines.push(row(`${name}, \`terms.json\``, 'taxonomy', file.terms.length, taken, 0, file.terms.length - taken, 0));
  }
  return lines;
}

async function recordsOf(list: string): Promise<{ id: string; name: string; code?: string }[]> {
  const { text } = await directory.request('GET', `/hsds/${list}&format=ndjson`);
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as { id: string; name: string });
}

it('the page shows what became of each row of all data that there is', async () => {
  const imports: [string, ImportResponse][] = [];
  for (const name of DATASET_NAMES) imports.push([name, (await directory.import(name, name, true)).body]);
  for (const file of (await readdir(REPORTED)).filter((name) => name.endsWith('.zip')).sort()) {
    const name = file.replace('.zip', '');
    imports.push([
      name,
      await upload(directory, name, await readFile(new URL(file, REPORTED)), { query: '?dryRun=true' }),
    ]);
  }
  const tables = (await readdir(EXAMPLES)).sort();
  const content = await Promise.all(
    tables.map(async (name) => [name, await readFile(new URL(name, EXAMPLES))] as const),
  );
  const examples = await upload(directory, 'examples', await zipOf(Object.fromEntries(content)), {
    query: '?dryRun=true',
  });
  imports.push(['official examples of HSDS 3.2.3', examples]);
  const page = [
    HEAD,
    row('data', 'read as', 'rows in', 'imported', 'mended', 'rejected', 'services'),
    row('---', '---', '--:', '--:', '--:', '--:', '--:'),
    ...imports.map(summary),
    ...(await sharedTaxonomies()),
    ...imports.map(reasons),
    '',
  ].join('\n');
  if (process.env['UPDATE_IMPORT_REPORTS']) await writeFile(PAGE, page);
  expect(page).toBe(await readFile(PAGE, 'utf8'));
});
