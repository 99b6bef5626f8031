import { Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import { ReportingConfig } from '../config.js';
import { funnelReport, type FunnelQuery, type FunnelReport } from '../domain/funnel.js';
import { beginningOf, endOf } from '../domain/report-period.js';
import type { Records } from '../domain/records.js';
import { Projections } from '../projections/projections.js';
import { GenerationsStore } from '../rebuilds/generations.store.js';
import type { FunnelParameters } from './funnel.schemas.js';

/** Reads what is known and makes a report of it. */
@Injectable()
export class FunnelService {
  constructor(
    private readonly projections: Projections,
    private readonly generations: GenerationsStore,
    private readonly config: ReportingConfig,
  ) {}

  /** @throws Refusal `period-reversed` */
  async report(
    { asOf, from, ...filter }: FunnelParameters,
    now: Date,
  ): Promise<{ query: FunnelQuery; report: FunnelReport }> {
    const zone = this.config.SITE_TIME_ZONE;
    const query: FunnelQuery = {
      ...filter,
      asOf: asOf ? endOf(asOf, zone) : now,
      ...(from && { from: beginningOf(from, zone) }),
    };
    if (query.from && query.from > query.asOf)
      throw new Refusal('invalid', 'period-reversed', 'The period ends before it begins.', {
        errors: [{ pointer: '#/from', detail: 'must not be later than asOf' }],
      });
    return { query, report: funnelReport(await this.read(), query) };
  }

  /** A rebuild that is completed meanwhile takes the records away under our hands; then all is read again. */
  private async read(): Promise<Records> {
    for (;;) {
      const { active } = await this.generations.current();
      const records = await this.projections.read(active);
      if ((await this.generations.current()).active === active) return records;
    }
  }
}
