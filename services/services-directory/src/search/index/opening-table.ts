import type { HsdsSchedule } from '../../domain/hsds.js';
import { weekdayOf, type CivilDay, type WallTime } from '../../domain/search/civil-day.js';
import {
  askOpening,
  EXCEPTION_TODAY,
  EXCEPTION_YESTERDAY,
  OPEN_SINCE_YESTERDAY,
  OPEN_TODAY,
  readOpening,
  UNKNOWN_TODAY,
  type Opening,
} from '../../domain/search/opening.js';
import { SharedValues, type SharedState } from './shared-values.js';
import { grown } from './slot-set.js';

/** Columns of one opening. */
const FIRST = 0;
const LAST = 1;
/** Bits of the days of the week. */
const WEEKDAYS = 2;
/** Every so many weeks, counted from week `WEEK`, which begins so many days after Monday. */
const INTERVAL = 3;
const WEEK = 4;
const WEEK_START = 5;
const OPENS = 6;
const CLOSES = 7;
const OFFSET = 8;
const KIND = 9;
const COLUMNS = 10;

const NEVER = -1;
const NO_OFFSET = 1_000_000;
/** Bits of `KIND`; one that has none of them and no hours is not told when. */
const EXCEPTION = 1;
const CLOSED = 2;
const UNREADABLE = 4;
/** It is asked one by one: by months. */
const BY_MONTH = 8;

const weekOf = (day: CivilDay, weekStart: number): number => Math.floor((day + 3 - weekStart) / 7);

/**
 * The distinct opening rules of the directory as rows of numbers, since a query asks all of them: what `askOpening`
 * says of each in some nanoseconds. Equal schedules are one opening, whatever their id and their notes.
 */
export class OpeningTable {
  private readonly openings = new SharedValues<Opening>();
  private rows = new Int32Array(0);

  /** The number of a schedule's opening, kept from now on until it is released as often. */
  keep(schedule: HsdsSchedule): number {
    const opening = readOpening(schedule);
    return this.openings.keep(JSON.stringify(opening), (number) => {
      this.rows = grown(this.rows, (number + 1) * COLUMNS);
      this.rows.set(rowOf(opening), number * COLUMNS);
      return opening;
    });
  }

  release(number: number): void {
    this.openings.release(number);
  }

  state(): SharedState<Opening> {
    return this.openings.state();
  }

  restore(state: SharedState<Opening>): void {
    this.openings.restore(state);
    this.rows = new Int32Array(state.values.length * COLUMNS);
    for (const [number, opening] of state.values.entries())
      if (opening) this.rows.set(rowOf(opening), number * COLUMNS);
  }

  /**
   * What each opening says about a moment, by number, see `askOpening`.
   * @param wallTime on the clock of an offset in minutes; of the directory, where there is none
   */
  ask(wallTime: (offset: number | undefined) => WallTime): Uint8Array {
    const { rows, openings } = this;
    const own = wallTime(undefined);
    const said = new Uint8Array(openings.length);
    for (let number = 0, row = 0; number < said.length; number += 1, row += COLUMNS) {
      const offset = rows[row + OFFSET]!;
      const wall = offset === NO_OFFSET ? own : wallTime(offset);
      if ((rows[row + KIND]! & BY_MONTH) === 0) said[number] = saidBy(rows, row, wall.day, wall.minute);
      else {
        const opening = openings.get(number);
        if (opening) said[number] = askOpening(opening, wall);
      }
    }
    return said;
  }
}

function rowOf({ kind, from, to, rule, opens, closes, closed, offset }: Opening): number[] {
  const first = Math.max(from ?? -Infinity, rule?.start ?? -Infinity, -(2 ** 31));
  const last = Math.min(to ?? Infinity, rule?.until ?? Infinity, 2 ** 31 - 1);
  const weekdays = rule ? rule.weekdays || 1 << weekdayOf(rule.start ?? 0) : 127;
  const weekStart = rule?.weekStart ?? 0;
  const bits =
    (kind === 'exception' ? EXCEPTION : 0) |
    (closed ? CLOSED : 0) |
    (kind === 'unreadable' ? UNREADABLE : 0) |
    (rule?.freq === 'MONTHLY' ? BY_MONTH : 0);
  const row = new Array<number>(COLUMNS).fill(0);
  row[FIRST] = first;
  row[LAST] = last;
  row[WEEKDAYS] = weekdays;
  row[INTERVAL] = rule?.interval ?? 1;
  row[WEEK] = weekOf(rule?.start ?? 0, weekStart);
  row[WEEK_START] = weekStart;
  row[OPENS] = opens ?? NEVER;
  row[CLOSES] = closes ?? NEVER;
  row[OFFSET] = offset ?? NO_OFFSET;
  row[KIND] = bits;
  return row;
}

function saidBy(rows: Int32Array, row: number, day: CivilDay, minute: number): number {
  const kind = rows[row + KIND]!;
  const opens = rows[row + OPENS]!;
  const closes = rows[row + CLOSES]!;
  let said = 0;
  if (occurs(rows, row, day)) {
    if ((kind & EXCEPTION) !== 0) said |= EXCEPTION_TODAY;
    if (opens === NEVER || closes === NEVER) said |= (kind & CLOSED) !== 0 ? 0 : UNKNOWN_TODAY;
    else if (minute >= opens && minute < closes) said |= OPEN_TODAY;
  }
  if ((closes > 1440 || (kind & EXCEPTION) !== 0) && occurs(rows, row, day - 1)) {
    if ((kind & EXCEPTION) !== 0) said |= EXCEPTION_YESTERDAY;
    if (closes > 1440 && minute < closes - 1440) said |= OPEN_SINCE_YESTERDAY;
  }
  return said;
}

function occurs(rows: Int32Array, row: number, day: CivilDay): boolean {
  if (day < rows[row + FIRST]! || day > rows[row + LAST]!) return false;
  if (((rows[row + WEEKDAYS]! >>> weekdayOf(day)) & 1) === 0) return false;
  const interval = rows[row + INTERVAL]!;
  return interval === 1 || (weekOf(day, rows[row + WEEK_START]!) - rows[row + WEEK]!) % interval === 0;
}
