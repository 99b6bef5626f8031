import { takenIn } from '../domain/edits.js';
import { sameValue } from '../domain/history/field-changes.js';
import type { HsdsOrganization, HsdsServiceContent } from '../domain/hsds.js';
import { organizationAsEdited, serviceAsEdited, type EditedShown } from '../domain/import/as-edited.js';
import type { RowPlace } from '../domain/import/kept-edits.js';
import { locationIdsOf, withLocations, withoutLocations } from '../domain/record-links.js';
import type { DirectoryRecords } from '../records/directory-records.js';
import { inParallel } from '../records/in-parallel.js';
import { hashesOfNested } from '../records/record-hash.js';
import type { OwnedService, ServiceToPublish } from '../services/service-state.js';
import type { EditedService, ServicesRepository } from '../services/services.repository.js';
import { isOvertaken, type Writing } from './records-writer.js';

/** A service as a dataset brings it, with the organization that its files name. */
export interface BroughtService {
  content: HsdsServiceContent;
  organization: HsdsOrganization;
  place: RowPlace | undefined;
}

/** Publishes the services that a dataset brings, as `RecordsWriter` writes records. */
export class ServicesWriter {
  readonly counts = { published: 0, unchanged: 0, withdrawn: 0 };
  private readonly present = new Set<string>();

  /** @param origin names the import */
  constructor(
    private readonly services: ServicesRepository,
    private readonly records: DirectoryRecords,
    private readonly shown: EditedShown,
    private readonly writing: Writing & { origin: string },
  ) {}

  async write(brought: readonly BroughtService[]): Promise<void> {
    const { dataset, dryRun, origin } = this.writing;
    const ids = brought.map(({ content }) => content.id);
    for (const id of ids) this.present.add(id);
    const edited = await this.services.editedAmong(ids);
    const before = await this.services.hashesOf(ids);
    const changed: (BroughtService & { service: ServiceToPublish })[] = [];
    for (const one of brought) {
      const content = serviceAsEdited(one.content, this.shown);
      const organization = organizationAsEdited(one.organization, this.shown);
      const mark = edited.get(content.id);
      if (mark) await this.keep({ ...one, content, organization }, mark, before.get(content.id));
      else if (before.get(content.id) === hashesOfNested(content, organization).hash) this.counts.unchanged += 1;
      else changed.push({ ...one, service: { content, organization, dataset } });
    }
    this.counts.published += changed.length;
    if (dryRun) return;
    const byId = new Map(changed.map((one) => [one.service.content.id, one]));
    const there = await this.services.publishNew(
      changed.map(({ service }) => service),
      origin,
    );
    await inParallel(there, async (service) => {
      try {
        await this.services.publish(service, origin);
      } catch (error) {
        if (!isOvertaken(error)) throw error;
        this.counts.published -= 1;
        await this.write([byId.get(service.content.id)!]);
      }
    });
  }

  async withdrawVanished(): Promise<void> {
    const { dataset, dryRun, kept } = this.writing;
    const vanished: string[] = [];
    for await (const id of this.services.idsOf(dataset)) if (!this.present.has(id)) vanished.push(id);
    this.counts.withdrawn = vanished.length;
    for (const id of (await this.services.editedAmong(vanished)).keys())
      kept.add({ code: 'withdrawn-edited', kind: 'service', id });
    if (!dryRun) await inParallel(vanished, (id) => this.services.withdraw(id));
  }

  private async keep(brought: BroughtService, edited: EditedService, hash: string | undefined): Promise<void> {
    const { dataset, dryRun, kept, origin } = this.writing;
    const told = { kind: 'service', id: brought.content.id, ...brought.place };
    if (edited.edits.withdrawn) {
      kept.add({ code: 'kept-withdrawn', ...told });
      this.counts.unchanged += 1;
      return;
    }
    const brings: OwnedService = { ...withoutLocations(brought.content), organization_id: brought.organization.id };
    const taken = takenIn(edited.edits, edited.content, brings);
    const whole = sameValue(taken.content, edited.content) ? edited.content : taken.content;
    const service = { ...(await this.joined(whole, brought)), dataset };
    const unchanged = hash !== undefined && hash === hashesOfNested(service.content, service.organization).hash;
    if (!dryRun && !(unchanged && sameValue(taken.edits, edited.edits))) {
      try {
        const options = { edits: taken.edits ?? null, expectedVersion: edited.version };
        await this.services.publish(service, origin, options);
      } catch (error) {
        if (!isOvertaken(error)) throw error;
        return this.write([brought]);
      }
    }
    for (const field of taken.kept) kept.add({ code: 'kept-edited', ...told, field });
    this.counts[unchanged ? 'unchanged' : 'published'] += 1;
  }

  /** A service with what it shows, which need not be what its dataset says. */
  private async joined({ organization_id: organizationId, ...content }: OwnedService, brought: BroughtService) {
    const places = brought.content.service_at_locations ?? [];
    const locations = new Map([
      ...(await this.records.locationsByIds(locationIdsOf(content))),
      ...places.flatMap(({ location }) => (location ? [[location.id, location] as const] : [])),
    ]);
    const organization =
      organizationId === brought.organization.id
        ? brought.organization
        : (await this.records.organizationsWithLocations([organizationId])).get(organizationId);
    if (!organization) throw new Error(`service ${content.id} names an organization that is not in the database`);
    return { content: withLocations(content, locations), organization };
  }
}
