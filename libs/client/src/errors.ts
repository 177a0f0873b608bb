import type { ErrorCode } from './api.generated.ts';

/** A refusal of the platform, whichever of its shapes it came in. */
export class MembershipError extends Error {
  override readonly name = 'MembershipError';
  readonly status: number;
  /** What to decide by. Undefined where something in between answered that is not the platform: there `status` decides. */
  readonly code: ErrorCode | undefined;
  /** Facts about the refusal; of a request that is not valid, the sentences by field. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Names the request in the platform's logs: quote it when you ask for help. */
  readonly requestId: string | undefined;

  constructor(message: string, facts: Pick<MembershipError, 'status' | 'code' | 'details' | 'requestId'>) {
    super(message);
    this.status = facts.status;
    this.code = facts.code;
    this.details = facts.details;
    this.requestId = facts.requestId;
  }
}

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {};
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The member system lists wrong fields as `[{ field, message }]`; everything else has them by name. */
function byField(errors: unknown): Fields {
  const found: Record<string, string[]> = {};
  for (const one of Array.isArray(errors) ? errors : []) {
    const { field, message } = fieldsOf(one);
    (found[String(field)] ??= []).push(String(message));
  }
  return found;
}

/** The error of an answer outside 2xx. `body` is the parsed answer, or its text. */
export function errorOf(response: Response, body: unknown): MembershipError {
  const whole = fieldsOf(body);
  const inner = fieldsOf(whole['error']);
  const data = fieldsOf(whole['data']);
  const code = textOf(inner['code']) ?? textOf(whole['error_code']) ?? textOf(whole['error']);
  const message =
    textOf(inner['message']) ??
    textOf(whole['message']) ??
    textOf(whole['error_description']) ??
    response.statusText;
  return new MembershipError(message, {
    status: response.status,
    code: code as ErrorCode | undefined,
    details: whole['error'] ? fieldsOf(inner['details']) : 'errors' in data ? byField(data['errors']) : data,
    requestId: textOf(whole['request_id']) ?? response.headers.get('X-Request-ID') ?? undefined,
  });
}

type Outcome<Data> = { readonly data?: Data; readonly error?: unknown; readonly response: Response };

/** What a call answered: `const { data } = await must(api.GET(…))`. Rejects with a `MembershipError` when it was refused. */
export async function must<Data>(call: Promise<Outcome<Data>>): Promise<NonNullable<Data>> {
  const { data, error, response } = await call;
  if (!response.ok) throw errorOf(response, error);
  return data as NonNullable<Data>;
}
