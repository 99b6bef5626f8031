import { Inject, Injectable } from '@nestjs/common';
import type { EditableRecord, EditedKind, Referred } from '../domain/editing/editable-record.js';
import type { RecordFault } from '../domain/editing/record-fault.js';
import { referencesOf, type Reference } from '../domain/editing/references.js';
import type { HsdsAttribute, HsdsProgram, HsdsTaxonomy, HsdsTaxonomyTerm } from '../domain/hsds.js';
import { DirectoryRecords } from '../records/directory-records.js';
import type { RecordCollection } from '../records/record-collection.js';
import { ServicesRepository } from '../services/services.repository.js';

/** The record that carries the references, as it is kept; undefined for a new one. */
type Before = { kept: object } | undefined;

/** A term has no more terms above it than this: more would be a circle. */
const MAX_DEPTH = 50;

/** Looks up what records refer to, and what refers to them. */
@Injectable()
export class RecordReferences {
  constructor(
    @Inject(DirectoryRecords) private readonly records: DirectoryRecords,
    @Inject(ServicesRepository) private readonly services: ServicesRepository,
  ) {}

  /**
   * What the terms, taxonomies and programmes are that a record refers to. What has left the directory is taken from the
   * record as it was.
   */
  async referredBy(record: EditableRecord, before: Before): Promise<Referred> {
    const { terms, taxonomies } = this.records;
    const ids = idsByKind(referencesOf(record));
    const [foundTerms, foundTaxonomies] = await Promise.all([
      contentsOf<HsdsTaxonomyTerm>(terms, ids('taxonomy_term')),
      contentsOf<HsdsTaxonomy>(taxonomies, ids('taxonomy')),
    ]);
    return {
      terms: new Map([...termsIn(before?.kept), ...foundTerms]),
      taxonomies: foundTaxonomies,
      programs: await this.programs(record, before),
    };
  }

  /** The references of a record that lead nowhere, or in a circle. */
  async faults(record: EditableRecord, before: Before): Promise<RecordFault[]> {
    const missing = await this.missing(record, before);
    return missing.length > 0 ? missing.map(leadsNowhere) : this.parentFaults(record);
  }

  /** The references of a record to what is not in the directory. */
  async missing(record: EditableRecord, before: Before): Promise<Reference[]> {
    const { organizations, locations, terms, taxonomies } = this.records;
    const references = referencesOf(record);
    const ids = idsByKind(references);
    const found: Record<Reference['kind'], ReadonlyMap<string, unknown>> = {
      organization: await contentsOf(organizations, ids('organization')),
      location: await contentsOf(locations, ids('location')),
      taxonomy: await contentsOf(taxonomies, ids('taxonomy')),
      taxonomy_term: new Map([...termsIn(before?.kept), ...(await contentsOf(terms, ids('taxonomy_term')))]),
      program: await this.programs(record, before),
      service: new Map(),
    };
    return references.filter(({ kind, id }) => !found[kind].has(id));
  }

  /** How many records of which kinds refer to a record; empty where it may go. */
  async usesOf(kind: EditedKind, id: string): Promise<Record<string, number>> {
    const { organizations, locations, terms } = this.records;
    const showing = async (what: { organizations?: string[]; locations?: string[]; terms?: string[] }) => {
      const ids = new Set<string>();
      const shown = { organizations: [], locations: [], terms: [], ...what };
      for await (const service of this.services.showing(shown)) ids.add(service.id);
      return ids.size;
    };
    const counts: Record<EditedKind, () => Promise<Record<string, number>>> = {
      service: async () => ({}),
      organization: async () => ({
        services: await showing({ organizations: [id] }),
        locations: (await locations.ids({ 'state.facts.organizationId': id })).length,
        organizations: (await organizations.ids({ 'state.content.parent_organization_id': id })).length,
      }),
      location: async () => ({ services: await showing({ locations: [id] }) }),
      taxonomy: async () => ({ terms: (await terms.ids({ 'state.facts.taxonomyId': id })).length }),
      taxonomy_term: async () => ({
        terms: (await terms.ids({ 'state.facts.parentId': id })).length,
        services: await showing({ terms: [id] }),
        organizations: (await organizations.ids({ 'state.facts.carriedTermIds': id })).length,
        locations: (await locations.ids({ 'state.facts.carriedTermIds': id })).length,
      }),
    };
    return Object.fromEntries(Object.entries(await counts[kind]()).filter(([, count]) => count > 0));
  }

  /** A parent of a term is of the same taxonomy, and nothing is above itself. */
  private async parentFaults(record: EditableRecord): Promise<RecordFault[]> {
    if (record['parent_organization_id'] === record.id)
      return [{ path: ['parent_organization_id'], detail: 'is the organization itself' }];
    let parentId = record['parent_id'] as string | undefined;
    for (let depth = 0; parentId !== undefined; depth += 1) {
      if (parentId === record.id || depth > MAX_DEPTH)
        return [{ path: ['parent_id'], detail: 'is a term that stands below this one' }];
      const parent: HsdsTaxonomyTerm | undefined = (await this.records.terms.find(parentId))?.content;
      const taxonomyId = record['taxonomy_id'];
      if (depth === 0 && taxonomyId !== undefined && parent?.taxonomy_detail?.id !== taxonomyId)
        return [{ path: ['parent_id'], detail: 'is a term of another taxonomy' }];
      parentId = parent?.parent_id;
    }
    return [];
  }

  private async programs(record: EditableRecord, before: Before): Promise<Map<string, HsdsProgram>> {
    const program = (before?.kept as { program?: HsdsProgram } | undefined)?.program;
    const organizationId = record['organization_id'] as string | undefined;
    const organization =
      record['program_id'] && organizationId ? await this.records.organizations.find(organizationId) : undefined;
    return new Map(
      [...(program ? [program] : []), ...(organization?.content.programs ?? [])].map((one) => [one.id, one]),
    );
  }
}

export const leadsNowhere = ({ kind, path }: Reference): RecordFault => ({
  path,
  detail: `names no ${kind.replaceAll('_', ' ')} of this directory`,
});

const idsByKind = (references: readonly Reference[]) => (kind: Reference['kind']) =>
  references.filter((one) => one.kind === kind).map(({ id }) => id);

async function contentsOf<Content extends { id: string }>(
  collection: RecordCollection<Content>,
  ids: readonly string[],
): Promise<Map<string, Content>> {
  const found = await collection.byIds(ids);
  return new Map([...found].flatMap(([id, { content, withdrawn }]) => (withdrawn ? [] : [[id, content] as const])));
}

/** The terms that stand in a record, by id. */
function termsIn(value: unknown, found = new Map<string, HsdsTaxonomyTerm>()): Map<string, HsdsTaxonomyTerm> {
  if (Array.isArray(value)) value.forEach((one) => termsIn(one, found));
  else if (typeof value === 'object' && value !== null) {
    const term = (value as HsdsAttribute).taxonomy_term;
    if (term) found.set(term.id, term);
    Object.values(value).forEach((one) => termsIn(one, found));
  }
  return found;
}
