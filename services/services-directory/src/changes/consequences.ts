import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import { BackgroundLoop } from '@throughline/shared/persistence';
import { factsOf } from '../domain/directory-entry.js';
import type { HsdsTaxonomyTerm } from '../domain/hsds.js';
import { placeFacts } from '../domain/place-facts.js';
import { withTerms } from '../domain/record-terms.js';
import { DirectoryRecords } from '../records/directory-records.js';
import type { Settled } from '../records/record-life.js';
import { inBatches } from '../records/in-batches.js';
import { inParallel } from '../records/in-parallel.js';
import { hashesOfNested, shownHash } from '../records/record-hash.js';
import { ServiceAtLocationsRepository } from '../services/service-at-locations.repository.js';
import { ServiceListingsRepository } from '../services/service-listings.repository.js';
import { ServicesRepository, type ServiceShowing } from '../services/services.repository.js';
import { CarriedTerms } from './carried-terms.js';
import { ChangesRepository, type ChangedKind } from './changes.repository.js';

const BATCH = 200;
/** How often to look for changes whose writer did not draw their consequences. */
const POLL_MS = 2_000;
/** A writer that has not drawn them by then is taken for dead. */
const OVERDUE_MS = 10_000;

/**
 * Draws the consequences of changes. A record is written in one write with the mark `pending`; what follows from it in
 * other documents is done here, after that write, as often as it takes, and then the mark is taken off:
 *
 * - a taxonomy that changed: its terms show it; a term that changed: the organizations and locations that carry it
 *   show it, in themselves or in one of their parts;
 * - an organization, a location or a term that changed: the services that show it count as changed and are announced;
 * - a service that changed: what lists select it by and its services at locations are derived again;
 * - every record that changed is put on the list of changes.
 *
 * Each step can be repeated, and two processes may do the same at once. Who writes records calls `draw` afterwards; what
 * a crash left undone is found within seconds.
 */
