/** The pages as HTML, in the language of whoever reads them. Their scripts and styles are files of the folder `browser`. */
import { TITLE } from '@membership/contracts/reference';
import type { Language, Text } from '@membership/contracts/text';

export type PageName = 'docs' | 'redoc' | 'home';
/** The address of a file of the pages, by its place. */
export type AddressOf = (path: string) => string;

const WORDS = {
  home: { zh: '首页', en: 'Home' },
  console: { zh: '控制台', en: 'Console' },
  consoleLong: {
    zh: '供管理员在浏览器中查看和操作',
    en: 'For administrators: look up and act, in the browser',
  },
  try: { zh: '试用 API（Swagger UI）', en: 'Try the API (Swagger UI)' },
  tryLong: {
    zh: '按标签查找接口，登录后直接发送请求',
    en: 'Find an operation, log in, send requests',
  },
  read: { zh: '阅读参考（ReDoc）', en: 'Read the reference (ReDoc)' },
  readLong: { zh: '每个接口的请求、响应和错误', en: 'Requests, answers and errors of every operation' },
  document: { zh: 'OpenAPI 3.1 文档', en: 'OpenAPI 3.1 document' },
  documentLong: { zh: '供工具和客户端生成使用：', en: 'For tools, and to generate clients from:' },
  events: { zh: '事件（AsyncAPI 3）', en: 'Events (AsyncAPI 3)' },
  eventsLong: { zh: '平台发布的每个事件：', en: 'Every event that the platform tells:' },
  guides: { zh: '指南', en: 'Guides' },
  guidesLong: {
    zh: '快速开始、场景、错误处理等，在源码中：',
    en: 'Quick start, scenarios, errors and more, in the source:',
  },
  health: { zh: '健康状况', en: 'Health' },
  where: { zh: '这里是平台的网关。', en: 'This is the gateway of the platform.' },
  username: { zh: '用户名', en: 'Username' },
  password: { zh: '密码', en: 'Password' },
  tenant: { zh: '租户（可选）', en: 'Tenant (optional)' },
  code: { zh: '验证码或恢复码', en: 'Code, or recovery code' },
  enrol: {
    zh: '此账号需要先设置第二因素：请在控制台（/admin/）登录一次。',
    en: 'This account has to set up a second factor first: log in to the console (/admin/) once.',
  },
  logIn: { zh: '登录', en: 'Log in' },
  logOut: { zh: '退出登录', en: 'Log out' },
  ended: { zh: '此会话此前已经结束。', en: 'This session had ended before.' },
  stays: {
    zh: '无法告知平台：会话仍将保留到其到期',
    en: 'The platform could not be told: the session stays until it ends by itself',
  },
  groups: { zh: '分组', en: 'Groups' },
  tags: { zh: '标签', en: 'Tags' },
  filter: { zh: '筛选：路径、名称或标签', en: 'Filter by path, name or tag' },
  none: { zh: '没有找到', en: 'Nothing found' },
  script: { zh: '此页面需要 JavaScript。', en: 'This page needs JavaScript.' },
} as const satisfies Record<string, Text>;

/** What ReDoc says itself. */
const REDOC_LABELS: Readonly<Record<Language, object>> = {
  en: {},
  zh: {
    enum: '可选值',
    enumSingleValue: '值',
    enumArray: '各项',
    default: '默认值',
    deprecated: '已弃用',
    example: '示例',
    examples: '示例',
    recursive: '递归',
    arrayOf: '数组：',
    webhook: '事件',
    const: '固定值',
    noResultsFound: '没有找到',
    download: '下载',
    downloadSpecification: '下载 OpenAPI 文档',
    responses: '响应',
    callbackResponses: '回调响应',
    requestSamples: '请求示例',
    responseSamples: '响应示例',
  },
};

/** How the platform and its services do, in the words of the console. */
const STATES: Readonly<Record<Language, object>> = {
  zh: { ok: '正常', up: '正常', degraded: '受影响', down: '停止' },
  en: { ok: 'Fine', up: 'Up', degraded: 'Degraded', down: 'Down' },
};

const PLACES: Readonly<Record<PageName, string>> = {
  docs: '/api/v1/docs/',
  redoc: '/api/v1/redoc/',
  home: '/',
};
const ICON = '/api/v1/docs/favicon-32x32.png';

