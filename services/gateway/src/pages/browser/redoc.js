// ReDoc, a group of the reference at a time: all of it at once takes a browser long.
/* global Redoc */
const { lang } = document.documentElement;
const tabs = document.getElementById('groups');
const system = 'system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif';
const options = {
  theme: {
    typography: { fontFamily: system, headings: { fontFamily: system } },
    breakpoints: { small: '50rem', medium: '80rem', large: '105rem' },
  },
  scrollYOffset: () => document.getElementById('bar').offsetHeight,
  hideDownloadButtons: true,
  generatedSamplesMaxDepth: 3,
  labels: JSON.parse(document.body.dataset.labels),
};

/** The document with one group's operations alone; its components are shared, and rendered where they are used. */
function only(whole, { tags }) {
  const wanted = new Set(tags);
  const paths = {};
  for (const [path, item] of Object.entries(whole.paths)) {
    const kept = Object.entries(item).filter(([, operation]) =>
      operation.tags?.some((tag) => wanted.has(tag)),
    );
    if (kept.length > 0) paths[path] = Object.fromEntries(kept);
  }
  const { 'x-tagGroups': _groups, ...rest } = whole;
  return { ...rest, paths, tags: whole.tags.filter(({ name }) => wanted.has(name)) };
}

let shown = 0;
function show(whole, groups, index) {
  for (const [at, tab] of [...tabs.children].entries())
    tab.setAttribute('aria-current', String(at === index));
  const place = document.createElement('div');
  document.getElementById('redoc').replaceChildren(place);
  scrollTo(0, 0);
  shown = index;
  Redoc.init(only(whole, groups[index]), options, place);
}

/** What stands behind `#`. What is no encoding of anything is taken away: ReDoc, too, would stumble over it. */
function anchor() {
  try {
    return decodeURIComponent(location.hash);
  } catch {
    history.replaceState(null, '', location.pathname + location.search);
    return '';
  }
}

/** The group of an operation or tag that the address names; the first otherwise. */
function groupOf(whole, groups) {
  const named = anchor();
  const [, tag] = /^#tag\/([^/]+)/.exec(named) ?? [];
  const [, id] = /operation\/(.+)$/.exec(named) ?? [];
  const operation = Object.values(whole.paths)
    .flatMap((item) => Object.values(item))
    .find(({ operationId }) => operationId === id);
  const plain = (name) => name.replace(/\s+/g, '-');
  const at = groups.findIndex(({ tags }) =>
    tags.some((name) => plain(name) === tag || operation?.tags.includes(name)),
  );
  return Math.max(0, at);
}

const response = await fetch(`/api/v1/openapi.json?lang=${lang}`);
const whole = await response.json();
const groups = whole['x-tagGroups'];
for (const [index, { name }] of groups.entries()) {
  const tab = document.createElement('button');
  tab.type = 'button';
  tab.textContent = name;
  tab.addEventListener('click', () => {
    history.replaceState(null, '', location.pathname + location.search);
    show(whole, groups, index);
  });
  tabs.append(tab);
}
addEventListener('hashchange', () => {
  const index = groupOf(whole, groups);
  if (location.hash && index !== shown) show(whole, groups, index);
});
show(whole, groups, groupOf(whole, groups));
