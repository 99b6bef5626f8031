import { BaseRpcContext } from '@nestjs/microservices';

/** What a handler may ask about the delivery of its event. */
export class EventContext extends BaseRpcContext<[queue: string]> {
  get queue(): string {
    return this.args[0];
  }
}
