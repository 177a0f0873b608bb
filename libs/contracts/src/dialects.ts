/** The four response dialects (spec/api.md): how a result, a page and a refusal look to a client. */
import type { Dialect, Kind } from './endpoint.ts';
import type { Refusal } from './errors.ts';
import type { Language } from './text.ts';

/** A page of a list, as a handler returns it. `count` is exact unless `isEstimate`. */
export type Page<Item> = {
  readonly items: readonly Item[];
  readonly count: number;
  readonly isEstimate?: boolean;
  /** Further fields beside the items (dialect `code`: summary). */
  readonly beside?: Readonly<Record<string, unknown>>;
  readonly nextCursor?: string | null;
};

export type RenderContext = {
  readonly language: Language;
  readonly requestId: string;
  readonly now: Date;
  /** The gateway's public URL with path and query of the request; `next` and `previous` are built from it. */
  readonly url: URL;
};

/** Which page of a list was asked for. */
type PageAt = { readonly number: number; readonly size: number };

export type Answer = {
  readonly kind: Kind;
  readonly value: unknown;
  readonly message?: string;
  readonly page?: PageAt;
  readonly itemsKey?: string;
};

const SUCCESS = { zh: '操作成功', en: 'OK' } as const;
const ERRORS_IN_ENGLISH: Record<number, string> = {
  400: 'invalid_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  500: 'internal_error',
};

const withPage = (url: URL, page: number): string => {
  const link = new URL(url);
  link.searchParams.set('page', String(page));
  return link.href;
};

const withCursor = (url: URL, cursor: string): string => {
  const link = new URL(url);
  link.searchParams.delete('page');
  link.searchParams.set('cursor', cursor);
  return link.href;
};

/** Links of a page: who asked by cursor goes on by cursor, and not back. */
function links(page: Page<unknown>, number: number, hasNext: boolean, url: URL) {
  if (url.searchParams.has('cursor'))
    return { next: page.nextCursor ? withCursor(url, page.nextCursor) : null, previous: null };
  return {
    next: hasNext ? withPage(url, number + 1) : null,
    previous: number > 1 ? withPage(url, number - 1) : null,
  };
}

/** A page and its count are read apart: what was made in between may stand in the one and not yet in the other. */
function countOf(page: Page<unknown>, { number, size }: PageAt, { url }: RenderContext): number {
  if (page.items.length === 0 || page.isEstimate || url.searchParams.has('cursor')) return page.count;
  return Math.max(page.count, (number - 1) * size + page.items.length);
}

