import { Injectable } from '@nestjs/common';
import {
  AggregateStore,
  aggregateSchema,
  Database,
  derivedId,
  OutboxRegistry,
  type CommandKey,
} from '@throughline/shared/persistence';
import { repeats, takeRows, type RosterChange, type RosterRow, type RowReport } from '../domain/officer-roster.js';
import { AgenciesRepository, officerKey } from './agencies.repository.js';
import { AgenciesService, officerEnrolled } from './agencies.service.js';
import { readRoster } from './roster-csv.js';
import type { RosterReport } from './roster.schemas.js';

/** So many rows are read at a time, and their new officers written in one statement; so many known ones are changed at once. */
const ROWS_AT_A_TIME = 500;
const CHANGES_AT_A_TIME = 16;
/** A report is one document, and somebody reads it. */
const MAX_ROWS_SHOWN = 5_000;

/** One import; its report is absent until it came to its end. */
interface RosterImport {
  agencyId: string;
  by: string;
  receivedAt: Date;
  report?: RosterReport;
}

/** What the rows of one officer come to. */
interface Decided extends RosterChange {
  officerId: string;
  rows: RosterRow[];
  isNew: boolean;
}

/** Imports officers of an agency from a file; each officer is one write, so a row is taken or not. */
@Injectable()
export class RosterService {
  private readonly imports: AggregateStore<RosterImport>;
  /** Those under way in this process: a client whose proxy gave up waits for the same one when it sends again. */
  private readonly running = new Map<string, Promise<RosterReport>>();

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
    const running = this.running.get(id) ?? this.run(id, agencyId, read, command);
    this.running.set(id, running);
    return running.finally(() => this.running.delete(id));
  }

  private async run(
    id: string,
    agencyId: string,
    rows: Iterable<RosterRow | RowReport>,
    command: CommandKey,
  ): Promise<RosterReport> {
    const report = await this.take(agencyId, rows, (decided) => this.write(agencyId, decided, command));
    await this.imports.change(id, (current) => ({ state: { ...current.state, report } }));
    return report;
  }

  /** What an import would come to now; nothing is written, and the key stays free. @throws Refusal as `import` does */
  async try(agencyId: string, file: Buffer): Promise<RosterReport> {
    const { timeZone } = await this.agencies.agency(agencyId);
    return this.take(agencyId, readRoster(file, timeZone), () => Promise.resolve());
  }

  private async take(
    agencyId: string,
    rows: Iterable<RosterRow | RowReport>,
    write: (decided: Decided[]) => Promise<void>,
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
      const decided = [...waiting].map(([officerId, own]): Decided => {
        const seen = known.get(officerId);
        return { officerId, rows: own, isNew: !seen, ...takeRows(agencyId, officerId, seen, own) };
      });
      await write(decided.filter(({ changed }) => changed.length > 0));
      for (const one of decided) reports.push(...one.reports);
      reports.sort((a, b) => a.line - b.line);
      for (const row of reports) add(report, row);
    }
    return report;
  }

  /** Each officer is an atomic write of its own, with its events. What others did meanwhile is decided on again. */
  private async write(agencyId: string, decided: Decided[], command: CommandKey): Promise<void> {
    const { officers } = this.repository;
    const creations = decided.flatMap(({ officerId, isNew, officer, changed }) => {
      const id = officerKey(agencyId, officerId);
      const key = derivedId('roster-officer', command.key, id);
      const events = changed.map((period) => officerEnrolled(agencyId, officerId, period));
      return isNew && officer ? [{ id, change: { state: officer, events }, command: { ...command, key } }] : [];
    });
    try {
      const overtaken = await officers.createMany(creations);
      const known = decided.filter(({ officerId, isNew }) => !isNew || overtaken.has(officerKey(agencyId, officerId)));
      for (const part of inParts(known, CHANGES_AT_A_TIME))
        await Promise.all(
          part.map((one) =>
            officers.change(officerKey(agencyId, one.officerId), ({ state }) => {
              const { officer = state, changed, reports } = takeRows(agencyId, one.officerId, state, one.rows);
              one.reports = reports;
              return {
                state: officer,
                events: changed.map((period) => officerEnrolled(agencyId, one.officerId, period)),
              };
            }),
          ),
        );
    } finally {
      for (const { officerId } of decided) this.repository.forgetOfficer(agencyId, officerId);
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
