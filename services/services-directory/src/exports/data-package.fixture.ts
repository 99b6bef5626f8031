import { parse } from 'csv-parse/sync';
import { descriptor } from './data-package.js';

interface Field {
  name: string;
  type: string;
  format?: string;
  constraints?: { required?: boolean; unique?: boolean; enum?: string[] };
}
interface Resource {
  name: string;
  path: string;
  schema: {
    fields: Field[];
    primaryKey?: string;
    foreignKeys?: { fields: string | string[]; reference: { resource: string; fields: string | string[] } }[];
  };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** The values of the types of Table Schema, as far as the descriptor uses them. HSDS lets a time have its zone. */
const OF_TYPE: Record<string, (text: string) => boolean> = {
  string: () => true,
  number: (text) => /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text),
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)),
  time: (text) => /^\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:?\d{2})?$/.test(text),
  datetime: (text) => /^\d{4}-\d{2}-\d{2}T/.test(text) && !Number.isNaN(Date.parse(text)),
};
const OF_FORMAT: Record<string, (text: string) => boolean> = {
  uuid: (text) => UUID.test(text),
  email: (text) => text.includes('@'),
  uri: (text) => URL.canParse(text),
};

/** What the official descriptor finds wrong with the tables of a package, by the names of their files. */
export function faultsOf(files: ReadonlyMap<string, Buffer>): string[] {
  const { resources } = JSON.parse(descriptor().toString()) as { resources: Resource[] };
  const rows = new Map(
    resources.map(({ name, path }) => [name, parse(files.get(path) ?? Buffer.from(''), { columns: true, bom: true })]),
  ) as unknown as Map<string, Record<string, string>[]>;
  const faults: string[] = [];
  for (const { name, path, schema } of resources) {
    const header = files.get(path)?.toString().split('\n', 1)[0];
    if (header !== schema.fields.map((field) => field.name).join()) faults.push(`${path}: header ${header}`);
    for (const { name: column, type, format, constraints } of schema.fields) {
      const values = rows.get(name)!.map((row) => row[column] ?? '');
      const filled = values.filter((value) => value !== '');
      if (!OF_TYPE[type]) throw new Error(`no check for the type ${type}`);
      const wrong = [
        ...(constraints?.required ? values.filter((value) => value === '') : []),
        ...filled.filter((value) => !OF_TYPE[type]!(value)),
        ...(format && OF_FORMAT[format] ? filled.filter((value) => !OF_FORMAT[format]!(value)) : []),
        ...(constraints?.enum ? filled.filter((value) => !constraints.enum!.includes(value)) : []),
        ...(constraints?.unique && new Set(filled).size < filled.length ? ['is not unique'] : []),
      ];
      if (wrong.length > 0) faults.push(`${path} ${column}: ${wrong.length} times, such as "${wrong[0]}"`);
    }
    for (const { fields, reference } of schema.foreignKeys ?? []) {
      const there = new Set(rows.get(reference.resource || name)!.map((row) => row[String(reference.fields)]));
      const lost = rows.get(name)!.filter((row) => row[String(fields)] && !there.has(row[String(fields)]));
      if (lost.length > 0) faults.push(`${path} ${String(fields)}: ${lost.length} name no ${reference.resource}`);
    }
  }
  return faults;
}
