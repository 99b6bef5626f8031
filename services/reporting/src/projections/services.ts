import { ServicePublished, ServiceWithdrawn, type CloudEvent } from '@throughline/shared/contracts';
import { matchEvent, on } from '@throughline/shared/messaging';
import type { DirectoryService } from '../domain/records.js';

/** A directory service's record after one of its events. A withdrawn one keeps its name: past linkages still need it. */
export function evolveService(known: DirectoryService | undefined, event: CloudEvent): DirectoryService {
  const service: DirectoryService = known ?? { serviceId: event.subject, categories: [] };
  const learned = matchEvent<Partial<DirectoryService>>(
    event,
    on(ServicePublished, ({ name, organizationId, organizationName, categories }) => ({
      name,
      organizationId,
      organizationName,
      categories,
      withdrawnAt: undefined,
    })),
    on(ServiceWithdrawn, ({ withdrawnAt }) => ({ withdrawnAt: new Date(withdrawnAt) })),
  );
  return { ...service, ...learned };
}
