/** libs/contracts/generated/openapi*.json: an OpenAPI 3.1 document of all services in each language, read from the contracts. */
import { CONTEXT_HEADER } from '@membership/contracts/claims';
import * as applications from '@membership/contracts/endpoints/applications/index';
import * as gateway from '@membership/contracts/endpoints/gateway/index';
import { allEndpoints } from '@membership/contracts/endpoints/index';
import * as licenses from '@membership/contracts/endpoints/licenses/index';
import * as points from '@membership/contracts/endpoints/points/index';
import * as stats from '@membership/contracts/endpoints/stats/index';
import * as vip from '@membership/contracts/endpoints/vip/index';
import { parameterTexts } from '@membership/contracts/parameter-texts';
import { INTRODUCTION, SERVER, TITLE } from '@membership/contracts/reference';
import { tagGroups, tagNamed, tagNames } from '@membership/contracts/tags';
import type { Language } from '@membership/contracts/text';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { unboxed } from './languages.ts';
import { commonComponents } from './openapi-components.ts';
import { operation } from './openapi-operation.ts';
import { refusalComponents } from './openapi-refusals.ts';
import { nameSharedSchemas, readable, withoutUnusedSchemas } from './openapi-schemas.ts';
import { jsonFile, sorted, type GeneratedFile } from './text-file.ts';

/** The English document has the name without a language: clients are made from it. */
const FILES: Readonly<Record<Language, string>> = { zh: 'openapi.zh.json', en: 'openapi.json' };

function tagsIn(language: Language) {
  const used = new Set<string>(allEndpoints.map(({ tag }) => tag));
  const names = tagNames.filter((name) => used.has(name));
  return {
    tags: names.map((name) => ({
      name: tagNamed(name).name[language],
      description: tagNamed(name).description[language],
    })),
    'x-tagGroups': tagGroups.map(({ name, tags }) => ({
      name: name[language],
      tags: Object.entries(tags).flatMap(([key, tag]) => (used.has(key) ? [tag.name[language]] : [])),
    })),
  };
}

type Described = { name?: string; description?: string; schema?: { description?: string; $ref?: string } };
/** A parameter that does not say what it is for says what its name means everywhere. */
function describeParameters(paths: object, language: Language): void {
  for (const item of Object.values(paths))
    for (const { parameters = [] } of Object.values(item as Record<string, { parameters?: Described[] }>))
      for (const one of parameters) {
        const text = parameterTexts[one.name ?? ''];
        if (text && !one.description && !one.schema?.description) one.description = text[language];
      }
}

/** The document. Public endpoints of the gateway alone are those that it serves without a token. */
export function openapiDocument(version: string, language: Language): GeneratedFile {
  nameSharedSchemas({ gateway, points, vip, licenses, applications, stats });
  const byPath = new Map<string, Record<string, ZodOpenApiOperationObject>>();
  for (const one of allEndpoints) {
    const path = one.path.replace(/:(\w+)/g, '{$1}');
    byPath.set(path, { ...byPath.get(path), [one.method]: operation(one, language) });
  }
  const document = createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: TITLE[language],
        version,
        description: INTRODUCTION[language],
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: SERVER[language] }],
      ...tagsIn(language),
      paths: sorted(byPath) as ZodOpenApiPathsObject,
      components: {
        ...commonComponents(
          language,
          allEndpoints.some((one) => one.deprecated !== undefined),
        ),
        ...refusalComponents(allEndpoints, language),
      },
    },
    { override: readable },
  );
  describeParameters(document.paths ?? {}, language);
  const text = JSON.stringify(document);
  if (text.toLowerCase().includes(CONTEXT_HEADER))
    throw new Error('the internal context header stands in the public document');
  const whole = unboxed(withoutUnusedSchemas(document as never), language);
  return jsonFile(`libs/contracts/generated/${FILES[language]}`, whole);
}
