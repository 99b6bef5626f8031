import type { Api } from './api.js';

interface ImportReport {
  report?: {
    totals: { in: number; imported: number; mended: number; rejected: number };
    changes: { services: { published: number; unchanged: number } };
  };
}

const DATASETS = [
  { dataset: 'ilao', title: 'Illinois Legal Aid Online (real services)' },
  { dataset: 'hsds-sample', title: 'HSDS sample data package (fictional services)' },
];

/** Imports the datasets that come with the directory. On data that has them already nothing changes. */
export async function seedDirectory(api: Api, say: (line: string) => void): Promise<void> {
  for (const { dataset, title } of DATASETS) {
    say(`directory: importing ${title}`);
    const { body } = await api.call<ImportReport>({
      as: 'admin',
      service: 'services-directory',
      path: '/v1/imports',
      body: { dataset },
      idempotencyKey: `seed-${dataset}`,
      expect: 201,
    });
    if (!body.report) continue;
    const { totals, changes } = body.report;
    say(
      `directory: ${changes.services.published + changes.services.unchanged} services from ${totals.in} rows (${totals.mended} mended, ${totals.rejected} rejected, each with its reason in the report)`,
    );
  }
}