function bar(page: PageName, language: Language): string {
  const link = (href: string, words: string, isHere: boolean) =>
    `<a href="${href}"${isHere ? ' aria-current="page"' : ''}>${words}</a>`;
  const pages = (['docs', 'redoc'] as const).map((name) =>
    link(`${PLACES[name]}?lang=${language}`, name === 'docs' ? 'Swagger UI' : 'ReDoc', name === page),
  );
  const languages = (['zh', 'en'] as const).map(
    (one) =>
      `<a href="${PLACES[page]}?lang=${one}" hreflang="${one}" lang="${one}"${one === language ? ' aria-current="true"' : ''}>${one === 'zh' ? '中文' : 'English'}</a>`,
  );
  return `<header id="bar"><strong><a href="/?lang=${language}">${TITLE[language]}</a></strong><nav>${pages.join('')}<a href="/api/v1/openapi.json?lang=${language}">OpenAPI</a></nav><nav class="languages">${languages.join('')}</nav></header>`;
}

const logIn = (say: (word: keyof typeof WORDS) => string) => `<section class="row"><form id="login">
<input name="username" required autocomplete="username" placeholder="${say('username')}" aria-label="${say('username')}">
<input name="password" type="password" required autocomplete="current-password" placeholder="${say('password')}" aria-label="${say('password')}">
<input name="tenant" placeholder="${say('tenant')}" aria-label="${say('tenant')}">
<input name="code" hidden disabled required autocomplete="one-time-code" placeholder="${say('code')}" aria-label="${say('code')}">
<button>${say('logIn')}</button></form><output id="who" role="status"></output><button type="button" id="leave" hidden>${say('logOut')}</button></section>`;

const home = (say: (word: keyof typeof WORDS) => string, language: Language) => {
  const entry = (href: string, word: keyof typeof WORDS, long: string) =>
    `<dt><a href="${href}">${say(word)}</a></dt><dd>${long}</dd>`;
  const inBoth = (path: string) =>
    (['zh', 'en'] as const)
      .map((one) => `<a href="${path}?lang=${one}"><code>${path}?lang=${one}</code></a>`)
      .join(' · ');
  return `<main class="home"><h1>${TITLE[language]}</h1><p>${say('where')}</p><dl>
${entry('/admin/', 'console', say('consoleLong'))}
${entry(`${PLACES.docs}?lang=${language}`, 'try', say('tryLong'))}
${entry(`${PLACES.redoc}?lang=${language}`, 'read', say('readLong'))}
<dt>${say('document')}</dt><dd>${say('documentLong')} ${inBoth('/api/v1/openapi.json')}</dd>
<dt>${say('events')}</dt><dd>${say('eventsLong')} ${inBoth('/api/v1/asyncapi.json')}</dd>
<dt>${say('guides')}</dt><dd>${say('guidesLong')} <code>docs/${language}/README.md</code></dd>
<dt><a href="/api/v1/health/">${say('health')}</a></dt><dd><span id="health" role="status">…</span></dd>
</dl></main>`;
};

/** A whole page. `addressOf` gives the address of each file that it names. */
export function pageHtml(page: PageName, language: Language, addressOf: AddressOf): string {
  const say = (word: keyof typeof WORDS): string => WORDS[word][language];
  const style = (path: string) => `<link rel="stylesheet" href="${addressOf(path)}">`;
  const script = (path: string, type = '') =>
    `<script${type && ` type="${type}"`} src="${addressOf(path)}"></script>`;
  /** On its way while the scripts that read it still are. */
  const preload = `<link rel="preload" href="/api/v1/openapi.json?lang=${language}" as="fetch" crossorigin>`;
  const parts = {
    docs: {
      head: preload + style('/api/v1/docs/swagger-ui.css'),
      body: `${logIn(say)}<div id="swagger-ui"></div>`,
      scripts: script('/api/v1/docs/swagger-ui-bundle.js') + script('/api/v1/docs/start.js', 'module'),
    },
    redoc: {
      head: preload,
      body: `<nav class="row tabs" id="groups" aria-label="${say('groups')}"></nav><nav class="row tabs" id="tags" aria-label="${say('tags')}"></nav><div id="redoc"></div>`,
      scripts: script('/api/v1/redoc/redoc.standalone.js') + script('/api/v1/redoc/start.js', 'module'),
    },
    home: { head: '', body: home(say, language), scripts: script('/api/v1/docs/home.js', 'module') },
  }[page];
  const json = (value: object): string => JSON.stringify(value).replaceAll('"', '&quot;');
  const data = `data-filter="${say('filter')}" data-none="${say('none')}" data-enrol="${say('enrol')}" data-ended="${say('ended')}" data-stays="${say('stays')}" data-labels="${json(REDOC_LABELS[language])}" data-states="${json(STATES[language])}"`;
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${TITLE[language]}</title>
${parts.head}
${style('/api/v1/docs/pages.css')}
<link rel="icon" type="image/png" sizes="32x32" href="${addressOf(ICON)}">
</head>
<body ${data}>
${bar(page, language)}
<noscript>${say('script')}</noscript>
${parts.body}
${parts.scripts}
</body>
</html>
`;
}
