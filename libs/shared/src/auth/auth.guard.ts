import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../domain/index.js';
import type { Log } from '../observability/index.js';
import { accessOf, principalOfRequest, rememberPrincipal, type Access } from './access.js';
import type { Principal } from './principal.js';
import type { TokenVerifier } from './token-verifier.js';

/** RFC 6750, 2.1: the header alone. Tokens in the query or the body would end up in logs. */
const BEARER = /^Bearer ([\w.~+/=-]{1,8192})$/i;

/** Denies by default: a route is open only as far as its decorators say. Events do not pass here. */
export class AuthGuard implements CanActivate {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly log: Log,
    /** Counts a request of a caller: its principal if verified, else its address. Throws when there are too many. */
    private readonly admit: (caller: string) => void,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') {
      return true;
    }
    const access = accessOf(context.getHandler(), context.getClass());
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (access?.public) {
      this.admit(`address ${request.ip}`);
      return true;
    }
    this.#authorize(access, principalOfRequest(request) ?? (await this.authenticate(request)), request);
    return true;
  }

  /** Finds out who is calling. Also done before the body is read, so that nobody unknown can make us read a large one. */
  async authenticate(request: FastifyRequest): Promise<Principal> {
    try {
      const principal = await this.#verify(request);
      rememberPrincipal(request, principal);
      this.admit(`principal ${principal.id}`);
      return principal;
    } catch (refusal) {
      if (principalOfRequest(request) === undefined) {
        this.admit(`address ${request.ip}`);
      }
      throw refusal;
    }
  }

  async #verify(request: FastifyRequest): Promise<Principal> {
    const header = request.headers.authorization;
    if (header === undefined) {
      throw new Refusal('unauthenticated', 'token-required', 'Send an access token as "Authorization: Bearer ...".');
    }
    const token = BEARER.exec(header)?.[1];
    if (token === undefined) {
      throw new Refusal('unauthenticated', 'invalid-token', 'The Authorization header holds no bearer token.');
    }
    return this.verifier.verify(token);
  }

  #authorize(access: Access | undefined, principal: Principal, request: FastifyRequest): void {
    if (access?.hiddenFrom.some((role) => principal.roles.includes(role))) {
      this.log.warn('a hidden route was asked for and answered as not found', {
        event: 'police-wall',
        actor: principal.id,
        roles: principal.roles,
        method: request.method,
        route: request.routeOptions.url,
      });
      throw new Refusal('not-found', 'not-found', 'There is nothing at this address.');
    }
    if (!access?.roles.some((role) => principal.roles.includes(role))) {
      throw new Refusal('forbidden', 'role-not-permitted', 'Your role does not permit this.');
    }
  }
}
