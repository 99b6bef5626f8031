import type { HsdsTaxonomy, HsdsTaxonomyTerm, HsdsUnit } from '../hsds.js';
import type { SharedTerms } from '../shared-terms.js';
import { isUuid } from '../uuid.js';
import { undoWrongDecoding } from './text-repair.js';

/** What can own other records. Such a record is known by its key, `<kind>:<id>`. */
export type OwnerKind = 'organization' | 'program' | 'service' | 'location' | 'service_at_location' | 'contact';
/** What stands by value in the records that carry it, and waits in memory for them. */
export type ValueKind = 'taxonomy' | 'taxonomy_term' | 'unit';
/** What a row becomes, or describes. */
export type PartKind =
  | OwnerKind
  | ValueKind
  | 'phone'
  | 'address'
  | 'schedule'
  | 'language'
  | 'accessibility'
  | 'eligibility'
  | 'funding'
  | 'service_area'
  | 'required_document'
  | 'cost_option'
  | 'organization_identifier'
  | 'service_capacity'
  | 'url'
  | 'attribute'
  | 'metadata';

/** A piece of an HSDS record, with the key of the record that it belongs in. */
export interface Part {
  kind: PartKind;
  id: string;
  owner?: string;
  record: Record<string, unknown>;
}

/** Why a row was mended or rejected. The code is stable; the detail is for the person who keeps the data. */
export interface RowNote {
  code: string;
  detail: string;
}

/** A row, its cells by column name. */
export type Cells = Readonly<Record<string, string>>;

/** What the rows of one import have in common. */
export interface ImportContext {
  /** Name of the dataset: ids that are no UUIDs are unique within it only. */
  dataset: string;
  /** A UUID of its parts, the same for the same parts. */
  deriveId(...parts: string[]): string;
  /** Whether a record of this key was imported before this row. */
  knows(key: string): boolean;
  /** Ids of the organizations that rows name and that are not in the data, so far. */
  placeholders: Set<string>;
  /** The taxonomy terms so far, by id. */
  terms: Map<string, HsdsTaxonomyTerm>;
  /** The taxonomies that every directory has: their terms are used and not made again. */
  shared: SharedTerms;
  /** The taxonomies so far, by id. */
  taxonomies: Map<string, HsdsTaxonomy>;
  /** The units of capacities so far, by id. */
  units: Map<string, HsdsUnit>;
  /** How many rows describe terms, taxonomies and units: they wait in memory too. */
  described: number;
  /** The organizations of the locations so far, by id: services of HSDS 1.0 name a location alone. */
  organizationOfLocation: Map<string, string>;
  /** Terms that the dataset as a whole is about: every service gets them. */
  commonTerms: readonly HsdsTaxonomyTerm[];
}

/** The kinds whose keys `ImportContext.knows`. Those of all others are too many for memory. */
export const OWNER_KINDS: readonly OwnerKind[] = [
  ...(['organization', 'program', 'service', 'location', 'service_at_location', 'contact'] as const),
];

/** The kinds whose records wait in `ImportContext`. */
export const VALUE_KINDS: readonly ValueKind[] = ['taxonomy', 'taxonomy_term', 'unit'];

export const keyOf = (kind: PartKind, id: string): string => `${kind}:${id}`;

/** Says that a row cannot be imported. Only `mapRow` sees it. */
export class RowRejected extends Error {
  constructor(readonly note: RowNote) {
    super(note.detail);
  }
}

/** Longer texts are cut: no field of a directory is a book, and a record has to fit one document. In characters. */
export const MAX_TEXT = 50_000;

