import type * as swagger from '@nestjs/swagger';

export type { ApiQueryOptions } from '@nestjs/swagger';

type Swagger = typeof swagger;
type Decorators = {
  [Name in keyof Swagger]: Swagger[Name] extends (...options: never[]) => ClassDecorator | MethodDecorator
    ? Name
    : never;
}[keyof Swagger];

const waiting: ((library: Swagger) => void)[] = [];

/** A decorator of `@nestjs/swagger` with its own arguments, carried out when somebody asks for the document. */
function later<Name extends Decorators>(name: Name): Swagger[Name] {
  const decorator =
    (...options: unknown[]) =>
    (...target: unknown[]): void => {
      const describe = (library: Swagger): void => {
        const made = library[name] as unknown as (...given: unknown[]) => (...on: unknown[]) => void;
        made(...options)(...target);
      };
      waiting.push(describe);
    };
  return decorator as unknown as Swagger[Name];
}

/*
 * The decorators that our controllers use. The library itself takes 9 MB, which a service whose reference nobody reads
 * has better use for: it is loaded for the first document.
 */
export const ApiBody = later('ApiBody');
export const ApiConsumes = later('ApiConsumes');
export const ApiCreatedResponse = later('ApiCreatedResponse');
export const ApiExcludeController = later('ApiExcludeController');
export const ApiHeader = later('ApiHeader');
export const ApiNoContentResponse = later('ApiNoContentResponse');
export const ApiOkResponse = later('ApiOkResponse');
export const ApiOperation = later('ApiOperation');
export const ApiParam = later('ApiParam');
export const ApiProduces = later('ApiProduces');
export const ApiQuery = later('ApiQuery');
export const ApiResponse = later('ApiResponse');
export const ApiTags = later('ApiTags');

/** Loads the library, and describes to it whatever was decorated since the last time, in that order. */
export async function describedToSwagger(): Promise<Swagger> {
  const library = await import('@nestjs/swagger');
  for (const describe of waiting.splice(0)) describe(library);
  return library;
}
