/** Every event of the platform, by type. For documents, the log reader and tests; a service imports the events of its owner. */
import type { EventDefinition } from '../event.ts';
import * as applications from './applications.ts';
import * as externalIssuers from './external-issuers.ts';
import * as gateway from './gateway.ts';
import * as licenses from './licenses.ts';
import * as memberSystem from './member-system.ts';
import * as orders from './orders.ts';
import * as points from './points.ts';
import * as vip from './vip.ts';
import * as webhooks from './webhooks.ts';

const modules: Readonly<Record<string, unknown>>[] = [
  gateway,
  externalIssuers,
  points,
  memberSystem,
  orders,
  vip,
  licenses,
  applications,
  webhooks,
];
const isEvent = (value: unknown): value is EventDefinition =>
  typeof value === 'object' &&
  value !== null &&
  'aggregate' in value &&
  'producer' in value &&
  'type' in value;

export const allEvents: readonly EventDefinition[] = modules
  .flatMap((module) => Object.values(module).filter(isEvent))
  .sort((left, right) => left.type.localeCompare(right.type));
export const eventsByType: ReadonlyMap<string, EventDefinition> = new Map(
  allEvents.map((event) => [event.type, event]),
);
