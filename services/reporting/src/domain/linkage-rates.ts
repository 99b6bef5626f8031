import { casesOf, type Course } from './courses.js';
import { groupBy } from './grouping.js';
import type { DirectoryService, Linkage } from './records.js';

/** How needs are met: each count is a part of the one before it. */
export interface LinkageCounts {
  /** Needs that were linked to a service, or for a service, linkages that were asked for. */
  requested: number;
  /** Of these, taken by a provider. */
  accepted: number;
  /** Of these, completed with an outcome. */
  completed: number;
}

export interface CategoryRates extends LinkageCounts {
  /** Category of the need, for example `housing`. */
  category: string;
  needs: number;
  /** Share of the needs that were linked to a service, 0 to 1. */
  linkageRate: number;
}

export interface ServiceUse extends LinkageCounts {
  serviceId: string;
  /** Absent until the directory has announced the service. */
  name?: string;
  organizationName?: string;
}

/** A service that is in progress or completed was accepted, also where its provider skipped the step. */
const ACCEPTANCE = ['acceptedAt', 'startedAt', 'completedAt'] as const;

function countsAt(groups: readonly (readonly Linkage[])[], asOf: Date): LinkageCounts {
  const until = (time: Date | undefined): boolean => time !== undefined && time <= asOf;
  const requested = groups
    .map((linkages) => linkages.filter(({ requestedAt }) => until(requestedAt)))
    .filter(({ length }) => length > 0);
  const some = (test: (linkage: Linkage) => boolean): number =>
    requested.filter((linkages) => linkages.some(test)).length;
  return {
    requested: requested.length,
    accepted: some((linkage) => ACCEPTANCE.some((step) => until(linkage[step]))),
    completed: some(({ completedAt }) => until(completedAt)),
  };
}

/** Needs and what became of them by category, as they stood at that instant, most needs first. */
export function linkageRates(courses: readonly Course[], asOf: Date): CategoryRates[] {
  const needs = casesOf(courses).flatMap(({ case: served, linkages }) =>
    (served?.needs ?? [])
      .filter(({ recordedAt }) => recordedAt <= asOf)
      .map(({ needId, category }) => ({ category, linkages: linkages.filter((linkage) => linkage.needId === needId) })),
  );
  return [...groupBy(needs, ({ category }) => category)]
    .map(([category, group]) => {
      const counts = countsAt(
        group.map(({ linkages }) => linkages),
        asOf,
      );
      return { category, needs: group.length, ...counts, linkageRate: counts.requested / group.length };
    })
    .sort((a, b) => b.needs - a.needs || (a.category < b.category ? -1 : 1));
}

/** Linkages by service of the directory, as they stood at that instant, most asked for first. */
export function serviceUse(
  courses: readonly Course[],
  services: readonly DirectoryService[],
  asOf: Date,
): ServiceUse[] {
  const byId = new Map(services.map((service) => [service.serviceId, service]));
  const linkages = casesOf(courses).flatMap((course) => course.linkages.filter(({ serviceId }) => serviceId));
  return [...groupBy(linkages, ({ serviceId }) => serviceId!)]
    .map(([serviceId, group]) => {
      const { name, organizationName } = byId.get(serviceId) ?? {};
      const counts = countsAt(
        group.map((linkage) => [linkage]),
        asOf,
      );
      return { serviceId, ...(name && { name }), ...(organizationName && { organizationName }), ...counts };
    })
    .filter(({ requested }) => requested > 0)
    .sort((a, b) => b.requested - a.requested || (a.serviceId < b.serviceId ? -1 : 1));
}
