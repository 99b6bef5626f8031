import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { holds, type Report } from './benchmark.js';
import { benchmarks } from './benchmarks.js';
import { clearGround } from './ground.js';
import { asMarkdown } from './results-page.js';

const RESULTS = join(import.meta.dirname, '../results');
const names = process.argv.slice(2);
const known = benchmarks.map(({ name }) => name);
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no benchmark ${unknown.join(', ')}. There are: ${known.join(', ')}.\n`);
  process.exit(1);
}
const say = (line: string): void => void process.stdout.write(`[bench] ${line}\n`);

mkdirSync(RESULTS, { recursive: true });
let kept = true;
for (const { name, run } of benchmarks.filter((one) => names.length === 0 || names.includes(one.name))) {
  say(name);
  const { ground, clear } = await clearGround(say);
  let report: Report;
  try {
    report = await run(ground);
  } finally {
    await clear();
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`;
  const page = asMarkdown(name, report, machine);
  writeFileSync(join(RESULTS, `${name}.json`), `${JSON.stringify({ name, machine, ...report }, undefined, 2)}\n`);
  writeFileSync(join(RESULTS, `${name}.md`), page);
  process.stdout.write(`\n${page}\n`);
  kept &&= report.findings.every(holds);
}
process.exitCode = kept ? 0 : 1;
