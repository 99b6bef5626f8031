import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import type { HsdsTaxonomyTerm } from '../domain/hsds.js';
import { withTaxonomy, withTerms } from '../domain/record-terms.js';
import { DirectoryRecords } from '../records/directory-records.js';
import type { RecordCollection } from '../records/record-collection.js';
import type { Settled } from '../records/record-life.js';
import { recordHash } from '../records/record-hash.js';

/** Terms stand by value in the records that carry them, and taxonomies in their terms: here they are put there anew. */
@Injectable()
export class CarriedTerms {
  constructor(@Inject(DirectoryRecords) private readonly records: DirectoryRecords) {}

  /** Writes the terms of these taxonomies that do not show them as they are now, and answers which. */
  async renewTermsOf(taxonomyIds: readonly string[]): Promise<Settled[]> {
    if (taxonomyIds.length === 0) return [];
    const { taxonomies, terms } = this.records;
    const current = new Map([...(await taxonomies.byIds(taxonomyIds))].map(([id, { content }]) => [id, content]));
    const ids = await terms.ids({ 'state.facts.taxonomyId': { $in: taxonomyIds } });
    return renew(terms, ids, (term) => withTaxonomy(term, current));
  }

  /** Writes the organizations that do not show these terms as they are now, and answers which. */
  renewOrganizationsWith(current: ReadonlyMap<string, HsdsTaxonomyTerm>): Promise<Settled[]> {
    return renewWith(this.records.organizations, current);
  }

  /** The same of locations. */
  renewLocationsWith(current: ReadonlyMap<string, HsdsTaxonomyTerm>): Promise<Settled[]> {
    return renewWith(this.records.locations, current);
  }
}

async function renewWith<Content extends { id: string }>(
  collection: RecordCollection<Content>,
  current: ReadonlyMap<string, HsdsTaxonomyTerm>,
): Promise<Settled[]> {
  if (current.size === 0) return [];
  const ids = await collection.ids({ 'state.facts.carriedTermIds': { $in: [...current.keys()] } });
  return renew(collection, ids, (record) => withTerms(record, current));
}

async function renew<Content extends { id: string }>(
  collection: RecordCollection<Content>,
  ids: readonly string[],
  change: (content: Content) => Content,
): Promise<Settled[]> {
  const written: Settled[] = [];
  const overtaken: string[] = [];
  for (const { id, version, hash, withdrawn, ...record } of (await collection.byIds(ids)).values()) {
    const content = change(record.content);
    if (withdrawn || recordHash(content) === hash) continue;
    try {
      written.push(await collection.save(content, { expectedVersion: version }));
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'version-mismatch')) throw error;
      overtaken.push(id);
    }
  }
  // whoever was faster may have read what stands in the record before it changed
  return overtaken.length > 0 ? [...written, ...(await renew(collection, overtaken, change))] : written;
}
