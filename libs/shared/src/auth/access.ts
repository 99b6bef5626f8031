import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Principal, Role } from './principal.js';

/** Who may call a route. */
export interface Access {
  public: boolean;
  roles: readonly Role[];
  hiddenFrom: readonly Role[];
}

const PUBLIC = 'throughline:public';
const ROLES_ALLOWED = 'throughline:roles';
const HIDDEN_FROM = 'throughline:hidden-from';

/** Opens a route to callers who hold one of these roles. On a controller it holds for each route without its own. */
export const Roles = (...roles: [Role, ...Role[]]): ClassDecorator & MethodDecorator =>
  SetMetadata(ROLES_ALLOWED, roles);

/** Opens a route to everybody, without a token. A token that is sent all the same is not looked at. */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata(PUBLIC, true);

/**
 * Hides a route from these roles: it answers 404 as if it did not exist, even to a caller who holds an allowed role
 * too, and an audit line is logged. This is the police wall: that there is a case at all is already an answer.
 */
export const HiddenFrom = (...roles: [Role, ...Role[]]): ClassDecorator & MethodDecorator =>
  SetMetadata(HIDDEN_FROM, roles);

const metadata = <T>(key: string, handler: object, controller: object): T | undefined =>
  (Reflect.getMetadata(key, handler) as T | undefined) ?? (Reflect.getMetadata(key, controller) as T | undefined);

/** What the decorators say about one route; undefined where they say nothing, which refuses the route. */
export function accessOf(handler: object, controller: object): Access | undefined {
  const ownRoles = Reflect.getMetadata(ROLES_ALLOWED, handler) as Role[] | undefined;
  const isPublic = ownRoles === undefined && metadata<boolean>(PUBLIC, handler, controller) === true;
  const roles = isPublic ? [] : metadata<Role[]>(ROLES_ALLOWED, handler, controller);
  const hiddenFrom = metadata<Role[]>(HIDDEN_FROM, handler, controller) ?? [];
  return roles === undefined ? undefined : { public: isPublic, roles, hiddenFrom };
}

const principals = new WeakMap<object, Principal>();

/** Only the guard calls this, with a verified principal. */
export function rememberPrincipal(request: FastifyRequest, principal: Principal): void {
  principals.set(request.raw, principal);
}

/** The verified caller of a request, or undefined on a public route. */
export function principalOfRequest(request: FastifyRequest): Principal | undefined {
  return principals.get(request.raw);
}

/** The verified caller, as a parameter of a route with `@Roles`. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const principal = principalOfRequest(context.switchToHttp().getRequest<FastifyRequest>());
  if (principal === undefined) {
    throw new Error('@CurrentPrincipal() stands on a public route, where nobody is known');
  }
  return principal;
});
