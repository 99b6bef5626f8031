const QUOTE = 0x22;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A row that was left out. */
export interface OversizedRow {
  /** The number of the line on which it begins. */
  line: number;
  /** How many lines it has. */
  lines: number;
  /** Whether it is so long because a quote was opened and never closed. */
  unclosed: boolean;
}

type Ending = 'LF' | 'CRLF' | 'CR';

/** Finds the ends of rows as csv-parse does with `relax_quotes`: told by the first, which are all the same in one file. */
class RowEnds {
  ending: Ending | undefined;
  line = 1;
  private last = 0;
  private atCellStart = true;
  private quoteBefore = false;
  private quoted = false;

  /** Whether a quote is open. */
  get inQuotes(): boolean {
    return this.quoted && !this.quoteBefore;
  }

  /** Takes one byte; answers whether a row ends with it, or has ended just before it. */
  take(byte: number): 'with' | 'before' | undefined {
    const last = this.last;
    this.last = byte;
    if (this.quoteBefore) {
      this.quoteBefore = false;
      if (byte === QUOTE) return undefined;
      this.quoted = false;
    }
    if (this.quoted) {
      this.quoteBefore = byte === QUOTE;
      if (byte === LINE_FEED) this.line += 1;
      return undefined;
    }
    const before = this.ending === undefined && last === CARRIAGE_RETURN && byte !== LINE_FEED;
    if (before) this.ending = 'CR';
    else if (byte === LINE_FEED) this.ending ??= last === CARRIAGE_RETURN ? 'CRLF' : 'LF';
    const ends =
      this.ending === 'CR'
        ? byte === CARRIAGE_RETURN
        : byte === LINE_FEED && (this.ending === 'LF' || last === CARRIAGE_RETURN);
    if (before || ends || byte === LINE_FEED) this.line += 1;
    if (byte === QUOTE && (this.atCellStart || before)) this.quoted = true;
    this.atCellStart = byte === COMMA || ends;
    return before ? 'before' : ends ? 'with' : undefined;
  }
}

/**
 * The bytes of a CSV file without the rows that are longer than `maxBytes`, of which it tells
 * before it gives what comes after them. A file whose first row is so long is not read any further. Holds one row at most.
 */
export async function* withoutOversizedRows(
  source: AsyncIterable<Buffer>,
  maxBytes: number,
  leftOut: (row: OversizedRow) => void,
): AsyncGenerator<Buffer> {
  const rows = new RowEnds();
  /** What has come of the row in hand. */
  let begun: Buffer[] = [];
  let begunBytes = 0;
  let firstLine = 1;
  for await (const chunk of source) {
    const out: Buffer[] = [];
    /** Where the row in hand begins, and where those end that have gone out. */
    let [from, gone] = [0, 0];
    const endRow = (end: number): void => {
      if (begunBytes + end - from > maxBytes) {
        out.push(chunk.subarray(gone, from));
        leftOut({ line: firstLine, lines: rows.line - firstLine, unclosed: false });
        gone = end;
      } else out.push(...begun);
      [begun, begunBytes, from, firstLine] = [[], 0, end, rows.line];
    };
    for (let at = 0; at < chunk.length; at += 1) {
      const ends = rows.take(chunk[at]!);
      if (ends) endRow(ends === 'with' ? at + 1 : at);
    }
    out.push(chunk.subarray(gone, from));
    begunBytes += chunk.length - from;
    // what is too long already is counted and not kept
    if (begunBytes > maxBytes) begun = [];
    else begun.push(chunk.subarray(from));
    if (begunBytes > maxBytes && rows.ending === undefined) break;
    yield Buffer.concat(out);
  }
  if (begunBytes > maxBytes) leftOut({ line: firstLine, lines: rows.line - firstLine, unclosed: rows.inQuotes });
  else yield Buffer.concat(begun);
}
