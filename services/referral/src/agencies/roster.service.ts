import { Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import {
  AggregateStore,
  aggregateSchema,
  Database,
  derivedId,
  OutboxRegistry,
  type CommandKey,
} from '@throughline/shared/persistence';
import type { OfficerState } from '../domain/agency.js';
import { repeats, takeRows, type RosterRow, type RowReport } from '../domain/officer-roster.js';
import { AgenciesRepository, officerKey } from './agencies.repository.js';
import { AgenciesService, officerEnrolled } from './agencies.service.js';
import { readRoster } from './roster-csv.js';
import type { RosterReport } from './roster.schemas.js';

/** So many rows are read, and so many officers written, at a time. */
const ROWS_AT_A_TIME = 500;
const OFFICERS_AT_A_TIME = 8;
/** A report is one document, and somebody reads it. */
const MAX_ROWS_SHOWN = 5_000;

/** One import; its report is absent until it came to its end. */
interface RosterImport {
  agencyId: string;
  by: string;
  receivedAt: Date;
  report?: RosterReport;
}

/** Imports officers of an agency from a file; each officer is one write, so a row is taken or not. */
@Injectable()
export class RosterService {
  private readonly imports: AggregateStore<RosterImport>;

  constructor(
    private readonly agencies: AgenciesService,
    private readonly repository: AgenciesRepository,
    database: Database,
    outboxes: OutboxRegistry,
  ) {
    const model = database.model('RosterImport', aggregateSchema<RosterImport>([]), 'roster_imports');
    this.imports = new AggregateStore<RosterImport>(model, outboxes);
  }

  /**
   * An import that was broken off is carried to its end by sending the same file under the same key.
   * @param file as it came, within the size that the route takes
   * @throws Refusal `not-found`, `idempotency-key-reused`, and what `readRoster` throws; nothing is imported then
   */
  async import(agencyId: string, file: Buffer, by: string, command: CommandKey): Promise<RosterReport> {
    const { timeZone } = await this.agencies.agency(agencyId);
    const read = readRoster(file, timeZone);
    const id = derivedId('roster-import', command.key);
    const begun = { state: { agencyId, by, receivedAt: new Date() } };
    const { state } = await this.imports.create(id, begun, command);
    if (state.report) return state.report;
    const report = await this.take(agencyId, read, (...officer) => this.write(agencyId, ...officer, command));
    await this.imports.change(id, (current) => ({ state: { ...current.state, report } }));
    return report;
  }

  /** What an import would come to now; nothing is written, and the key stays free. @throws Refusal as `import` does */
  async try(agencyId: string, file: Buffer): Promise<RosterReport> {
    const { timeZone } = await this.agencies.agency(agencyId);
    return this.take(agencyId, readRoster(file, timeZone), (officerId, rows, known) =>
      Promise.resolve(takeRows(agencyId, officerId, known, rows).reports),
    );
  }

  private async take(
    agencyId: string,
    rows: Iterable<RosterRow | RowReport>,
    takeOfficer: (officerId: string, rows: RosterRow[], known: OfficerState | undefined) => Promise<RowReport[]>,
  ): Promise<RosterReport> {
    const report: RosterReport = { imported: 0, mended: 0, unchanged: 0, rejected: 0, rows: [], rowsLeftOut: 0 };
    const repeated = repeats();
    for (const part of inParts(rows, ROWS_AT_A_TIME)) {
      const reports: RowReport[] = [];
      const waiting = new Map<string, RosterRow[]>();
      for (const row of part) {
        const fault = 'outcome' in row ? row : repeated(row);
        if (fault) reports.push(fault);
        else if ('officerId' in row) waiting.set(row.officerId, [...(waiting.get(row.officerId) ?? []), row]);
      }
      const known = await this.repository.knownOfficers(agencyId, [...waiting.keys()]);
      for (const officers of inParts(waiting, OFFICERS_AT_A_TIME)) {
        const taken = officers.map(([officerId, own]) => takeOfficer(officerId, own, known.get(officerId)));
        reports.push(...(await Promise.all(taken)).flat());
      }
      reports.sort((a, b) => a.line - b.line);
      for (const row of reports) add(report, row);
    }
    return report;
  }

  private async write(
    agencyId: string,
    officerId: string,
    rows: RosterRow[],
    seen: OfficerState | undefined,
    command: CommandKey,
  ): Promise<RowReport[]> {
    const id = officerKey(agencyId, officerId);
    const change = (known: OfficerState | undefined) => {
      const { officer, changed, reports } = takeRows(agencyId, officerId, known, rows);
      return { officer, events: changed.map((one) => officerEnrolled(agencyId, officerId, one)), reports };
    };
    let taken = change(seen);
    if (!taken.officer || taken.events.length === 0) return taken.reports;
    try {
      if (!seen) {
        const key = derivedId('roster-officer', command.key, id);
        const first = { state: taken.officer, events: taken.events };
        try {
          await this.repository.officers.create(id, first, { ...command, key });
          return taken.reports;
        } catch (error) {
          // enrolled by somebody else since the part was read: decided again on what is there
          if (!(error instanceof Refusal) || error.code !== 'already-exists') throw error;
        }
      }
      await this.repository.officers.change(id, ({ state }) => {
        taken = change(state);
        return { state: taken.officer ?? state, events: taken.events };
      });
      return taken.reports;
    } finally {
      this.repository.forgetOfficer(agencyId, officerId);
    }
  }
}

/** Counts a row, and shows it where somebody has to look at it: a file of many rows has a report that can be read. */
function add(report: RosterReport, row: RowReport): void {
  report[row.outcome] += 1;
  if (row.outcome === 'imported' || row.outcome === 'unchanged') return;
  if (report.rows.length < MAX_ROWS_SHOWN) report.rows.push(row);
  else report.rowsLeftOut += 1;
}

function* inParts<Item>(items: Iterable<Item>, size: number): Generator<Item[]> {
  let part: Item[] = [];
  for (const item of items) {
    part.push(item);
    if (part.length < size) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
