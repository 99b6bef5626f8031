import { Inject, Injectable } from '@nestjs/common';
import { Database, OutboxRegistry } from '@throughline/shared/persistence';
import { locationFacts, organizationFacts, taxonomyFacts, termFacts } from '../domain/record-facts.js';
import { middleOf, type Position } from '../domain/geography.js';
import type { HsdsLocation, HsdsOrganization, HsdsTaxonomy, HsdsTaxonomyTerm } from '../domain/hsds.js';
import { withOwnLocations, type LinkedOrganization } from '../domain/record-links.js';
import { OlderHistoryRepository } from './older-history.repository.js';
import { RecordCollection, type RecordKind } from './record-collection.js';

/** More would not move the middle of a postcode. */
const ENOUGH_POSITIONS = 500;

/**
 * The records of the directory that services refer to. Nobody subscribes to them: when one changes, the services that
 * show it count as changed and are announced.
 */
@Injectable()
export class DirectoryRecords {
  readonly organizations;
  readonly locations;
  readonly taxonomies;
  readonly terms;

  constructor(
    @Inject(Database) database: Database,
    @Inject(OutboxRegistry) outboxes: OutboxRegistry,
    @Inject(OlderHistoryRepository) older: OlderHistoryRepository,
  ) {
    const kind = <Content extends { id: string }>(definition: RecordKind<Content>) =>
      new RecordCollection<Content>(database, outboxes, older, definition);
    this.organizations = kind({
      model: 'Organization',
      collection: 'organizations',
      factsOf: (content: LinkedOrganization) => organizationFacts(content),
      indexes: [
        { 'state.facts.taxonomyTermIds': 1 },
        { 'state.facts.taxonomyIds': 1 },
        { 'state.facts.carriedTermIds': 1 },
      ],
    });
    this.locations = kind({
      model: 'Location',
      collection: 'locations',
      factsOf: (content: HsdsLocation) => locationFacts(content),
      indexes: [
        { 'state.facts.organizationId': 1 },
        { 'state.facts.postcodes': 1 },
        { 'state.facts.carriedTermIds': 1 },
      ],
    });
    this.taxonomies = kind({
      model: 'Taxonomy',
      collection: 'taxonomies',
      factsOf: (content: HsdsTaxonomy) => taxonomyFacts(content),
    });
    this.terms = kind({
      model: 'TaxonomyTerm',
      collection: 'taxonomy_terms',
      factsOf: (content: HsdsTaxonomyTerm) => termFacts(content),
      indexes: [{ 'state.facts.taxonomyId': 1 }, { 'state.facts.parentId': 1 }],
    });
  }

  /** The organizations of these ids with their locations, by id; tombstones too, for what still names them. */
  async organizationsWithLocations(ids: readonly string[]): Promise<Map<string, HsdsOrganization>> {
    const wanted = [...new Set(ids)];
    const organizations = await this.organizations.byIds(wanted);
    const locations = new Map<string, HsdsLocation[]>();
    for await (const { content } of this.locations.all({ 'state.facts.organizationId': { $in: wanted } })) {
      const owner = content.organization_id!;
      locations.set(owner, [...(locations.get(owner) ?? []), content]);
    }
    return new Map(
      [...organizations].map(([id, { content }]) => [id, withOwnLocations(content, locations.get(id))] as const),
    );
  }

  /** The middle of a postcode: of the locations of the directory that have it and whose position is known. */
  async middleOfPostcode(postcode: string): Promise<Position | undefined> {
    const filter = { 'state.facts.postcodes': postcode, 'state.facts.position': { $exists: true } };
    const positions: Position[] = [];
    for await (const { content } of this.locations.all(filter)) {
      positions.push({ latitude: content.latitude!, longitude: content.longitude! });
      if (positions.length === ENOUGH_POSITIONS) break;
    }
    return middleOf(positions);
  }

  /** The hashes of what is shown with services of these organizations and at these locations, by id. */
  async hashesFor(organizationIds: readonly string[], locationIds: readonly string[]) {
    const organizations = await this.organizations.hashesWithTombstones({
      _id: { $in: [...organizationIds] as never[] },
    });
    const owned = { 'state.withdrawn': false, 'state.facts.organizationId': { $in: [...organizationIds] } };
    const locations = new Map([
      ...(await this.locations.hashesWithTombstones(owned)),
      ...(await this.locations.hashesWithTombstones({ _id: { $in: [...locationIds] as never[] } })),
    ]);
    return { organizations, locations };
  }

  /** The locations of these ids, by id; tombstones too, for what still names them. */
  async locationsByIds(ids: readonly string[]): Promise<Map<string, HsdsLocation>> {
    return new Map([...(await this.locations.byIds(ids))].map(([id, { content }]) => [id, content] as const));
  }
}
