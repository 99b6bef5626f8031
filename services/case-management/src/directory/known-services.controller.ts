import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { HiddenFrom, Roles } from '@throughline/shared/auth';
import { pageOf, type Page } from '@throughline/shared/http';
import { KnownServicesRepository, type FoundService } from './known-services.repository.js';
import { servicesPage, servicesQuery, type Service, type ServicesQuery } from './known-services.schemas.js';

const shown = ({ serviceId, status: _active, sortName: _order, ...details }: FoundService): Service => ({
  id: serviceId,
  ...details,
});

/** The services that a client can be linked to. */
@ApiTags('Services')
@Controller('v1/services')
@HiddenFrom('officer', 'supervisor')
export class KnownServicesController {
  constructor(private readonly services: KnownServicesRepository) {}

  @Get()
  @ApiOperation({ summary: 'Search the active services of the directory that a need can be linked to.' })
  @Roles('case-manager', 'coordinator')
  @ApiOkResponse({ standardSchema: servicesPage, description: 'Active services by name, those that match each word.' })
  async list(@Query({ schema: servicesQuery }) { search, limit, cursor }: ServicesQuery): Promise<Page<Service>> {
    const found = await this.services.find(search, limit + 1, cursor);
    const page = pageOf(found, limit, ({ sortName, serviceId }) => [sortName, serviceId]);
    return { ...page, items: page.items.map(shown) };
  }
}
