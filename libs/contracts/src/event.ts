/** Facts between services: one definition gives type, schema and document (spec/events.md). CloudEvents 1.0, structured JSON. */
import { z } from 'zod';
import type { ServiceName } from './claims.ts';
import type { Text } from './text.ts';

export const EVENT_CONTENT_TYPE = 'application/cloudevents+json';
/** Extensions: `tenantid`, `actor`, `correlationid`, `causationid`, `traceparent`, `sequence` (gapless per aggregate). */
export const envelopeFields = {
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(128),
  source: z.string(),
  type: z.string(),
  subject: z.string(),
  time: z.iso.datetime({ offset: true }),
  datacontenttype: z.literal('application/json'),
  tenantid: z.int().positive(),
  actor: z.string(),
  correlationid: z.string(),
  causationid: z.string().optional(),
  traceparent: z.string().optional(),
  sequence: z.int().min(1),
};
/** Receivers ignore unknown fields. */
export const anyEnvelope = z.looseObject({ ...envelopeFields, data: z.record(z.string(), z.unknown()) });

export type Envelope<Data = Record<string, unknown>> = {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** Id of the aggregate. */
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly tenantid: number;
  /** Who caused it: `user:<id>`, `client:<id>` (an API key: `client:key@<id>`; signed webhooks: `client:webhook@<tenant>`) or `system:<service>`. */
  readonly actor: string;
  /** The request that it goes back to. */
  readonly correlationid: string;
  /** The event that caused this one. */
  readonly causationid?: string;
  readonly traceparent?: string;
  /** Counted in the aggregate, without gaps. */
  readonly sequence: number;
  readonly data: Data;
};

export type EventDefinition<Type extends string = string, Schema extends z.ZodType = z.ZodType> = {
  readonly type: Type;
  readonly producer: ServiceName;
  /** Kind of the thing that `subject` names and `sequence` counts. */
  readonly aggregate: string;
  /** When it is true, and what its doubtful fields mean. */
  readonly description: Text;
  readonly data: Schema;
};
export type DataOf<E> = E extends EventDefinition<string, infer S> ? z.output<S> : never;
/** What a producer hands over. */
export type FactOf<E> = E extends EventDefinition<string, infer S> ? z.input<S> : never;

const TYPE = /^[a-z][a-z_]*\.[a-z][a-z_]*\.v[1-9]\d*$/;

/** Defines an event; `type` is `<owner>.<fact>.v<n>`, the fact in the past tense, a literal. */
export function defineEvent<const Type extends string, Schema extends z.ZodType>(
  type: Type,
  definition: Omit<EventDefinition<Type, Schema>, 'type'>,
): EventDefinition<Type, Schema> {
  if (!TYPE.test(type)) throw new Error(`"${type}" is no event type: <owner>.<fact>.v<n>`);
  return Object.freeze({ type, ...definition });
}