const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g;
/** The characters of RFC 3986; what holds others is percent-encoded. */
const URI_CHARACTERS = /^[\w.~:/?#[\]@!$&'()*+,;=%-]+$/;
const EMAIL = /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i;

const MONTHS = 'january february march april may june july august september october november december'.split(' ');

/** Reads `12/24/2015` and `12/24/15` (month first, as in the United States), `December 24, 2015`, `2015-12-24T00:00:00Z`. */
function readDate(text: string): string | undefined {
  const written = (year: string, month: string | number, day: string) =>
    `${year.length === 2 ? '20' : ''}${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`;
  const [iso] = /^\d{4}-\d{2}-\d{2}(?=[T ])/.exec(text) ?? [];
  if (iso) return iso;
  const slashes = /^(\d{1,2})\/(\d{1,2})\/(\d{4}|\d{2})$/.exec(text);
  if (slashes) return written(slashes[3]!, slashes[1]!, slashes[2]!);
  const words = /^([a-z]{3,9})\.? (\d{1,2}),? (\d{4})$/i.exec(text);
  const month = words ? MONTHS.findIndex((name) => name.startsWith(words[1]!.toLowerCase())) : -1;
  return words && month >= 0 ? written(words[3]!, month + 1, words[2]!) : undefined;
}

/** Whether a text is a day of the calendar; `Date` alone takes 31 February for 3 March. */
function isDate(text: string): boolean {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : new Date(Number.NaN);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** Reads the cells of one row, notes what it had to mend and refuses what cannot be mended. */
export class RowReader {
  readonly notes: RowNote[] = [];
  /** The columns that somebody asked for: the others are not imported, and the report says so. */
  readonly columns = new Set<string>();
  /** The key by which another row must use this one for it to be served at all; set by the mapping. */
  awaits?: string;
  /** The id of the record that this row is, where that is no part; set by the mapping. */
  recordId?: string;

  constructor(
    readonly kind: PartKind,
    private readonly cells: Cells,
    readonly context: ImportContext,
  ) {}

  note(code: string, detail: string): void {
    this.notes.push({ code, detail });
  }

  reject(code: string, detail: string): never {
    throw new RowRejected({ code, detail });
  }

  /** The trimmed text of the first of these columns that has one; undefined for a blank cell. */
  text(...columns: string[]): string | undefined {
    for (const column of columns) this.columns.add(column);
    const raw = columns.map((column) => this.cells[column]?.trim()).find((cell) => cell);
    if (!raw) return undefined;
    const mended = undoWrongDecoding(raw);
    if (mended !== raw) this.note('text-wrongly-decoded', `${columns[0]}: UTF-8 had been read as Windows-1252`);
    if (mended.includes('\ufffd')) this.note('text-unreadable', `${columns[0]} holds a character that was lost`);
    const clean = mended.replace(CONTROL, '');
    if (clean !== mended) this.note('control-characters', `${columns[0]}: control characters were taken out`);
    if (clean.length <= MAX_TEXT) return clean || undefined;
    this.note('text-cut', `${columns[0]} is longer than ${MAX_TEXT} characters and was cut`);
    return clean.slice(0, MAX_TEXT);
  }

  /** The items of a cell that holds a list, parted by commas or semicolons. */
  list(...columns: string[]): string[] {
    return (this.text(...columns) ?? '').split(/\s*[,;]\s*/).filter((item) => item !== '');
  }

  required(column: string, ...aliases: string[]): string {
    return this.text(column, ...aliases) ?? this.reject(`${column.replaceAll('_', '-')}-missing`, `${column} is blank`);
  }

  /** A web address; `http://` is added where a host name stands alone, anything else is left out with a note. */
  uri(column: string, ...aliases: string[]): string | undefined {
    const text = this.text(column, ...aliases);
    if (!text) return undefined;
    const hostAlone = !/^[a-z][a-z0-9+.-]*:/i.test(text) && /^[\w-]+(\.[\w-]+)+/.test(text);
    const address = hostAlone ? `http://${text}` : text;
    const url = URL.canParse(address) && !/\s/.test(address) ? new URL(address) : undefined;
    if (!url || !/^https?:$/.test(url.protocol)) {
      this.note('uri-invalid', `${column} is no web address and was left out`);
      return undefined;
    }
    const result = URI_CHARACTERS.test(address) ? address : url.href;
    if (result !== text) this.note('uri-mended', `${column} was written as ${result}`);
    return result;
  }

  email(column: string): string | undefined {
    const text = this.text(column);
    if (!text || EMAIL.test(text)) return text;
    this.note('email-invalid', `${column} is no e-mail address and was left out`);
    return undefined;
  }

  /** A number from `min` to `max`; anything else is left out with a note. */
  number(column: string, min: number, max: number, ...aliases: string[]): number | undefined {
    const text = this.text(column, ...aliases);
    if (!text) return undefined;
    const value = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.note('number-invalid', `${column} is no number from ${min} to ${max} and was left out`);
    return undefined;
  }

  date(column: string): string | undefined {
    const text = this.text(column);
    const read = text && (isDate(text) ? text : readDate(text));
    if (!text || read === text) return this.withYear(column, text);
    if (read && isDate(read)) {
      this.withYear(column, read);
      this.note('date-rewritten', `${column} was written as ${read}`);
      return read;
    }
    this.note('date-invalid', `${column} is no date (YYYY-MM-DD) and was left out`);
    return undefined;
  }

  /** Ohana writes the year 0001 for what recurs every year, which HSDS 3 cannot say. */
  private withYear(column: string, date: string | undefined): string | undefined {
    if (date?.startsWith('000'))
      this.reject('date-without-year', `${column} has no year, and HSDS 3 knows no other dates`);
    return date;
  }

  /** The id of a record that others refer to. Without one nobody could, so the row is rejected. */
  ownId(): string {
    const source = this.text('id') ?? this.reject('id-missing', 'id is blank: nothing can refer to this record');
    if (!isUuid(source)) this.note('id-not-uuid', `the id ${source} was replaced by a UUID derived from it`);
    return this.idOf(this.kind, source);
  }

  /** The id of a record that nobody refers to: where it is blank it derives from the whole row. */
  idOrDerived(): string {
    if (this.text('id')) return this.ownId();
    this.note('id-derived', 'id is blank: a UUID was derived from the row');
    const cells = Object.entries(this.cells).filter(([, cell]) => cell.trim() !== '');
    return this.context.deriveId('hsds', this.context.dataset, this.kind, ...cells.flat());
  }

  /** An id for something that stands in this row beside its record. */
  idWithin(id: string, ...parts: string[]): string {
    return this.context.deriveId('hsds', this.context.dataset, this.kind, id, ...parts);
  }

  /** The id that a column refers to; undefined for a blank cell. */
  reference(kind: PartKind, column: string): string | undefined {
    const source = this.text(column);
    return source === undefined ? undefined : this.idOf(kind, source);
  }

  /** The id of a record of this dataset: the source's own where that is a UUID, else one derived from it. */
  idOf(kind: PartKind | 'taxonomy_term' | 'taxonomy' | 'unit', source: string): string {
    if (isUuid(source)) return source.toLowerCase();
    return this.context.deriveId('hsds', this.context.dataset, kind, source);
  }

  /**
   * The key of the record that this row belongs in. HSDS 1.1 rows may name several: the most specific one counts,
   * since each holds for all that is less specific. @throws RowRejected when none of them is there
   */
  owner(...kinds: OwnerKind[]): string {
    let absent: string | undefined;
    for (const kind of kinds) this.columns.add(`${kind}_id`);
    for (const kind of kinds) {
      const id = this.reference(kind, `${kind}_id`);
      if (id === undefined) continue;
      if (this.context.knows(keyOf(kind, id))) {
        if (absent) this.note('owner-absent', `${absent} names a record that is not there; ${kind}_id was used`);
        return keyOf(kind, id);
      }
      absent ??= `${kind}_id`;
    }
    return absent
      ? this.reject('owner-absent', `${absent} names a record that is not there`)
      : this.reject('owner-missing', `none of ${kinds.map((kind) => `${kind}_id`).join(', ')} is given`);
  }

  /**
   * The key of the record of this kind that a column names, where the cell is not blank. Whether it is there is not
   * known to the row: records that are not listed in memory are looked up when the rows are stored.
   */
  ownerAnywhere(kind: PartKind): string | undefined {
    const id = this.reference(kind, `${kind}_id`);
    return id === undefined ? undefined : keyOf(kind, id);
  }
}
