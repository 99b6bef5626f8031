import { Injectable } from '@nestjs/common';
import {
  AggregateStore,
  aggregateSchema,
  Database,
  derivedId,
  OutboxRegistry,
  type Change,
  type CommandKey,
  type NewEvent,
} from '@throughline/shared/persistence';
import type { OfficerState, Period } from '../domain/agency.js';
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
  /** Under it the officer's record remembers the reports: they are the same for whoever carries the import on. */
  command: CommandKey;
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
   * An import that was broken off is carried to its end by sending the same file under the same key, at any replica.
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
    const report = await this.take(agencyId, rows, command, (decided) => this.write(agencyId, decided));
    const { state } = await this.imports.change(id, ({ state: first }) => ({ state: { report, ...first } }));
    return state.report ?? report;
  }

  /** What an import would come to now; nothing is written, and the key stays free. @throws Refusal as `import` does */
  async try(agencyId: string, file: Buffer, command: CommandKey): Promise<RosterReport> {
    const { timeZone } = await this.agencies.agency(agencyId);
    return this.take(agencyId, readRoster(file, timeZone), command, () => Promise.resolve());
  }

  private async take(
    agencyId: string,
    rows: Iterable<RosterRow | RowReport>,
    { key, hash }: CommandKey,
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
        const command = { key: derivedId('roster-officer', key, officerId, String(own[0]?.line)), hash };
        const answered = seen?.answers.get(command.key) as RowReport[] | undefined;
        const taken = answered ? { changed: [], reports: answered } : takeRows(agencyId, officerId, seen?.state, own);
        return { officerId, rows: own, isNew: !seen, command, ...taken };
      });
      await write(decided.filter(({ changed }) => changed.length > 0));
      for (const one of decided) reports.push(...one.reports);
      reports.sort((a, b) => a.line - b.line);
      for (const row of reports) add(report, row);
    }
    return report;
  }

  /** Each officer is an atomic write of its own, with its events. What others did meanwhile is decided on again. */
  private async write(agencyId: string, decided: Decided[]): Promise<void> {
    const { officers } = this.repository;
    const idOf = ({ officerId }: Decided): string => officerKey(agencyId, officerId);
    const eventsOf = (officerId: string, changed: Period[]): NewEvent[] =>
      changed.map((period) => officerEnrolled(agencyId, officerId, period));
    const creations = decided.flatMap((one) => {
      const { officerId, isNew, officer, changed, reports, command } = one;
      const change = officer && { state: officer, events: eventsOf(officerId, changed), result: reports };
      return isNew && change ? [{ id: idOf(one), change, command }] : [];
    });
    try {
      const overtaken = await officers.createMany(creations);
      const known = decided.filter((one) => !one.isNew || overtaken.has(idOf(one)));
      for (const part of inParts(known, CHANGES_AT_A_TIME))
        await Promise.all(
          part.map(async (one) => {
            const { officerId, rows, command } = one;
            const decide = ({ state }: { state: OfficerState }): Change<OfficerState> => {
              const { officer = state, changed, reports } = takeRows(agencyId, officerId, state, rows);
              return { state: officer, events: eventsOf(officerId, changed), result: reports };
            };
            one.reports = (await officers.change(idOf(one), decide, { command })).result as RowReport[];
          }),
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
