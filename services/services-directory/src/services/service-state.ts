import { ServiceCapacityUpdated, ServicePublished } from '@throughline/shared/contracts';
import { occurred, type NewEvent } from '@throughline/shared/persistence';
import { announcementOf, capacitiesAnnounced, referencesOf, type References } from '../domain/directory-entry.js';
import type { Edits } from '../domain/edits.js';
import { sameValue } from '../domain/history/field-changes.js';
import type { HistoryEntry } from '../domain/history/record-history.js';
import type { HsdsOrganization, HsdsServiceContent } from '../domain/hsds.js';
import { withoutLocations, type LinkedServiceContent } from '../domain/record-links.js';
import { hashesOfNested } from '../records/record-hash.js';
import { BY_HAND } from '../records/record-writes.js';

/** A service as it is kept: the HSDS record without organization and locations, and what it refers to. */
export interface ServiceState extends References {
  /** The dataset that brought it; only an import of the same dataset may withdraw it. */
  dataset: string;
  /** Of the record with its organization and its locations, so that what has not changed is neither written nor announced again. */
  hash: string;
  /** Of the organization and the locations alone, so that a change of one of them is seen without reading the record. */
  shownHash: string;
  modifiedAt: Date;
  /** A withdrawn service stays as a tombstone: its event log ends with why it is gone. */
  withdrawn: boolean;
  /** True until everything that follows from its last change was done, see `Consequences`. */
  pending?: true;
  content: LinkedServiceContent;
  /** What has been changed, the newest part of it; absent as long as the service is as it was first written. */
  history?: HistoryEntry[];
  /** What a person has changed and no import may undo; of the content with its `organization_id`. */
  edits?: Edits;
}

/** A service on its way into the directory. */
export interface ServiceToPublish {
  content: HsdsServiceContent;
  organization: HsdsOrganization;
  /** The dataset that brings it, where one does. What anybody else changes stays with its dataset. */
  dataset?: string;
}

/** A service that is published at that time, as if nothing were known of it. */
export function stateOf({ content, organization, dataset = BY_HAND }: ServiceToPublish, at: Date): ServiceState {
  const { shown, hash } = hashesOfNested(content, organization);
  return {
    dataset,
    hash,
    shownHash: shown,
    modifiedAt: at,
    withdrawn: false,
    pending: true,
    ...referencesOf(content, organization),
    content: withoutLocations(content),
  };
}

/** A service as it is kept, with its organization. */
export type OwnedService = LinkedServiceContent & { organization_id: string };

/** The record as its history and its edits are about it: with its organization, which is a field of it too. */
export const withOrganizationId = ({
  content,
  organizationId,
}: Pick<ServiceState, 'content' | 'organizationId'>): OwnedService => ({ ...content, organization_id: organizationId });

/** What the publication of a service announces: the service, unless nothing but its room has changed; and its room, if that has. */
export function eventsOf(
  before: ServiceState | undefined,
  after: ServiceState,
  { content, organization }: ServiceToPublish,
): NewEvent[] {
  const at = after.modifiedAt;
  const capacities = capacitiesAnnounced(after.content);
  const roomChanged = !sameValue(capacities, before ? capacitiesAnnounced(before.content) : []);
  const room = { serviceId: after.content.id, capacities, updatedAt: at.toISOString() };
  const roomAlone =
    roomChanged && before !== undefined && !before.withdrawn && sameValue(butRoom(before), butRoom(after));
  return [
    ...(roomAlone ? [] : [occurred(ServicePublished, announcementOf(content, organization, at))]),
    ...(roomChanged ? [occurred(ServiceCapacityUpdated, room)] : []),
  ];
}

const butRoom = ({ content: { capacities: _room, ...content }, organizationId, shownHash }: ServiceState) => ({
  content,
  organizationId,
  shownHash,
});

/** The first version of a service in the directory. @param origin names what makes it, for example an import */
export function publicationOf(service: ServiceToPublish, origin: string, at: Date) {
  const state = stateOf(service, at);
  const { hash, content } = state;
  const change = { state, events: eventsOf(undefined, state, service) };
  return { id: content.id, change, command: { key: `publish:${origin}:${hash}`, hash } };
}