function pageFacts(page: Page<unknown>, at: PageAt, context: RenderContext) {
  const { number, size } = at;
  const count = countOf(page, at, context);
  const totalPages = Math.max(1, Math.ceil(count / size));
  const hasNext = page.isEstimate ? page.items.length === size : number < totalPages;
  return {
    count,
    totalPages,
    ...links(page, number, hasNext, context.url),
    extras: {
      ...(page.isEstimate ? { count_is_estimate: true } : {}),
      // Absent on the last page: lists keep the shape that was agreed on.
      ...(page.nextCursor ? { next_cursor: page.nextCursor } : {}),
      ...page.beside,
    },
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const renderers: Record<Dialect, (answer: Answer, context: RenderContext) => unknown> = {
  drf(answer, context) {
    if (answer.kind === 'list') {
      const page = answer.value as Page<unknown>;
      const { count, next, previous, extras } = pageFacts(
        page,
        answer.page ?? { number: 1, size: 20 },
        context,
      );
      return { count, next, previous, ...extras, results: page.items };
    }
    if (answer.kind === 'action')
      return {
        success: true,
        message: answer.message ?? SUCCESS[context.language],
        ...(isObject(answer.value) ? answer.value : {}),
      };
    return answer.value;
  },
  data(answer, context) {
    const said = answer.message === undefined ? {} : { message: answer.message };
    if (answer.kind !== 'list') return { success: true, ...said, data: answer.value };
    const page = answer.value as Page<unknown>;
    const at = answer.page ?? { number: 1, size: 20 };
    const { count, next, previous, totalPages, extras } = pageFacts(page, at, context);
    const page_info = { current_page: at.number, total_pages: totalPages, page_size: at.size };
    return {
      success: true,
      ...said,
      data: { count, next, previous, ...extras, results: page.items, page_info },
    };
  },
  code(answer, context) {
    const timestamp = context.now.toISOString();
    const message = answer.message ?? 'success';
    if (answer.kind !== 'list') return { code: 200, message, data: answer.value ?? {}, timestamp };
    const page = answer.value as Page<unknown>;
    const at = answer.page ?? { number: 1, size: 20 };
    const { count, totalPages, extras } = pageFacts(page, at, context);
    const pagination = {
      page: at.number,
      limit: at.size,
      total: count,
      total_pages: count === 0 ? 0 : totalPages,
    };
    return {
      code: 200,
      message,
      data: { ...extras, [answer.itemsKey ?? 'results']: page.items, pagination },
      timestamp,
    };
  },
  app(answer, context) {
    const own = answer.kind === 'list' ? undefined : (answer.value as { code?: string } | null)?.code;
    const head = {
      success: true,
      code: own ?? 2000,
      message: answer.message ?? SUCCESS[context.language],
    };
    if (answer.kind !== 'list') return { ...head, data: answer.value };
    const page = answer.value as Page<unknown>;
    const at = answer.page ?? { number: 1, size: 10 };
    const { count, next, previous, totalPages, extras } = pageFacts(page, at, context);
    const pagination = {
      count,
      next,
      previous,
      page_size: at.size,
      current_page: at.number,
      total_pages: totalPages,
      ...extras,
    };
    return { ...head, data: { pagination, results: page.items } };
  },
};

/** Wraps a result in its family's envelope. `bare` answers stay as they are. */
export const renderAnswer = (dialect: Dialect, answer: Answer, context: RenderContext): unknown =>
  answer.kind === 'bare' ? answer.value : renderers[dialect](answer, context);

/** A refusal in its family's envelope. The HTTP status is the refusal's own. */
export function renderRefusal(
  dialect: Dialect,
  refusal: Refusal,
  context: Omit<RenderContext, 'url'>,
): unknown {
  const { language, now, requestId } = context;
  const { status, code } = refusal;
  const details = refusal.details(language);
  const timestamp = now.toISOString();
  if (dialect === 'code') {
    const fields = refusal.options.fields && details;
    const plain =
      code === 'VALIDATION_ERROR' && !refusal.options.text ? '请求参数错误' : refusal.sentence('zh');
    const message = language === 'en' ? (ERRORS_IN_ENGLISH[status] ?? refusal.sentence('en')) : plain;
    const errors =
      fields &&
      Object.entries(fields).flatMap(([field, texts]) =>
        (texts as string[]).map((text) => ({ field, message: text })),
      );
    const data = errors ? { errors } : (details ?? {});
    return { code: status, message, data, error_code: code, timestamp };
  }
  if (dialect === 'app') {
    const appCode = status >= 500 ? 5000 : 4000 + (status % 100);
    return {
      success: false,
      code: appCode,
      message: appMessage(refusal, language),
      data: null,
      error_code: code,
    };
  }
  return {
    success: false,
    error: { code, message: refusal.sentence(language), details: details ?? {} },
    timestamp,
    request_id: requestId,
  };
}

/** Dialect `app` has no details: its message carries the field's sentences. */
function appMessage(refusal: Refusal, language: Language): string {
  const { fields } = refusal.options;
  if (!fields) return refusal.sentence(language);
  const sentences = Object.entries(fields).flatMap(([field, texts]) =>
    texts.map((text) => (text[language].includes(field) ? text[language] : `${field}: ${text[language]}`)),
  );
  return sentences.join(language === 'zh' ? '；' : '; ');
}