@Injectable()
export class Consequences implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** Finds what a writer left undone. */
  private readonly loop = new BackgroundLoop('consequences-failed', async (stopping) => {
    await this.draw(new Date(Date.now() - OVERDUE_MS), async () => stopping.throwIfAborted());
    return POLL_MS;
  });

  private drawing: Promise<void> | undefined;
  private again = false;

  constructor(
    @Inject(DirectoryRecords) private readonly records: DirectoryRecords,
    @Inject(ServicesRepository) private readonly services: ServicesRepository,
    @Inject(ServiceListingsRepository) private readonly listings: ServiceListingsRepository,
    @Inject(ServiceAtLocationsRepository) private readonly places: ServiceAtLocationsRepository,
    @Inject(ChangesRepository) private readonly changes: ChangesRepository,
    @Inject(CarriedTerms) private readonly carried: CarriedTerms,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  /** Finishes the batch in hand. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
    await this.drawing;
  }

  /** Draws the consequences of all changes that are written by now, beside the request that asks for it. */
  drawSoon(): void {
    this.again = true;
    this.drawing ??= this.drawWhileAsked().finally(() => (this.drawing = undefined));
  }

  /**
   * Draws the consequences of all changes up to a time, by default of all that are written by now.
   * @param progress called between the steps of the work: it may throw to stop it
   */
  async draw(until = new Date(), progress: () => Promise<void> = async () => undefined): Promise<void> {
    for (const step of [
      () => this.ofTaxonomies(until),
      () => this.ofTerms(until),
      () => this.ofLocations(until),
      () => this.ofOrganizations(until),
      () => this.ofServices(new Date(Math.max(Date.now(), until.getTime()))),
    ])
      while (await step()) await progress();
  }

  /**
   * Draws those of new terms, and of new locations whose organizations have no services yet. An import does so before it
   * writes its services, for afterwards each of them would have to be looked at.
   */
  async drawOfNew(progress: () => Promise<void>): Promise<void> {
    const { terms, locations } = this.records;
    for await (const batch of terms.pendingNew(BATCH)) {
      await this.drawTerms(batch);
      await progress();
    }
    for await (const batch of locations.pendingNew(BATCH)) {
      const organizations = batch.flatMap(({ organizationId }) => organizationId ?? []);
      const withServices = await this.services.organizationsAmong(organizations);
      const shownByNone = batch.filter(({ organizationId }) => !organizationId || !withServices.has(organizationId));
      await this.list('location', idsOf(shownByNone));
      await locations.settled(shownByNone);
      await progress();
    }
  }

  private async drawWhileAsked(): Promise<void> {
    while (this.again && !this.loop.isStopping) {
      this.again = false;
      const stop = async () => {
        if (this.loop.isStopping) throw new Error('stopping');
      };
      // whatever stands in the way, the loop finds what is left
      await this.draw(new Date(), stop).catch(() => undefined);
    }
  }

  private async ofTaxonomies(until: Date): Promise<boolean> {
    const { taxonomies } = this.records;
    const pending = await taxonomies.pending(until, BATCH);
    await this.drawTerms(await this.carried.renewTermsOf(idsOf(pending.filter(mayBeShown))));
    await this.list('taxonomy', idsOf(pending));
    await taxonomies.settled(pending);
    return pending.length > 0;
  }

  private async ofTerms(until: Date): Promise<boolean> {
    const pending = await this.records.terms.pending(until, BATCH);
    await this.drawTerms(pending);
    return pending.length > 0;
  }

  /** Also of new ones: terms stand in services by value, and a service may have carried one before it was a record. */
  private async drawTerms(pending: readonly Settled[]): Promise<void> {
    const { terms } = this.records;
    const records = await terms.byIds(idsOf(pending));
    const current = new Map([...records].map(([id, { content }]) => [id, content]));
    const showing = this.services.showing({ organizations: [], locations: [], terms: idsOf(pending) });
    for await (const batch of inBatches(showing, BATCH)) await this.showAgain(idsOf(batch), current);
    await this.drawLocations(await this.carried.renewLocationsWith(current));
    await this.drawOrganizations(await this.carried.renewOrganizationsWith(current));
    await this.list('taxonomy_term', idsOf(pending));
    await terms.settled(pending);
  }

  private async ofLocations(until: Date): Promise<boolean> {
    const pending = await this.records.locations.pending(until, BATCH);
    if (pending.length > 0) await this.drawLocations(pending);
    return pending.length > 0;
  }

  private async drawLocations(pending: readonly Settled[]): Promise<void> {
    const { locations } = this.records;
    const records = await locations.byIds(idsOf(pending));
    const organizations = [...records.values()].flatMap(({ content, formerOrganizations = [] }) => [
      ...(content.organization_id ? [content.organization_id] : []),
      ...formerOrganizations,
    ]);
    await this.showChanged(organizations, idsOf(pending.filter(mayBeShown)));
    await this.list('location', idsOf(pending));
    await locations.settled(pending);
  }

  private async ofOrganizations(until: Date): Promise<boolean> {
    const pending = await this.records.organizations.pending(until, BATCH);
    if (pending.length > 0) await this.drawOrganizations(pending);
    return pending.length > 0;
  }

  private async drawOrganizations(pending: readonly Settled[]): Promise<void> {
    await this.showChanged(idsOf(pending.filter(mayBeShown)), []);
    await this.list('organization', idsOf(pending));
    await this.records.organizations.settled(pending);
  }

  private async ofServices(until: Date): Promise<boolean> {
    const pending = await this.services.pending(until, BATCH);
    if (pending.length === 0) return false;
    let services = await this.services.byIds(idsOf(pending));
    for (;;) {
      const found = [...services.values()];
      const organizations = await this.records.organizationsWithLocations(found.map((one) => one.organizationId));
      const replaced = await this.places.replace(
        found.map(({ id, version, modifiedAt, withdrawn, content, organizationId }) => ({
          serviceId: id,
          version,
          modifiedAt,
          places: (withdrawn ? [] : (content.service_at_locations ?? [])).map((place) => ({
            id: place.id,
            ...placeFacts(place, content, organizations.get(organizationId)!),
          })),
        })),
      );
      await this.listings.put(
        found.map(({ id, version, modifiedAt, withdrawn, content, organizationId }) => ({
          ...factsOf(content, organizations.get(organizationId)!),
          ...{ id, version, modifiedAt, withdrawn },
        })),
      );
      await this.changes.append([
        ...[...services.keys()].map((id) => ({ kind: 'service' as const, id })),
        ...replaced.map((id) => ({ kind: 'service_at_location' as const, id })),
      ]);
      if (await this.services.settled(found)) return true;
      // one of them has changed again: somebody may have derived its places before we wrote those of the older version
      services = await this.services.byIds(idsOf(pending));
    }
  }

  /** Publishes the services that show one of these records and do not show it as it is now. */
  private async showChanged(organizations: readonly string[], locations: readonly string[]): Promise<void> {
    for await (const batch of inBatches(this.services.showing({ organizations, locations, terms: [] }), BATCH))
      await this.showAgain(await this.stale(batch), new Map());
  }

  /** Those of the services that do not show their organization and their locations as they are now. */
  private async stale(services: readonly ServiceShowing[]): Promise<string[]> {
    const { organizations, locations } = await this.records.hashesFor(
      services.map((service) => service.organizationId),
      services.flatMap((service) => service.locationIds),
    );
    const owned = new Map<string, string[]>();
    for (const [id, { organizationId }] of locations)
      if (organizationId) owned.set(organizationId, [...(owned.get(organizationId) ?? []), id]);
    const stale = services.filter((service) => {
      const organization = organizations.get(service.organizationId);
      const shown = [...(owned.get(service.organizationId) ?? []), ...service.locationIds];
      const hashes = shown.flatMap((id) => (locations.has(id) ? [[id, locations.get(id)!.hash] as const] : []));
      const now = organization && shownHash({ organization: organization.hash, locations: new Map(hashes) });
      return now !== undefined && now !== service.shownHash;
    });
    return idsOf(stale);
  }

  /** Publishes services with what they show now; nothing happens where that is what they showed before. */
  private async showAgain(ids: readonly string[], terms: ReadonlyMap<string, HsdsTaxonomyTerm>): Promise<void> {
    if (ids.length === 0) return;
    const services = [...(await this.services.byIds(ids)).values()].filter(({ withdrawn }) => !withdrawn);
    const organizations = await this.records.organizationsWithLocations(services.map((one) => one.organizationId));
    const overtaken: string[] = [];
    await inParallel(services, async ({ id, organizationId, version, hash, ...service }) => {
      const organization = organizations.get(organizationId)!;
      const content = withTerms(service.content, terms);
      if (hashesOfNested(content, organization).hash === hash) return;
      try {
        await this.services.publish({ content, organization }, 'shown', { expectedVersion: version });
      } catch (error) {
        if (!(error instanceof Refusal && error.code === 'version-mismatch')) throw error;
        overtaken.push(id);
      }
    });
    // whoever was faster may have read what the service shows before it changed
    await this.showAgain(overtaken, terms);
  }

  private async list(kind: ChangedKind, ids: readonly string[]): Promise<void> {
    await this.changes.append(ids.map((id) => ({ kind, id })));
  }
}

const idsOf = (records: readonly { id: string }[]): string[] => records.map(({ id }) => id);

/** An organization or a location is written before what shows it: until its first change it is shown as it is. */
const mayBeShown = ({ version }: Settled): boolean => version > 1;
