import { RequestMethod, type INestApplicationContext } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { accessOf, type Access } from '../auth/index.js';
import { TAKES_IDEMPOTENCY_KEY } from './idempotency-key.js';
import { TAKES_IF_MATCH } from './if-match.js';

/** One route of a service, for the access check, the OpenAPI document and the matrix test of (role, route). */
export interface Route {
  method: string;
  /** Template, as in `/v1/referrals/:id`. */
  path: string;
  controller: string;
  handler: string;
  access: Access;
  /** It takes an `Idempotency-Key` header. */
  idempotencyKey: boolean;
  /** It takes an `If-Match` header. */
  ifMatch: boolean;
}

const pathsOf = (metadata: unknown): string[] =>
  (Array.isArray(metadata) ? metadata : [metadata]).map((path) => (typeof path === 'string' ? path : ''));

const join = (...parts: string[]): string =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`;

/**
 * Every route of the controllers. Throws an Error that names each route that says nothing about who may call it, so
 * that a forgotten decorator stops the start and not an attacker.
 */
export function routesOf(app: INestApplicationContext): Route[] {
  const routes: Route[] = [];
  const undeclared: string[] = [];
  const controllers = new Set(
    [...app.get(ModulesContainer).values()].flatMap((module) =>
      [...module.controllers.values()].map((wrapper) => wrapper.metatype as { name: string; prototype: object }),
    ),
  );
  for (const controller of controllers) {
    const prototype = controller.prototype as Record<string, object>;
    for (const name of new MetadataScanner().getAllMethodNames(prototype)) {
      const handler = prototype[name] as object;
      const path: unknown = Reflect.getMetadata(PATH_METADATA, handler);
      if (path === undefined) {
        continue; // no route: a helper, or a handler of events
      }
      const access = accessOf(handler, controller);
      if (access === undefined) {
        undeclared.push(`${controller.name}.${name}`);
        continue;
      }
      const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number] ?? 'ALL';
      for (const base of pathsOf(Reflect.getMetadata(PATH_METADATA, controller))) {
        for (const own of pathsOf(path)) {
          routes.push({
            method,
            path: join(base, own),
            controller: controller.name,
            handler: name,
            access,
            idempotencyKey: Reflect.getMetadata(TAKES_IDEMPOTENCY_KEY, prototype, name) === true,
            ifMatch: Reflect.getMetadata(TAKES_IF_MATCH, prototype, name) === true,
          });
        }
      }
    }
  }
  if (undeclared.length > 0) {
    throw new Error(`say with @Roles(...) or @Public() who may call ${undeclared.join(', ')}`);
  }
  return routes;
}

const templateToRegExp = (template: string): RegExp =>
  new RegExp(
    `^${template
      .split('/')
      .map((part) =>
        part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&'),
      )
      .join('/')}$`,
  );

/** Collects the routes of a server as they are added, and answers which methods an address has. */
export function methodsByAddress(fastify: FastifyInstance): (url: string) => string[] {
  const methods = new Map<string, Set<string>>();
  fastify.addHook('onRoute', ({ method, url }) => {
    const known = methods.get(url) ?? new Set();
    methods.set(url, new Set([...known, ...(Array.isArray(method) ? method : [method])]));
  });
  return (url) => {
    const path = url.split('?', 1)[0] ?? '/';
    const found = [...methods].filter(([template]) => templateToRegExp(template).test(path));
    return [...new Set(found.flatMap(([, names]) => [...names]))].sort();
  };
}
